/** The process that talks to the keychain: what it is given, how long it lives, what is said when it can't be had. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import type { KeychainOptions } from '../../src/secrets/keychain-store.ts'
import { probe } from '../../src/secrets/probe.ts'
import { buildProgram } from '../files/program.ts'
import { freshFolder, isRunning, NEVER } from '../files/tools.ts'
import { canary } from '../harness/canary.ts'
import { environmentOf, processes } from './children.ts'
import { childPids, failureOf, HELD, session } from './rig.ts'
import { missingForKeychain } from './session.ts'
import { keychainStore } from './store.ts'

const missing = missingForKeychain()

/** In place of the native part. */
const CUTTING = `
let kept = null
exports.AsyncEntry = class {
  async setPassword(text) { kept = text.slice(0, 8192) }
  async getPassword() { return kept }
  async deleteCredential() { kept = null; return true }
}`

describe.skipIf(missing !== null)('the child of the keychain store', () => {
  const helperOf = (env: Record<string, string>, changes: Partial<KeychainOptions>) =>
    failureOf(keychainStore(env, changes).read('held', NEVER))

  test('has no secret and no variable of ours in its environment or arguments, nor has anybody else (row 81)', async () => {
    const { env } = await session()
    const secret = canary('key')
    const store = keychainStore({
      ...env,
      KEYTURN_TOKEN: 'tok_canary_77aa',
      KEYTURN_CONFIG_DIR: '/x',
      OTHER: 'other_canary',
    })
    let isOver = false
    const writing = (async () => {
      for (let i = 0; i < 20; i += 1) await store.write('held', `${secret}_${i}`, NEVER)
      isOver = true
    })()
    let samples = 0
    while (!isOver) {
      const all = processes()
      const children = all.filter((seen) => seen.parent === process.pid && seen.cmdline.includes('keychain-child'))
      samples += children.length
      for (const seen of all) expect(seen.cmdline + environmentOf(seen)).not.toContain(secret)
      for (const child of children) expect(environmentOf(child)).not.toMatch(/KEYTURN_|tok_canary|other_canary/)
      await new Promise(setImmediate)
    }
    await writing
    expect(samples).toBeGreaterThan(0)
  })

  test('serves a whole command alone', async () => {
    const { env } = await session()
    const store = keychainStore(env)
    const before = childPids()
    await probe(store, NEVER)
    await store.write('held', HELD, NEVER)
    await Promise.all([store.read('held', NEVER), store.read('held', NEVER), store.read('missing', NEVER)])
    expect(childPids().filter((pid) => !before.includes(pid))).toHaveLength(1)
  })

  test('says which part is broken when the native part does not load (row 90)', async () => {
    const folder = freshFolder()
    const childPath = await buildProgram(join(import.meta.dirname, '../../src/secrets/keychain-child.ts'), folder)
    const failure = await helperOf({ PATH: '/usr/bin' }, { childPath })
    expect(failure).toMatchObject({ code: 'store_unusable', message: expect.stringContaining('@napi-rs/keyring') })
    expect(failure.hint).toContain('npm install')
  })

  test('finds out a keychain that cuts what is too long for it and says that all went well (row 78)', async () => {
    const folder = freshFolder()
    const childPath = await buildProgram(join(import.meta.dirname, '../../src/secrets/keychain-child.ts'), folder)
    const native = join(folder, 'node_modules', '@napi-rs', 'keyring')
    mkdirSync(native, { recursive: true })
    writeFileSync(join(native, 'index.js'), CUTTING)
    const store = keychainStore({ PATH: '/usr/bin' }, { childPath })
    await store.write('held', 'x'.repeat(8192), NEVER)
    expect(await failureOf(store.write('held', 'x'.repeat(8193), NEVER))).toMatchObject({
      code: 'store_unusable',
      message: expect.stringContaining('did not keep what was written to it'),
    })
  })

  test('takes an entry that another process removes at the same moment as gone', async () => {
    const { env, found } = await session()
    const stores = [keychainStore(env), keychainStore(env), keychainStore(env)]
    for (let round = 0; round < 30; round += 1) {
      await stores[0]?.write('held', HELD, NEVER)
      const removed = await Promise.all(stores.map((store) => store.remove('held', NEVER)))
      expect(removed).toContain(true)
    }
    expect(await found()).toEqual([])
  })

  test.each([
    ['is not where it was installed', { childPath: '/nonexistent/keychain-child.js' }],
    ['can not be started', { execPath: '/nonexistent/node' }],
  ])('makes the store unusable when it %s', async (_, changes) => {
    expect(await helperOf({ PATH: '/usr/bin' }, changes)).toMatchObject({ code: 'store_unusable' })
  })

  test('is started again when it was killed between two operations', async () => {
    const { env } = await session()
    const store = keychainStore(env)
    const before = childPids()
    await store.write('held', HELD, NEVER)
    const [child = 0] = childPids().filter((pid) => !before.includes(pid))
    process.kill(child, 'SIGKILL')
    await vi.waitFor(() => expect(isRunning(child)).toBe(false))
    expect(await store.read('held', NEVER)).toBe(HELD)
  })
})
