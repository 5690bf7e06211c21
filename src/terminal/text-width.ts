/** Unicode, UAX #11: what East Asian terminals show two columns wide, and most emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u
const ASCII = /^[\x20-\x7e]*$/

const columnsOf = (character: string): number => (/\p{M}/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1)

/** How many columns of a terminal a text takes that has nothing in it that a terminal obeys. */
export const textWidth = (text: string): number =>
  ASCII.test(text) ? text.length : [...text].reduce((sum, character) => sum + columnsOf(character), 0)

/** The same text in at most so many columns. */
export const cutToWidth = (text: string, width: number): string => {
  if (textWidth(text) <= width) return text
  let kept = ''
  let taken = 1
  for (const character of text) {
    taken += columnsOf(character)
    if (taken > width) break
    kept += character
  }
  return `${kept.trimEnd()}…`
}
