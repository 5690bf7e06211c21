import { expect, test } from 'vitest'
import { count, megabytes, milliseconds, table, times } from '../../scripts/bench/table.mjs'

test('figures stand to the right, words to the left, and what is not known is a dash', () => {
  expect(
    table(
      ['', 'time', 'who'],
      [
        ['one', '5 ms', 'a'],
        ['twenty', null, 'bcde'],
      ],
    ).split('\n'),
  ).toEqual([
    '|        | time | who  |',
    '|--------|-----:|------|',
    '| one    | 5 ms | a    |',
    '| twenty |    – | bcde |',
  ])
})

test('a figure that is over its limit stands to the right too', () => {
  expect(table(['x', 'times'], [['a', '**1.50×**']])).toContain('|----------:|')
})

test.each([
  [count(1_234_567.4), '1,234,567'],
  [times(1.046), '1.05×'],
  [milliseconds(9_999), '9,999 ms'],
  [milliseconds(12_340), '12.3 s'],
  [megabytes(5 * 1024 * 1024 + 400_000, 1), '5.4 MB'],
  [megabytes(null), null],
])('%s', (shown, expected) => {
  expect(shown).toBe(expected)
})
