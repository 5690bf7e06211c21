import { Failure } from '../vocabulary/failure.ts'
import { Secret } from '../vocabulary/secret.ts'
import type { Terminal } from './terminal.ts'

const LARGEST = 64 * 1024

/**
 * A secret from standard input: a byte order mark and one line end are not part of it; blanks in it would mean that
 * something else was piped in. A password may have blanks, so they are refused only where `blanks` is not allowed.
 */
export const readSecret = async (
  terminal: Terminal,
  what: string,
  signal: AbortSignal,
  { blanks = false }: { blanks?: boolean } = {},
): Promise<Secret> => {
  const text = (await readText(terminal, what, signal)).replace(/\r?\n$/, '')
  if (text === '') throw new Failure('input_needed', `${what} was expected on standard input, and nothing came`)
  if (!blanks && /\s/.test(text)) throw new Failure('usage', `${what} on standard input has blanks or line ends in it`)
  return new Secret(text)
}

/** A recovery token and a new password, each on a line of its own. */
export const readSecretLines = async (terminal: Terminal, signal: AbortSignal): Promise<[Secret, Secret]> => {
  const [token = '', password = '', ...more] = (await readText(terminal, 'the token and the new password', signal))
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
  if (token !== '' && password !== '' && more.length === 0) return [new Secret(token), new Secret(password)]
  throw new Failure('input_needed', 'two lines were expected on standard input: the token, then the new password')
}

/** All of standard input, as text. */
export const readText = async ({ streams, insist }: Terminal, what: string, signal: AbortSignal): Promise<string> => {
  const { stdin } = streams
  if (stdin.isTTY === true) insist(`reading ${what} from standard input; end it with Enter and Ctrl-D`)
  const chunks: Buffer[] = []
  let size = 0
  const stop = () => stdin.destroy(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  try {
    for await (const chunk of stdin as AsyncIterable<Buffer | string>) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
      size += bytes.length
      if (size > LARGEST) throw new Failure('usage', `${what} on standard input is larger than 64 KiB`)
      chunks.push(bytes)
    }
  } finally {
    signal.removeEventListener('abort', stop)
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\ufeff/, '')
}
