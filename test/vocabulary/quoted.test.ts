import { expect, test } from 'vitest'
import { quoted } from '../../src/vocabulary/quoted.ts'

test.each([
  ['a word that is too short for a secret', 'zektre', '"zektre"'],
  ['one that would steer a terminal', 'ze\u001b[2J', '"ze[2J"'],
  ['seven characters', 'a'.repeat(7), '"aaaaaaa"'],
  ['as many as the shortest password has', 'a'.repeat(8), 'what was given'],
  ['a key', 'zec_EXAMPLE_0123456789', 'what was given'],
])('%s', (_what, text, shown) => expect(quoted(text)).toBe(shown))
