/** `keyturn doctor` and a real Secret Service. */
import { mkdirSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { freshHome } from '../harness/home.ts'
import { keyturn } from '../harness/program.ts'
import { type KeychainHarness, missingForKeychain, startSession } from './session.ts'

const missing = missingForKeychain()

const checked = async (env: Record<string, string>) => {
  const home = freshHome()
  mkdirSync(home.config, { recursive: true, mode: 0o700 })
  const args = ['doctor', '--json', '--timeout', '2']
  const { stdout } = await keyturn(args, { home, env: { ...env, HOME: home.path, KEYTURN_STORE: 'keychain' } })
  const { checks } = JSON.parse(stdout) as { checks: { name: string; ok: boolean; detail: string; hint: string }[] }
  return checks.find(({ name }) => name === 'keychain')
}

const session = async (): Promise<KeychainHarness> => {
  const started = await startSession()
  onTestFinished(() => started.close())
  return started
}

test.skipIf(missing)(
  'a keychain that works is named with its program and its time, and is left as it was',
  async () => {
    const { env, put, found } = await session()
    await put('held', 'zec_EXAMPLE_held')
    expect(await checked(env)).toEqual({
      name: 'keychain',
      ok: true,
      detail: expect.stringMatching(
        /^the OS keychain \(Secret Service\), by gnome-keyring-daemon: written, read, removed in \d+ ms$/,
      ),
      hint: null,
    })
    expect(await found()).toEqual([['held', 'zec_EXAMPLE_held']])
  },
)

test.skipIf(missing).each<[string, RegExp, RegExp, (harness: KeychainHarness) => Promise<unknown>]>([
  ['is locked', /is locked, and there is no display/, /--unlock/, ({ lock }) => lock()],
  ['hangs', /did not answer within 2 s|is not answering/, /restart it/, async ({ stop }) => stop()],
])('a keychain that %s is told, with what to do', async (_what, detail, hint, prepare) => {
  const harness = await session()
  await prepare(harness)
  expect(await checked(harness.env)).toMatchObject({
    ok: false,
    detail: expect.stringMatching(detail),
    hint: expect.stringMatching(hint),
  })
})

test.skipIf(missing)('a machine without a D-Bus session is told, with what to do', async () => {
  expect(await checked({})).toMatchObject({
    ok: false,
    detail: expect.stringContaining('there is no D-Bus session'),
    hint: expect.stringContaining('apt install gnome-keyring'),
  })
})
