/** The composition root: the only file that names `process`, shows an answer or a failure, and sets the exit code. */
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, App } from './app.ts'
import { asksForJson } from './asks-for-json.ts'
import { compose, type World } from './compose.ts'
import { type CommandLine, performer } from './perform.ts'
import { readPlainly } from './plain-line.ts'
import { lateOutput } from './terminal/late-output.ts'
import type { Streams } from './terminal/terminal.ts'
import { clean } from './vocabulary/clean.ts'
import type { Wait } from './vocabulary/clock.ts'
import { Failure, isFailure } from './vocabulary/failure.ts'
import { failureText } from './vocabulary/failure-text.ts'

declare const __KEYTURN_VERSION__: string

// Node would open a debugger for it, to which other users of the machine could connect and read what is in memory.
process.on('SIGUSR1', () => {})

const stopping = new AbortController()
/** From the first work that must not be cut in two until its answer has been shown. */
let isHeld = false
let hungUp = false
/** A closed terminal ends the program as the system has it, but nothing in the middle. */
const hangUp = (): void => {
  if (!signalsAreHandedOver) hungUp = true
}
const holdHangUps = (): void => {
  if (!isHeld) process.on('SIGHUP', hangUp)
  isHeld = true
}
const letGo = (): void => {
  isHeld = false
  process.off('SIGHUP', hangUp)
  if (hungUp) process.kill(process.pid, 'SIGHUP')
}
/** A program that keyturn runs decides what a signal ends. */
let signalsAreHandedOver = false

const HANDED_OVER = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const

const interrupt = () => stop(new Failure('interrupted', 'stopped by Ctrl-C'))
const terminate = () => stop(new Failure('terminated', 'stopped by SIGTERM'))
const listenToStops = () => process.on('SIGINT', interrupt).on('SIGTERM', terminate)

/** What is printed is the last that there is to do. */
let isLast = false
/** The system ends what hears no signal, so nothing that something has to follow is done like that. */
const unheard = (write: () => void): boolean => {
  if (!isLast || isHeld) return false
  process.off('SIGINT', interrupt).off('SIGTERM', terminate)
  try {
    write()
  } finally {
    listenToStops()
  }
  return true
}

/** As a shell has it for a program that SIGPIPE ended: whoever read the answer wanted no more of it. */
const CLOSED_PIPE = 141

/** An answer's write tells by itself what became of it; help, which nobody waits for, only here. */
const notPrinted = ({ code }: NodeJS.ErrnoException) => {
  process.exitCode ||= code === 'EPIPE' ? CLOSED_PIPE : 1
}
/** Talk that nobody hears is no reason to fail. */
const notHeard = () => {}

/** In the words of `start.ts`, which prints most of the help. */
const sayNotPrinted = (error?: Error | null) => {
  const { code } = (error ?? {}) as NodeJS.ErrnoException
  if (code === undefined || code === 'EPIPE') return
  streams.stderr.write(`keyturn: the answer could not be written to standard output (${code})\n`)
}

const streams: Streams = {
  get stdin() {
    return process.stdin
  },
  stdout: lateOutput(1, { open: () => process.stdout.on('error', notPrinted), unheard, onError: notPrinted }),
  stderr: lateOutput(2, { open: () => process.stderr.on('error', notHeard), unheard: () => false, onError: notHeard }),
}

const wait: Wait = async (milliseconds, signal) => {
  try {
    await sleep(milliseconds, undefined, { signal })
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  }
}

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

const world: World = {
  env: { ...process.env },
  platform: process.platform,
  nodeVersion: process.version,
  execPath: process.execPath,
  // It is built into a chunk, and those have a folder of their own.
  folder: dirname(__dirname),
  streams,
  jobs: {
    stop: (reason) => stop(reason),
    // Windows suspends nothing.
    suspend: () => process.platform !== 'win32' && process.kill(process.pid, 'SIGTSTP'),
    onContinue: (listener) => {
      process.on('SIGCONT', listener)
      return () => process.off('SIGCONT', listener)
    },
  },
  processes: { pid: process.pid, isRunning },
  clock: { now: () => Date.now(), monotonic: () => Number(process.hrtime.bigint()) / 1e6 },
  wait,
  signal: stopping.signal,
  finish: async (work) => {
    holdHangUps()
    return work(new AbortController().signal)
  },
  handSignalsTo: async (listener, work) => {
    signalsAreHandedOver = true
    for (const signal of HANDED_OVER) process.on(signal, listener)
    try {
      return await work()
    } finally {
      for (const signal of HANDED_OVER) process.off(signal, listener)
      signalsAreHandedOver = false
    }
  },
  version: __KEYTURN_VERSION__,
}

