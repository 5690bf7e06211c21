import { createHash } from 'node:crypto'

const CONSONANTS = 'bdfghjklmnprstvz'
const VOWELS = 'aiou'

/** Sixteen bits as five letters that can be said aloud (a proquint, arXiv:0901.4016). */
const syllables = (bits: number): string =>
  CONSONANTS.charAt((bits >> 12) & 15) +
  VOWELS.charAt((bits >> 10) & 3) +
  CONSONANTS.charAt((bits >> 6) & 15) +
  VOWELS.charAt((bits >> 4) & 3) +
  CONSONANTS.charAt(bits & 15)

/**
 * Two short words made from a sign-in code, shown by the terminal and by the page, so that a person can see that both
 * speak of the same sign-in. It is a hash: the words tell nothing about the code.
 */
export const checkPhrase = (code: string): string => {
  const digest = createHash('sha256').update(`keyturn check phrase\n${code}`).digest()
  return `${syllables(digest.readUInt16BE(0))}-${syllables(digest.readUInt16BE(2))}`
}
