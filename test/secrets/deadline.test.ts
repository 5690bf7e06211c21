/** How long the keychain is waited for: the program as it is put together, time in hand, and a child that never answers. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { compose } from '../../src/compose.ts'
import type { GlobalOptions } from '../../src/global-options.ts'
import { freshFolder, NEVER } from '../files/tools.ts'
import { handTime } from '../session/hand-time.ts'

const OPTIONS: GlobalOptions = { input: true, color: true }
type Seen = Partial<Record<'stdin' | 'stdout' | 'stderr', true>>
const ALL: Seen = { stdin: true, stdout: true, stderr: true }

const waitsOf = async (seen: Seen, options: Partial<GlobalOptions>, env: Record<string, string> = {}) => {
  const folder = freshFolder()
  writeFileSync(join(folder, 'keychain-child.js'), 'process.stdin.resume()')
  const { clock, wait, waits } = handTime()
  const stream = (name: keyof Seen) => Object.assign(new PassThrough(), { isTTY: seen[name] === true })
  const streams = { stdin: stream('stdin'), stdout: stream('stdout'), stderr: stream('stderr') }
  const app = await compose(
    {
      ...{ env, platform: 'linux', execPath: process.execPath, folder, streams, clock, wait, signal: NEVER },
      ...{
        processes: { pid: process.pid, isRunning: () => true },
        finish: (work) => work(NEVER),
        jobs: { stop: () => {}, suspend: () => false, onContinue: () => () => {} },
        handSignalsTo: (_listener, work) => work(),
        version: '0',
        nodeVersion: '20.19.0',
      },
    },
    { ...OPTIONS, ...options },
  )
  const store = await app.openStore('keychain')
  await expect(store.read('me', NEVER)).rejects.toMatchObject({ code: 'store_not_answering', exitCode: 8 })
  return { longest: Math.max(...waits), told: String(streams.stderr.read() ?? '') }
}

test.each<[string, Seen, Partial<GlobalOptions>, Record<string, string>, number]>([
  ['on a terminal', ALL, {}, {}, 60_000],
  ['on a terminal whose output goes elsewhere', { stdin: true, stderr: true }, {}, {}, 60_000],
  ['on a terminal, with a key piped in', { stdout: true, stderr: true }, {}, {}, 60_000],
  ['without a terminal', {}, {}, {}, 5000],
  ['where nobody may be asked', ALL, { input: false }, {}, 5000],
  ['in CI', ALL, {}, { CI: 'true' }, 5000],
  ['on a terminal, with --timeout 7', ALL, { timeout: '7' }, {}, 7000],
  ['without a terminal, with --timeout 7', {}, { timeout: '7' }, {}, 7000],
])('%s (row 73)', async (_, seen, options, env, longest) => {
  expect(await waitsOf(seen, options, env)).toMatchObject({ longest })
})

test.each([false, true])('a wait is told, for without it nothing goes on: --quiet %s', async (quiet) => {
  expect((await waitsOf(ALL, { quiet })).told).toContain('waiting for the keychain')
})
