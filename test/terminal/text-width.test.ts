import { expect, test } from 'vitest'
import { cutToWidth, textWidth } from '../../src/terminal/text-width.ts'

test.each([
  ['short enough', 12, 'short enough'],
  ['one too long', 11, 'one too lo…'],
  ['ends at a space', 8, 'ends at…'],
  ['ends at a space', 9, 'ends at…'],
  ['漢字漢字', 8, '漢字漢字'],
  ['漢字漢字', 7, '漢字漢…'],
  ['漢字漢字', 6, '漢字…'],
  ['🔑🔑', 3, '🔑…'],
  ['nothing', 1, '…'],
])('"%s" in %d columns is "%s"', (text, columns, shown) => {
  expect(cutToWidth(text, columns)).toBe(shown)
  expect(textWidth(shown)).toBeLessThanOrEqual(columns)
})

test('an accent that is a character of its own takes no column', () => expect(textWidth('e\u0301')).toBe(1))
