import { expect, test } from 'vitest'
import { shellWord } from '../../src/vocabulary/shell-word.ts'

test.each([
  ['/home/a/x', '/home/a/x'],
  ['/home/a b', `'/home/a b'`],
  [`/it's`, `'/it'\\''s'`],
  ['dev@laptop (linux) 2026-11-21', `'dev@laptop (linux) 2026-11-21'`],
  ['k1; $(true)', `'k1; $(true)'`],
  ['k\u001b[2J\nx', `'k[2J x'`],
  ['', `''`],
])('%j is typed as %s', (text, typed) => expect(shellWord(text)).toBe(typed))
