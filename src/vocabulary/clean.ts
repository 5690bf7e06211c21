/**
 * C0 and C1 controls, bidirectional overrides and isolates, zero-width and line-separating characters: what text from
 * elsewhere could steer a terminal, hide something or break a line with.
 */
const UNSHOWABLE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g

/** Text from a stranger on one line, with nothing in it that a terminal obeys, cut to a length. */
export const clean = (text: string, longest = 200): string => {
  const shown = text
    .replace(/[\r\n\t]+/g, ' ')
    .replace(UNSHOWABLE, '')
    .trim()
  const characters = [...shown]
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : shown
}

/** Text from a stranger as it is, line for line, with nothing in it that a terminal obeys. */
export const cleanLines = (text: string): string =>
  text.replace(UNSHOWABLE, (character) => (character === '\n' || character === '\t' ? character : ''))

/** True when nothing would be lost by cleaning: for texts that must be shown exactly or not at all. */
export const isClean = (text: string): boolean => text.search(UNSHOWABLE) === -1
