import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { environment, type Variables } from '../harness/environment.ts'
import type { Home } from '../harness/home.ts'

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
  milliseconds: number
  /** What `/proc` told of it while it ran: its arguments and its environment. */
  seen: Set<string>
}

export interface Started {
  pid: number
  kill(signal: NodeJS.Signals): void
  isOver(): boolean
  ended: Promise<Ended>
}

export interface StartOptions {
  home: Home
  env?: Variables
  input?: string
  /** Put before the program: strace, prlimit, a shell. */
  under?: readonly string[]
}

/** Nothing here waits longer than this; a program that does is killed, and `code` and `signal` say so. */
const LONGEST = 40_000
const SAMPLED_EVERY = 40

const look = (pid: number, seen: Set<string>): void => {
  for (const what of ['cmdline', 'environ']) {
    try {
      seen.add(readFileSync(`/proc/${pid}/${what}`, 'utf8').replaceAll('\0', '\n'))
    } catch {
      // It has just ended, or is another's.
    }
  }
}

/** It and those that it started. */
const family = (pid: number): number[] => {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
    return [pid, ...children.filter((each) => each !== '').flatMap((each) => family(Number(each)))]
  } catch {
    return [pid]
  }
}

/** Starts a program with a home of its own and no terminal, to be killed at any moment. */
export const start = (program: readonly string[], args: readonly string[], options: StartOptions): Started => {
  const { home, env, input = '', under = [] } = options
  const [command = '', ...rest] = [...under, ...program, ...args]
  const begun = performance.now()
  // Each of many runs has to take the same steps, so none may keep anything for the next one.
  const own = { KEYTURN_STORE: 'file', NO_PROXY: '127.0.0.1', NODE_DISABLE_COMPILE_CACHE: '1', ...env }
  const child = spawn(command, rest, { cwd: home.path, env: environment(home, own), stdio: 'pipe', detached: true })
  let over = false
  const seen = new Set<string>()
  const sampler = setInterval(() => {
    if (child.pid !== undefined) for (const pid of family(child.pid)) look(pid, seen)
  }, SAMPLED_EVERY)
  const kill = (signal: NodeJS.Signals) => {
    try {
      // The whole group, as a terminal that closes does it; not when it is over, for the number may be another's by then.
      if (child.pid !== undefined && !over) process.kill(-child.pid, signal)
    } catch {
      // Nothing of it is left.
    }
  }
  const ended = collect(child, { kill, begun, seen }).finally(() => {
    over = true
    clearInterval(sampler)
  })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return { pid: child.pid ?? -1, kill, isOver: () => over, ended }
}

const collect = (
  child: ChildProcess,
  { kill, begun, seen }: { kill(signal: NodeJS.Signals): void; begun: number; seen: Set<string> },
): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const printed = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        printed[name] += text
      })
    }
    const deadline = setTimeout(() => kill('SIGKILL'), LONGEST)
    child.once('error', reject)
    child.once('close', (code, signal) => {
      clearTimeout(deadline)
      resolve({ code, signal, ...printed, milliseconds: performance.now() - begun, seen })
    })
  })
