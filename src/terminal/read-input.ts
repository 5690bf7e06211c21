import { Failure } from '../vocabulary/failure.ts'
import type { Terminal } from './terminal.ts'

/** After this long a person or a log is told what is waited for. */
const LONG = 3_000

export interface Input {
  /** What is read, for a message: "the key". */
  what: string
  /** How much of it there may be, in KiB. */
  most: number
}

/** All of standard input, byte for byte. */
export const readInput = async (terminal: Terminal, { what, most }: Input, signal: AbortSignal): Promise<Buffer> => {
  const { stdin } = terminal.streams
  if (stdin.isTTY === true) terminal.insist(`reading ${what} from standard input; end it with Enter and Ctrl-D`)
  const waiting = setTimeout(() => {
    if (stdin.isTTY !== true) terminal.insist(`still reading ${what} from standard input, which has not ended yet`)
  }, LONG)
  const chunks: Buffer[] = []
  let size = 0
  const stop = () => stdin.destroy(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  try {
    for await (const chunk of stdin as AsyncIterable<Buffer | string>) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
      size += bytes.length
      if (size > most * 1024) throw new Failure('usage', `${what} on standard input is larger than ${most} KiB`)
      chunks.push(bytes)
    }
  } finally {
    clearTimeout(waiting)
    signal.removeEventListener('abort', stop)
  }
  return Buffer.concat(chunks)
}