/** What children inherit: no variable of ours, and no relative place to find a program in. */
const cleanOwnEnvironment = (): void => {
  for (const name of Object.keys(process.env)) if (name.startsWith('KEYTURN_')) delete process.env[name]
  const separator = process.platform === 'win32' ? ';' : ':'
  const places = (process.env.PATH ?? '').split(separator).filter((place) => /^([\\/]|[A-Za-z]:)/.test(place))
  // An empty PATH would mean the current folder.
  if (places.length === 0) delete process.env.PATH
  else process.env.PATH = places.join(separator)
}

/** It is obeyed before the first line of ours runs, so all that is left is to say so. */
const warnOfNode = (): void => {
  if (!process.env.NODE_DEBUG) return
  streams.stderr.write(
    'keyturn: NODE_DEBUG is set: Node itself may print what is sent, secrets too; unset NODE_DEBUG\n',
  )
}

const jsonOf = async (app: App, value: Answer['json']) => (value === undefined ? '' : app.jsonText(value))

const show = async (app: App, { secret, lastResort, shown, exitCode, ...answer }: Answer): Promise<void> => {
  const { json, terminal } = app
  const handOver = async (): Promise<void> => {
    if (secret !== undefined) terminal.mask(secret)
    if (lastResort !== undefined) await terminal.handOver(lastResort.text).then(lastResort.said)
  }
  try {
    const text = (json ? await jsonOf(app, answer.json) : terminal.quiet ? answer.quiet : answer.human) ?? ''
    const tellsSecret = secret !== undefined && text.includes(secret)
    if (tellsSecret) terminal.mask(secret)
    isLast = shown === undefined
    if (text !== '') await terminal.answer(text)
    // Fields that leave out what is shown only once choose how the answer looks, not that it is lost.
    if (!tellsSecret && lastResort !== undefined) await handOver()
  } catch (error) {
    // It is shown somewhere, whatever became of the place where it should have been.
    await handOver().catch(() => {})
    throw error
  }
  await shown?.()
  process.exitCode = exitCode ?? 0
}

const asFailure = (error: unknown): Failure => {
  if (isFailure(error)) return error
  if (isFailure(stopping.signal.reason)) return stopping.signal.reason
  if (world.env.KEYTURN_DEBUG) streams.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  const said = error instanceof Error ? clean(error.message) : 'unknown'
  return new Failure('failed', `this is a mistake in keyturn itself: ${said}`, {
    hint: 'run it again with KEYTURN_DEBUG=1 to see where, and report that',
  })
}

const LAST_WORDS = 1500

/** The first stop ends the command in good order, the second at once; neither waits for long. */
const stop = (failure: Failure): void => {
  if (signalsAreHandedOver) return
  if (stopping.signal.aborted) process.exit(failure.exitCode)
  stopping.abort(failure)
  const end = () => (isHeld ? setTimeout(end, 100).unref() : process.exit(failure.exitCode))
  setTimeout(end, LAST_WORDS).unref()
}

/** What still runs by then (a name that is looked up can't be cancelled) has nobody to answer to. */
const endSoon = () => void setTimeout(() => process.exit(), LAST_WORDS).unref()

const line: CommandLine = {
  version: world.version,
  print: (text) => void streams.stdout.write(text, sayNotPrinted),
  compose: (options) => compose(world, options),
  show,
}

const run = async (args: string[]): Promise<void> => {
  const perform = performer(line, () => null)
  const plain = await readPlainly(args, perform)
  if (plain !== null) return plain()
  const { runCommandLine } = await import('./command-line.ts')
  await runCommandLine(args, line)
}

export const main = async (args: string[]): Promise<void> => {
  listenToStops()
  cleanOwnEnvironment()
  warnOfNode()
  let isOver = false
  // Nothing is left to wait for and no answer was given: that is never success.
  process.once('beforeExit', () => {
    if (!isOver) process.exitCode = 1
  })
  try {
    await run(args)
    isOver = true
    // What could not be cut in two was done to its end, and the rest was left: who stopped it is told so.
    if (isFailure(stopping.signal.reason)) process.exitCode = stopping.signal.reason.exitCode
    if (process.exitCode) endSoon()
  } catch (error) {
    isOver = true
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exitCode = CLOSED_PIPE
    else {
      const failure = asFailure(error)
      streams.stderr.write(failureText(failure, asksForJson(args)))
      process.exitCode = failure.exitCode
      endSoon()
    }
  } finally {
    letGo()
  }
}
