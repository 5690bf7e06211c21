/**
 * What the program begins with: help and version are answered from texts that were made at build time, and whatever
 * else is asked goes to `main.ts`. So this imports only what little is built into the same file, and does not touch
 * `process.stdout`, which costs more than all that is done here.
 */
import { readFileSync, writeSync } from 'node:fs'
import { type Require, requireKept } from './kept-code/load.ts'

declare let require: Require

/** As a shell has it for a program that SIGPIPE ended. */
const CLOSED_PIPE = 141
const NAPS = new Int32Array(new SharedArrayBuffer(4))

/** The words whose help is wanted; `null` for whatever is not that alone, which is for the command line to judge. */
const helpWanted = (args: readonly string[]): string | null => {
  const words = args.filter((argument) => argument !== '--help' && argument !== '-h')
  if (words.some((word) => word.startsWith('-'))) return null
  if (words[0] === 'help') return words.slice(1).join(' ')
  return args.length === 0 || words.length < args.length ? words.join(' ') : null
}

/** `null` where the texts have no answer to it. */
const textFor = (args: readonly string[]): string | null => {
  const asked = args.length === 1 && args[0] === '--version' ? '--version' : helpWanted(args)
  if (asked === null) return null
  const texts = JSON.parse(readFileSync(`${__dirname}/texts.json`, 'utf8'))
  const text = Object.hasOwn(texts, asked) ? texts[asked] : null
  // A console of Windows takes what is written past the stream in a code page of its own.
  return process.platform === 'win32' && /[^\0-\x7f]/.test(text ?? '') ? null : text
}

const writeAll = (text: string): void => {
  const bytes = Buffer.from(text)
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(1, bytes, written)
    } catch (error) {
      // A pipe that is full and that somebody else has told not to block.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      Atomics.wait(NAPS, 0, 0, 5)
    }
  }
}

const say = (text: string): void => {
  try {
    writeAll(text)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    process.exitCode = code === 'EPIPE' ? CLOSED_PIPE : 1
    if (code !== 'EPIPE') writeSync(2, `keyturn: the answer could not be written to standard output (${code})\n`)
  }
}

const args = process.argv.slice(2)
const text = textFor(args)

/** The chunks' `require`, which keeps what V8 makes of them. */
const keepingCode = (): Require => {
  if (process.env.NODE_DISABLE_COMPILE_CACHE) return require
  const { version, arch, pid } = process
  const user = process.geteuid?.() ?? null
  const keeping = { folder: `${__dirname}/kept`, node: `${version}-${arch}`, user, pid }
  return requireKept(keeping, __dirname, require, (chunks) => {
    const keep = () => import('./kept-code/keep.ts').then(({ keepCode }) => keepCode(keeping, chunks))
    // That it can't be done is nobody's loss.
    process.once('beforeExit', () => void keep().catch(() => {}))
  })
}

if (text === null) {
  require = keepingCode()
  void import('./main.ts').then(({ main }) => main(args))
} else say(text)
