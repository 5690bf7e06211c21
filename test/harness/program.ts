import { spawn } from 'node:child_process'
import { onTestFinished } from 'vitest'
import { environment, NODE, PROGRAM, type Variables } from './environment.ts'
import type { Home } from './home.ts'
import { traceProgram } from './traces.ts'

export interface StartOptions {
  home: Home
  env?: Variables
  /** Standard input, which ends behind it. Without it there is none: the program reads an end at once. */
  input?: string | Buffer
  /** Milliseconds until the program is killed and the test fails, saying what was printed. */
  timeout?: number
  cwd?: string
}

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
  ms: number
}

export interface Running {
  pid: number
  /** Resolves with the match as soon as the pattern stands in what was printed; fails when the program ends without. */
  waitForStdout(pattern: RegExp): Promise<RegExpExecArray>
  waitForStderr(pattern: RegExp): Promise<RegExpExecArray>
  kill(signal: NodeJS.Signals): void
  ended: Promise<Ended>
}

/** Starts the built program and leaves it running; what is still alive when the test ends is killed. */
export const start = (args: string[], options: StartOptions): Running => startCommand(NODE, [PROGRAM, ...args], options)

/** Runs the built program to its end, whatever that is: a bad exit code is the test's to judge. */
export const keyturn = (args: string[], options: StartOptions): Promise<Ended> => start(args, options).ended

/** The same for any other command. */
export const startCommand = (command: string, args: string[], options: StartOptions): Running => {
  const { home, env, input, timeout = 20_000, cwd = home.path } = options
  const begun = performance.now()
  // `detached`: a session of its own, so there is no terminal to open, and whatever it starts can be ended with it.
  const child = spawn(command, args, { cwd, env: environment(home, env), stdio: 'pipe', detached: true })
  const traces = traceProgram(child.pid ?? -1, [command, ...args], home, env)
  const printed = { stdout: '', stderr: '' }
  const watchers = new Set<() => void>()
  const wake = () => {
    for (const look of watchers) look()
  }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text
      wake()
    })
  }
  // A program that ends without reading its input is no fault of the test.
  child.stdin.on('error', () => {})
  child.stdin.end(input)

  let over = false
  const killAll = () => {
    try {
      // Not when it is over: by then the number may be somebody else's.
      if (child.pid !== undefined && !over) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // Nothing of it is left.
    }
  }
  const account = () => `${[command, ...args].join(' ')}\nstdout: ${printed.stdout}\nstderr: ${printed.stderr}`
  const ended = new Promise<Ended>((resolve, reject) => {
    const deadline = setTimeout(() => {
      killAll()
      reject(new Error(`still running after ${timeout} ms: ${account()}`))
    }, timeout)
    child.once('error', reject)
    child.once('close', (code, signal) => {
      over = true
      traces.ended(printed)
      clearTimeout(deadline)
      resolve({ code, signal, ...printed, ms: performance.now() - begun })
      wake()
    })
  })
  // Who only waits for a text is told through that wait; who awaits `ended` still gets its rejection.
  ended.catch(() => {})
  atTestEnd(() => {
    killAll()
    traces.ended(printed)
  })

  const waitFor = (name: 'stdout' | 'stderr', pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(printed[name])
        if (!match && !over) return
        watchers.delete(look)
        if (match) resolve(match)
        else reject(new Error(`ended without printing ${pattern} on ${name}: ${account()}`))
      }
      watchers.add(look)
      look()
    })

  return {
    pid: child.pid ?? -1,
    waitForStdout: (pattern) => waitFor('stdout', pattern),
    waitForStderr: (pattern) => waitFor('stderr', pattern),
    kill: (signal) => child.kill(signal),
    ended,
  }
}

/** Outside of a test (in a hook) there is nobody to tell: who starts a program there ends it there. */
const atTestEnd = (cleanUp: () => void) => {
  try {
    onTestFinished(cleanUp)
  } catch {}
}
