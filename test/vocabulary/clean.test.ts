import { expect, test } from 'vitest'
import { clean, isClean } from '../../src/vocabulary/clean.ts'

test.each([
  ['an escape sequence', '\u001b[2Jgone', '[2Jgone'],
  ['a title-setting sequence with its bell', '\u001b]0;title\u0007text', ']0;titletext'],
  ['C1 controls', 'a\u009b31mb', 'a31mb'],
  ['a carriage return that would overwrite', 'good\rbad', 'good bad'],
  ['a backspace', 'ab\bc', 'abc'],
  ['line ends', 'one\r\ntwo\nthree', 'one two three'],
  ['a bidirectional override', 'abc\u202edef', 'abcdef'],
  ['zero-width characters', 'pay\u200bpal', 'paypal'],
])('%s does not survive cleaning', (_what, text, shown) => {
  expect(clean(text)).toBe(shown)
  expect(isClean(text)).toBe(false)
})

test('text that means no harm is left as it is', () => {
  expect(clean('Zoë’s laptop — 東京 🙂')).toBe('Zoë’s laptop — 東京 🙂')
})

test('long text is cut by characters, never inside one', () => {
  expect(clean('🙂'.repeat(10), 4)).toBe('🙂🙂🙂…')
})
