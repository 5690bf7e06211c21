import { expect, test } from 'vitest'
import { nearest } from '../../src/vocabulary/nearest.ts'

test.each([
  ['zectr', 'zectre'],
  ['zetcre', 'zectre'],
  ['ZECTRE', 'zectre'],
  ['wrok', 'work'],
  ['curate', 'curate-me'],
])('%s is near to %s', (typed, meant) => {
  expect(nearest(typed, ['work', 'zectre', 'curate-me'])).toBe(meant)
})

test.each(['', 'x', 'home', 'something-else'])('%j is near to nothing', (typed) => {
  expect(nearest(typed, ['work', 'zectre', 'curate-me'])).toBeNull()
})
