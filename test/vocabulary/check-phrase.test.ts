import { expect, test } from 'vitest'
import { checkPhrase } from '../../src/vocabulary/check-phrase.ts'

test('a code always gives the same two words', () => {
  expect(checkPhrase('a1b2c3d4')).toBe(checkPhrase('a1b2c3d4'))
  expect(checkPhrase('a1b2c3d4')).toMatch(/^[bdfghjklmnprstvz][aiou][a-z][aiou][a-z]-[a-z]{5}$/)
})

test('codes that differ in one character give other words', () => {
  const phrases = new Set(Array.from({ length: 1000 }, (_, index) => checkPhrase(`code-${index}`)))
  expect(phrases.size).toBe(1000)
})
