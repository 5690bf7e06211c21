import type { Readable } from 'node:stream'
import { type Environment, isSet } from '../vocabulary/environment.ts'
import { Failure } from '../vocabulary/failure.ts'
import { maskingLine } from './mask.ts'
import { type Style, styleFor } from './style.ts'

export interface Input extends Readable {
  isTTY?: boolean
  setRawMode?(mode: boolean): unknown
}
export interface Output {
  isTTY?: boolean
  columns?: number
  rows?: number
  /** Calls when all of it was taken, or could not be. */
  write(data: string | Uint8Array, written?: (error?: Error | null) => void): unknown
}

export interface Streams {
  stdin: Input
  stdout: Output
  stderr: Output
}

export interface TerminalWishes {
  quiet: boolean
  noInput: boolean
  noColor: boolean
}

/** The three streams with what is known of them. Answers go to stdout, all talk to stderr. */
export interface Terminal {
  readonly streams: Streams
  /** Somebody reads what is said, and may answer in another window: one that the desktop shows. */
  readonly attended: boolean
  /** Somebody can be asked here, and nothing forbids it. */
  readonly interactive: boolean
  /** Nothing is drawn twice: the terminal can't, or a screen reader reads it out (`ACCESSIBLE`, as others have it). */
  readonly plain: boolean
  /** stderr shows lines that live. */
  readonly animated: boolean
  readonly quiet: boolean
  /** How wide the screen is that stdout is shown on; `null` when a program reads it. */
  readonly columns: number | null
  readonly style: { err: Style }
  /** The answer: ends when all of it was taken, fails when it could not be. */
  answer(text: string): Promise<void>
  /** A part of an answer that comes in parts: ends when it was taken, so that the next one can be waited with. */
  pass(part: Uint8Array): Promise<void>
  /** One line of talk; silent under `--quiet`. */
  say(line?: string): void
  /** What must be seen even under `--quiet`: a link without which nothing goes on, a warning, a failure. */
  insist(line: string): void
  /** The same for what is lost if nobody gets it: fails when it could not be written. */
  handOver(line: string): Promise<void>
  /** Before a secret is printed: has the system that runs this job, where it is one, strike it out of its log. */
  mask(secret: string): void
}

const USUAL_SIZE = { columns: 80, rows: 24 }

export const createTerminal = async (streams: Streams, env: Environment, wishes: TerminalWishes): Promise<Terminal> => {
  const err = await styleFor(streams.stderr, env, wishes.noColor)
  // A terminal that does not know its size says 0, and libraries would put each character on a line of its own.
  for (const stream of [streams.stdout, streams.stderr]) if (stream.columns === 0) Object.assign(stream, USUAL_SIZE)
  const seen = streams.stderr.isTTY === true
  const masked = new Set<string>()
  const plain = env.TERM === 'dumb' || isSet(env.ACCESSIBLE)
  const attended = seen && !wishes.noInput && !isSet(env.CI)
  const insist = (line: string) => void streams.stderr.write(`${line}\n`)
  return {
    streams,
    attended,
    interactive: attended && streams.stdin.isTTY === true,
    plain,
    animated: seen && !plain && !isSet(env.CI) && !wishes.quiet,
    quiet: wishes.quiet,
    columns: streams.stdout.isTTY === true ? (streams.stdout.columns ?? USUAL_SIZE.columns) : null,
    style: { err },
    answer: (text) => answered(written(streams.stdout, lines(text))),
    pass: (part) => answered(written(streams.stdout, part)),
    say: (line = '') => {
      if (!wishes.quiet) insist(line)
    },
    insist,
    handOver: (line) => written(streams.stderr, lines(line)),
    mask: (secret) => {
      const line = masked.has(secret) ? null : maskingLine(env, secret)
      masked.add(secret)
      if (line !== null) insist(line)
    },
  }
}

/** Ends when all of it was taken, fails when it could not be. */
const written = (stream: Output, data: string | Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    stream.write(data, (error) => (error ? reject(error) : resolve()))
  })

const lines = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`)

/** A reader that has gone is the end of the program and no failure. */
const answered = (writing: Promise<void>): Promise<void> =>
  writing.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') throw error
    const code = error.code ?? 'unknown'
    throw new Failure('failed', `the answer could not be written to standard output (${code})`, { cause: error })
  })
