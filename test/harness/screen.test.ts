import { expect, test } from 'vitest'
import { makeScreen } from './screen.ts'

const shown = (...pieces: string[]) => {
  const screen = makeScreen(20)
  for (const piece of pieces) screen.write(piece)
  return screen.text()
}

test.each([
  ['plain lines', ['one\r\ntwo\r\n'], 'one\ntwo'],
  ['a line written over', ['waiting 1\rwaiting 2'], 'waiting 2'],
  ['a shorter text leaves the rest of the longer', ['waiting\rdone'], 'doneing'],
  ['a line cleared before it is written again', ['waiting\r\u001b[Kdone'], 'done'],
  ['a line cleared whole', ['waiting\u001b[2K\u001b[1Gdone'], 'done'],
  ['up and over', ['one\r\ntwo\r\n\u001b[2Ain\u001b[2B'], 'ine\ntwo'],
  ['all below cleared', ['one\r\ntwo\r\nthree\u001b[1A\r\u001b[J'], 'one'],
  ['the whole screen cleared', ['one\r\ntwo\u001b[2J\u001b[Hnew'], 'new'],
  ['colours', ['\u001b[1;31mred\u001b[0m and \u001b[38;5;9mmore\u001b[39m'], 'red and more'],
  ['the cursor hidden and shown', ['\u001b[?25la\u001b[?25h'], 'a'],
  ['a link', ['\u001b]8;;http://x/\u0007text\u001b]8;;\u001b\\.'], 'text.'],
  ['an escape cut in two', ['a\u001b[', '2Kb'], ' b'],
  ['backspace', ['ab\b\bc'], 'cb'],
  ['a line wider than the screen', ['x'.repeat(25)], `${'x'.repeat(20)}\n${'x'.repeat(5)}`],
  ['characters beyond the basic plane', ['🔑 key'], '🔑 key'],
])('a screen shows %s', (_, pieces, expected) => {
  expect(shown(...pieces)).toBe(expected)
})
