import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { buildProgram } from './program.ts'

export interface Worker {
  child: ChildProcess
  /** All that it printed, when it has ended. */
  said: Promise<string>
  /** The first thing that it says. */
  begun: Promise<unknown>
  ended: Promise<unknown>
}

export type RunWorker = (...args: string[]) => Worker

/** Starts `worker.ts` in a process of its own; `shell` is what a shell does before it (umask, ulimit). */
export const workers = async (folder: string) => {
  const program = await buildProgram(join(import.meta.dirname, 'worker.ts'), folder)
  const under =
    (shell: string): RunWorker =>
    (...args) => {
      const child = spawn('sh', ['-c', `${shell}; exec "$@"`, 'sh', process.execPath, program, ...args], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      onTestFinished(() => void child.kill('SIGKILL'))
      const said = text(child.stdout)
      return { child, said, begun: once(child.stdout, 'data'), ended: once(child, 'exit') }
    }
  return { run: under('true'), under }
}
