import { expect, test } from 'vitest'
import { relativeTime } from '../../src/terminal/relative-time.ts'
import { type Column, tabbed, table } from '../../src/terminal/table.ts'
import { cutToWidth, textWidth } from '../../src/terminal/text-width.ts'

const COLUMNS: Column[] = [{ title: 'NAME', cut: 12 }, { title: 'PREFIX' }, { title: 'ID', drop: true }]
const ROW = ['a key with a long name', 'zec_EXAMPLE', 'k1']

test('a pipe gets tabs, no heading, and every cell as it is', () => {
  expect(tabbed([ROW, ['b', null, 'k2']])).toBe('a key with a long name\tzec_EXAMPLE\tk1\nb\t\tk2\n')
})

test('a wide screen gets columns under their titles', () => {
  expect(table(COLUMNS, [ROW, ['b', null, 'k2']], 80)).toBe(
    [
      'NAME                    PREFIX       ID',
      'a key with a long name  zec_EXAMPLE  k1',
      'b                       -            k2',
      '',
    ].join('\n'),
  )
})

test('a narrower one gets names cut short', () => {
  expect(table(COLUMNS, [ROW], 30)).toBe('NAME           PREFIX       ID\na key with a…  zec_EXAMPLE  k1\n')
})

test('one that is narrower still gets fewer columns', () => {
  expect(table(COLUMNS, [ROW], 22)).toBe('NAME       PREFIX\na key wi…  zec_EXAMPLE\n')
})

test('what can be neither cut nor dropped is longer than the line', () => {
  expect(table([{ title: 'ID' }], [['0123456789']], 4)).toBe('ID\n0123456789\n')
})

test('no terminal is steered by what stands in a cell', () => {
  expect(table([{ title: 'NAME' }], [['a\u001b[2Jb\nc\u202e']], 80)).toBe('NAME\na[2Jb c\n')
})

test('a hundred thousand rows are no harder than ten', () => {
  const rows = Array.from({ length: 100_000 }, (_, index) => [`key ${index}`, 'zec_EXAMPLE', `k${index}`])
  expect(table(COLUMNS, rows, 80).split('\n')).toHaveLength(100_002)
})

test.each([
  ['abc', 3],
  ['日本', 4],
  ['é', 1],
  ['é', 1],
  ['🔑', 2],
])('%s takes %i columns', (text, width) => expect(textWidth(text)).toBe(width))

test.each([
  ['abcdef', 6, 'abcdef'],
  ['abcdef', 4, 'abc…'],
  ['日本語', 4, '日…'],
])('%s in %i columns is %s', (text, width, shown) => expect(cutToWidth(text, width)).toBe(shown))

const NOW = Date.parse('2026-11-21T12:00:00Z')
test.each([
  ['2026-11-21T12:00:00Z', 'just now'],
  ['2026-11-21T11:59:01Z', 'just now'],
  ['2026-11-21T12:00:30Z', 'in less than a minute'],
  ['2026-11-21T11:58:59Z', '1 minute ago'],
  ['2026-11-21T09:00:00Z', '3 hours ago'],
  ['2026-11-18T11:00:00Z', '3 days ago'],
  ['2026-12-01T12:00:00Z', 'in 10 days'],
  ['2027-02-19T11:00:00Z', 'in 90 days'],
  ['2026-09-01T12:00:00Z', '81 days ago'],
  ['2026-05-01T12:00:00Z', '7 months ago'],
  ['2029-11-22T12:00:00Z', 'in 3 years'],
  ['yesterday', 'yesterday'],
])('%s is %s', (time, words) => expect(relativeTime(time, NOW)).toBe(words))
