import { clean } from './clean.ts'

/** No service takes a password this short, and no key or token is. */
const TOO_SHORT = 7

/** Whether a word in a wrong place may be a secret: messages end in logs, so such a word is never repeated. */
export const mayBeSecret = (word: string): boolean => word.length > TOO_SHORT

/** What somebody gave, for a message that says what is wrong with it. */
export const quoted = (given: string): string => (mayBeSecret(given) ? 'what was given' : `"${clean(given)}"`)
