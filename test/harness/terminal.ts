import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawn } from '@lydell/node-pty'
import { onTestFinished } from 'vitest'
import { environment, NODE, PROGRAM, type Variables } from './environment.ts'
import type { Home } from './home.ts'
import { makeScreen } from './screen.ts'
import { traceProgram } from './traces.ts'

export interface TerminalOptions {
  home: Home
  env?: Variables
  columns?: number
  rows?: number
  /** Milliseconds that any one wait may take. */
  timeout?: number
  /** Is asked whenever more was printed, with all that was since it last had an answer; what it gives is typed. */
  answer?: (printed: string) => string | null
}

export interface Terminal {
  /** Resolves as soon as it stands on the screen, or stood in what was printed since the last wait that ended. */
  waitFor(expected: string | RegExp): Promise<void>
  type(keys: string): void
  resize(columns: number, rows: number): void
  /** What a person sees now. */
  screen(): string
  /** Every byte that was printed, escapes too. */
  printed(): string
  /** To the program itself; Ctrl-C as a person presses it is `type(CTRL_C)`. */
  kill(signal: NodeJS.Signals): void
  /** The exit code as a shell has it: 128 and the signal's number for a program that a signal ended. */
  ended: Promise<{ code: number; screen: string }>
  /** `stty -a` before and after the program, once it ended. */
  settings(): { before: string; after: string }
}

export const CTRL_C = '\u0003'
export const ENTER = '\r'

/** Starts the built program in a real terminal. */
export const startInTerminal = (args: string[], options: TerminalOptions): Terminal =>
  startCommandInTerminal([NODE, PROGRAM, ...args], options)

/** The shell asks the terminal for its settings before and after, and outlives a Ctrl-C that the program is to answer. */
const SHELL = `trap : INT QUIT; stty -a > "$0/before"; "$@"; code=$?; stty -a > "$0/after"; exit $code`

export const startCommandInTerminal = (command: string[], options: TerminalOptions): Terminal => {
  const { home, env, columns = 100, rows = 30, timeout = 20_000, answer = () => null } = options
  const notes = mkdtempSync(join(home.path, 'tmp', 'terminal-'))
  const terminal = spawn('/bin/sh', ['-c', SHELL, notes, ...command], {
    // node-pty sets TERM to this, whatever the environment says.
    name: env?.TERM ?? 'xterm-256color',
    cols: columns,
    rows,
    cwd: home.path,
    env: environment(home, env),
  })
  const traces = traceProgram(terminal.pid, command, home, env)
  const screen = makeScreen(columns)
  let printed = ''
  let seen = 0
  let answered = 0
  let over = false
  const watchers = new Set<() => void>()
  const wake = () => {
    for (const look of watchers) look()
  }
  terminal.onData((data) => {
    printed += data
    screen.write(data)
    const typed = answer(printed.slice(answered))
    if (typed !== null) {
      answered = printed.length
      terminal.write(typed)
    }
    wake()
  })
  const ended = new Promise<{ code: number; screen: string }>((resolve) => {
    terminal.onExit(({ exitCode, signal }) => {
      over = true
      traces.ended({ terminal: printed })
      resolve({ code: signal ? 128 + signal : exitCode, screen: screen.text() })
      wake()
    })
  })
  const programs = () => {
    try {
      return execFileSync('pgrep', ['-P', String(terminal.pid)], { encoding: 'utf8' })
        .split('\n')
        .filter(Boolean)
        .map(Number)
    } catch {
      return []
    }
  }
  onTestFinished(() => {
    traces.ended({ terminal: printed })
    if (over) return
    for (const pid of [...programs(), terminal.pid]) process.kill(pid, 'SIGKILL')
  })

  return {
    waitFor: (expected) =>
      new Promise((resolve, reject) => {
        const done = (settle: () => void) => {
          watchers.delete(look)
          clearTimeout(deadline)
          settle()
        }
        const look = () => {
          const since = makeScreen(columns)
          since.write(printed.slice(seen))
          const match = [screen.text(), since.text()].some((text) =>
            typeof expected === 'string' ? text.includes(expected) : expected.test(text),
          )
          if (match) {
            seen = printed.length
            done(resolve)
          } else if (over) done(() => reject(new Error(`ended without showing ${expected}:\n${screen.text()}`)))
        }
        const deadline = setTimeout(
          () => done(() => reject(new Error(`no ${expected} after ${timeout} ms:\n${screen.text()}`))),
          timeout,
        )
        watchers.add(look)
        look()
      }),
    type: (keys) => terminal.write(keys),
    resize(toColumns, toRows) {
      terminal.resize(toColumns, toRows)
      screen.resize(toColumns)
    },
    screen: screen.text,
    printed: () => printed,
    kill(signal) {
      for (const pid of programs()) process.kill(pid, signal)
    },
    ended,
    settings() {
      const read = (name: string) => (existsSync(join(notes, name)) ? readFileSync(join(notes, name), 'utf8') : '')
      return { before: read('before'), after: read('after') }
    },
  }
}
