/** A program that is run in keyturn's place: the terminal, the signals and the exit code are its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { type Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { clean } from '../vocabulary/clean.ts'
import type { Environment } from '../vocabulary/environment.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { Secret } from '../vocabulary/secret.ts'
import { createRedactor } from './redact.ts'
import type { Output, Streams } from './terminal.ts'

export interface ChildRun {
  command: string
  args: string[]
  /** All of it: nothing is inherited beside it. */
  env: Environment
  /** Struck out of what it prints, which goes through keyturn then; `null` leaves its output alone. */
  redact: Secret | null
}

interface Surroundings {
  streams: Streams
  signal: AbortSignal
  handSignalsTo<T>(listener: (signal: NodeJS.Signals) => void, work: () => Promise<T>): Promise<T>
}

/** What a terminal sends to all that run in its foreground, to keyturn and the program alike. */
const FROM_A_TERMINAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGHUP']

/** Gives the exit code, as a shell has it for a program that a signal ended: 128 and its number. No shell is between. */
export const runChild = async (run: ChildRun, { streams, signal, handSignalsTo }: Surroundings): Promise<number> => {
  const onTerminal = [streams.stdin, streams.stdout, streams.stderr].some(({ isTTY }) => isTTY === true)
  let child: ChildProcess | null = null
  const passOn = (name: NodeJS.Signals) => {
    // Twice would mean "at once" to many programs.
    if (!onTerminal || !FROM_A_TERMINAL.includes(name)) child?.kill(name)
  }
  return handSignalsTo(passOn, async () => {
    signal.throwIfAborted()
    child = start(run)
    const { stdout, stderr } = child
    const [exitCode] = await Promise.all([
      endOf(child, run.command),
      pipe(child, stdout, run.redact, streams.stdout),
      pipe(child, stderr, run.redact, streams.stderr),
    ])
    return exitCode
  })
}

const start = ({ command, args, env, redact }: ChildRun): ChildProcess => {
  const output = redact === null ? 'inherit' : 'pipe'
  try {
    return spawn(command, args, { env, stdio: ['inherit', output, output], shell: false })
  } catch (error) {
    throw notStarted(command, error)
  }
}

const endOf = (child: ChildProcess, command: string): Promise<number> =>
  new Promise((resolve, reject) => {
    child.on('error', (error) => {
      // A signal that could not be passed on is an error too, of a program that runs.
      if (child.pid === undefined) reject(notStarted(command, error))
    })
    child.once('close', (code, name) => resolve(name === null ? (code ?? 1) : 128 + constants.signals[name]))
  })

const pipe = async (
  child: ChildProcess,
  from: Readable | null,
  secret: Secret | null,
  output: Output,
): Promise<void> => {
  if (from === null || secret === null) return
  const to = new Writable({ write: (part, _encoding, written) => void output.write(part, written) })
  // Nobody reads on: the program is told as it would be without keyturn in between. Windows has no such signal.
  to.once('error', () => child.kill(constants.signals.SIGPIPE ?? 'SIGTERM'))
  await pipeline(from, createRedactor(secret), to, { end: false }).catch(() => {})
}

const notStarted = (command: string, error: unknown): Failure => {
  const { code } = error as NodeJS.ErrnoException
  const shown = clean(command)
  if (code === 'ENOENT' || command === '') {
    return new Failure('command_not_found', `there is no command "${shown}"`, {
      hint: 'check its name, or give the path to it: keyturn exec -- ./COMMAND',
      cause: error,
    })
  }
  return new Failure('command_not_executable', `"${shown}" can't be run (${code ?? 'unknown'})`, {
    hint: `make it executable, or name what runs it: keyturn exec -- sh ${shown}`,
    cause: error,
  })
}
