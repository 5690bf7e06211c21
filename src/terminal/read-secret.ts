import { Failure } from '../vocabulary/failure.ts'
import { Secret } from '../vocabulary/secret.ts'
import { readInput } from './read-input.ts'
import type { Terminal } from './terminal.ts'

const MOST = 64

/**
 * A secret from standard input: a byte order mark and one line end are not part of it; blanks in it would mean that
 * something else was piped in. A password may have them, so they are refused only where `blanks` is not allowed.
 */
export const readSecret = async (
  terminal: Terminal,
  what: string,
  signal: AbortSignal,
  { blanks = false }: { blanks?: boolean } = {},
): Promise<Secret> => {
  const text = await readText(terminal, what, signal)
  if (text === '') throw new Failure('input_needed', `${what} was expected on standard input, and nothing came`)
  if (!blanks && hasBlanks(text)) throw misfit(what)
  return new Secret(text)
}

/** A recovery token and a new password, each on a line of its own. */
export const readSecretLines = async (terminal: Terminal, signal: AbortSignal): Promise<[Secret, Secret]> => {
  const [token = '', password = '', ...more] = (
    await readText(terminal, 'the token and the new password', signal)
  ).split(/\r?\n/)
  if (token === '' || password === '' || more.length > 0) {
    throw new Failure('input_needed', 'two lines were expected on standard input: the token, then the new password')
  }
  if (hasBlanks(token)) throw misfit('the token')
  return [new Secret(token), new Secret(password)]
}

const hasBlanks = (text: string): boolean => /\s/.test(text)

const misfit = (what: string): Failure =>
  new Failure('usage', `${what} on standard input has blanks or line ends in it`, {
    hint: 'give it alone, on one line: … < FILE',
  })

const readText = async (terminal: Terminal, what: string, signal: AbortSignal): Promise<string> => {
  const bytes = await readInput(terminal, { what, most: MOST }, signal)
  try {
    // A byte order mark is dropped here.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r?\n$/, '')
  } catch {
    throw new Failure('usage', `${what} on standard input is no UTF-8 text`)
  }
}
