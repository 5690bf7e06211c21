import { clean } from './clean.ts'

/** A text as one word of a command to type, as a POSIX shell takes it: who made it up may be a stranger. */
export const shellWord = (text: string): string => {
  const shown = clean(text, 1000)
  return /^[\w@%+=:,./~-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`
}
