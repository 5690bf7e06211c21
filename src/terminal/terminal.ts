import type { Readable, Writable } from 'node:stream'
import type { Environment } from '../vocabulary/environment.ts'
import { Failure } from '../vocabulary/failure.ts'
import { maskingLine } from './mask.ts'
import { type Style, styleFor } from './style.ts'

export interface Input extends Readable {
  isTTY?: boolean
}
export interface Output extends Writable {
  isTTY?: boolean
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
  /** Somebody is there to be asked, and nothing forbids it. */
  readonly interactive: boolean
  /** stderr can be drawn on more than once. */
  readonly animated: boolean
  readonly quiet: boolean
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

export const createTerminal = async (streams: Streams, env: Environment, wishes: TerminalWishes): Promise<Terminal> => {
  const err = await styleFor(streams.stderr, env, wishes.noColor)
  const seen = streams.stderr.isTTY === true
  const masked = new Set<string>()
  const insist = (line: string) => void streams.stderr.write(`${line}\n`)
  return {
    streams,
    interactive: seen && streams.stdin.isTTY === true && !wishes.noInput && !isSet(env.CI),
    animated: seen && env.TERM !== 'dumb' && !isSet(env.CI) && !wishes.quiet,
    quiet: wishes.quiet,
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

const isSet = (value: string | undefined): boolean =>
  value !== undefined && value !== '' && value !== 'false' && value !== '0'
