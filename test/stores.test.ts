/** Every store keeps the same promises; the keychain is a real one. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { makeFileStore } from '../src/secrets/file-store.ts'
import { PROBE_ACCOUNT, probe } from '../src/secrets/probe.ts'
import { ROOM_ON_WINDOWS, splitStore } from '../src/secrets/split-store.ts'
import type { Store } from '../src/secrets/store.ts'
import { freshFolder, NEVER, realTools } from './files/tools.ts'
import { canary } from './harness/canary.ts'
import { type KeychainHarness, missingForKeychain, startSession } from './keychain/session.ts'
import { CHILD, keychainStore } from './keychain/store.ts'
import { makeMemoryStore } from './memory-store.ts'

const missing = missingForKeychain()
if (missing) process.stderr.write(`SKIPPED: the keychain's part of the stores suite: ${missing}\n`)

const folder = freshFolder(afterAll)
let session: KeychainHarness
beforeAll(async () => {
  if (missing) return
  session = await startSession()
  return () => session.close()
})

const memory = new Map<string, string>()
/** Each call opens the same store anew, as another run of the program would. */
const STORES: [string, () => Store, boolean][] = [
  ['memory', () => makeMemoryStore(memory), true],
  ['file', () => makeFileStore(folder, realTools()), true],
  ['keychain', () => keychainStore(session.env), missing === null],
  // As on Windows, whose items are small.
  ['split keychain', () => splitStore(keychainStore(session.env), ROOM_ON_WINDOWS), missing === null],
]

const TEXTS = {
  plain: canary('key'),
  json: '{"a":"quote \\" and \\n"}',
  'many lines': 'one\ntwo\r\n\tthree\n',
  'other scripts': 'ключ 鍵 🔑',
  empty: '',
  // libsecret's own tool keeps 8,191 bytes of these and says that all went well.
  'one more than 8 kB': 'y'.repeat(8193),
  '64 kB': 'x'.repeat(64 * 1024),
}
const ACCOUNTS = [
  'zectre',
  'me@work',
  'constructor',
  '__proto__',
  `a"$(touch pwned)"'; id`,
  'two\nlines',
  '`touch pwned`',
]

for (const [name, open, isHere] of STORES) {
  describe.skipIf(!isHere)(`the ${name} store`, () => {
    test('says null for what it does not hold, and false for its removal', async () => {
      const store = open()
      expect(await store.read('nobody', NEVER)).toBeNull()
      expect(await store.remove('nobody', NEVER)).toBe(false)
    })

    test.each(Object.entries(TEXTS))('gives back a text as it was (row 78): %s', async (_, text) => {
      await open().write('texts', text, NEVER)
      expect(await open().read('texts', NEVER)).toBe(text)
    })

    test('refuses what is larger than any credential, and keeps what it has (row 78)', async () => {
      await open().write('large', 'old', NEVER)
      for (const size of [64 * 1024 + 1, 100_000]) {
        const refusal = open().write('large', 'x'.repeat(size), NEVER)
        await expect(refusal).rejects.toMatchObject({ exitCode: 8, message: /is not given a secret of/ })
      }
      expect(await open().read('large', NEVER)).toBe('old')
    })

    test('keeps accounts apart, whatever their names, and runs none of them (row 82)', async () => {
      const store = open()
      for (const account of ACCOUNTS) expect(await store.read(account, NEVER)).toBeNull()
      for (const account of ACCOUNTS) await store.write(account, `secret of ${account}`, NEVER)
      for (const account of ACCOUNTS) expect(await open().read(account, NEVER)).toBe(`secret of ${account}`)
      for (const account of ACCOUNTS) expect(await store.remove(account, NEVER)).toBe(true)
      for (const account of ACCOUNTS) expect(await open().read(account, NEVER)).toBeNull()
      for (const folder of [process.cwd(), dirname(CHILD)]) expect(existsSync(join(folder, 'pwned'))).toBe(false)
    })

    test('holds the last of two writes, and nothing once it is removed', async () => {
      const store = open()
      await store.write('twice', 'first', NEVER)
      await open().write('twice', 'second', NEVER)
      expect(await store.read('twice', NEVER)).toBe('second')
      expect(await open().remove('twice', NEVER)).toBe(true)
      expect(await store.read('twice', NEVER)).toBeNull()
      expect(await store.remove('twice', NEVER)).toBe(false)
    })

    test('is proven to work by a probe that leaves nothing, ten at once too (row 91)', async () => {
      await probe(open(), NEVER)
      expect(await open().read(PROBE_ACCOUNT, NEVER)).toBeNull()
      await Promise.all(Array.from({ length: 10 }, () => probe(open(), NEVER)))
      expect(await open().read(PROBE_ACCOUNT, NEVER)).toBeNull()
    })

    test('does nothing for a command that has been stopped', async () => {
      const stopped = AbortSignal.abort(new Error('stopped'))
      const store = open()
      await store.write('kept', 'old', NEVER)
      await expect(store.write('kept', 'new', stopped)).rejects.toThrow('stopped')
      await expect(store.remove('kept', stopped)).rejects.toThrow('stopped')
      await expect(store.read('kept', stopped)).rejects.toThrow('stopped')
      expect(await store.read('kept', NEVER)).toBe('old')
    })
  })
}

describe.skipIf(missing)('what others see of the keychain store', () => {
  test('one entry under the service keyturn after a write, none after its removal and none of a probe', async () => {
    const own = await startSession()
    onTestFinished(() => own.close())
    const store = keychainStore(own.env)
    await probe(store, NEVER)
    expect(await own.found()).toEqual([])
    const [first, second] = [canary('key'), canary('key')]
    await store.write('zectre', first, NEVER)
    await store.write('zectre', second, NEVER)
    await probe(store, NEVER)
    expect(await own.found()).toEqual([['zectre', second]])
    expect(await store.read('another', NEVER)).toBeNull()
    expect(await store.remove('zectre', NEVER)).toBe(true)
    expect(await own.found()).toEqual([])
  })
  test('a secret in parts is one entry, its parts beside it, and no part is left when it has gone (rows 80, 87)', async () => {
    const own = await startSession()
    onTestFinished(() => own.close())
    const store = splitStore(keychainStore(own.env), 100)
    for (const secret of ['1'.repeat(250), '2'.repeat(450), '3'.repeat(101)]) {
      await store.write('zectre', secret, NEVER)
      expect(await store.read('zectre', NEVER)).toBe(secret)
      const found = await own.found()
      expect(found).toHaveLength(1 + Math.ceil(secret.length / 100))
      for (const [account] of found) expect(account).toMatch(/^zectre( part [ab]\d)?$/)
    }
    await store.write('zectre', 'zec_canary', NEVER)
    expect(await own.found()).toEqual([['zectre', 'zec_canary']])
    await store.write('zectre', '4'.repeat(101), NEVER)
    expect(await store.remove('zectre', NEVER)).toBe(true)
    expect(await own.found()).toEqual([])
  })
})
