/** A program for the tests, run in processes that are killed, stopped and starved. argv: what to do, a path, a word. */
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { changeJson, type JsonFile } from '../../src/files/json-file.ts'
import { withLock } from '../../src/files/lock.ts'
import { type PrivateFile, writePrivate } from '../../src/files/private-file.ts'
import type { FileTools } from '../../src/files/tools.ts'

const [task = '', path = '', word = ''] = process.argv.slice(2)
const signal = new AbortController().signal
const tools: FileTools = {
  clock: { now: () => Date.now(), monotonic: () => performance.now() },
  wait: (milliseconds) => sleep(milliseconds),
  tell: () => {},
  processes: {
    pid: process.pid,
    isRunning: (pid) => {
      try {
        return process.kill(pid, 0)
      } catch {
        return false
      }
    },
  },
}
const file: PrivateFile = { path, title: 'the file of a test', code: 'store_refused' }
const json: JsonFile<Record<string, unknown>> = { ...file, version: 1, empty: { version: 1 }, check: (value) => value }
const say = (text: string) => process.stdout.write(`${text}\n`)

const change = async () => void (await changeJson(json, tools, signal, (old) => ({ ...old, [word]: true })))

const TASKS: Record<string, () => Promise<void>> = {
  write: async () => writePrivate(file, word),
  'write much': async () => writePrivate(file, word.repeat(100_000)),
  'write on and on': async () => {
    say('begun')
    for (;;) for (const letter of ['a', 'b']) writePrivate(file, letter.repeat(100_000))
  },
  change,
  'change together': async () => {
    say('ready')
    // All at the same instant: nobody sleeps past the start.
    while (!existsSync(`${path}.start`));
    await change()
  },
  hold: () =>
    withLock(path, tools, signal, async () => {
      say('held')
      await sleep(60_000)
    }),
}
TASKS[task]?.().then(
  () => say('done'),
  (error) => {
    say(`${error.code}: ${error.message}`)
    process.exitCode = 1
  },
)
