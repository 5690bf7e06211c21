/** Which store is opened; the keychain's child is one that keeps its entries as Windows does, in small items. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openStore } from '../../src/secrets/open-store.ts'
import type { Store } from '../../src/secrets/store.ts'
import { freshFolder, NEVER, realTools } from '../files/tools.ts'

const CHILD = `
const { appendFileSync } = require('node:fs')
const entries = new Map()
require('node:readline').createInterface(process.stdin).on('line', (line) => {
  const { id, operation, account, secret } = JSON.parse(line)
  appendFileSync(__filename + '.log', operation + '\\n')
  const tooLong = operation === 'write' && Buffer.byteLength(secret, 'utf16le') > 2560
  const message = "Value of 'password encoded as UTF-16' is longer than the platform limit of 2560 chars"
  const value = operation === 'read' ? entries.get(account) ?? null : operation === 'remove' ? entries.delete(account) : !tooLong
  if (operation === 'write' && !tooLong) entries.set(account, secret)
  console.log(JSON.stringify(tooLong ? { id, ok: false, kind: 'native', message } : { id, ok: true, value }))
})`

const keychainOn = async (platform: NodeJS.Platform): Promise<{ store: Store; questions: () => string[] }> => {
  const folder = freshFolder()
  const childPath = join(folder, 'child.cjs')
  writeFileSync(childPath, CHILD)
  const store = await openStore('keychain', {
    folder: () => folder,
    tools: realTools(),
    keychain: { execPath: process.execPath, childPath, env: {}, platform, deadline: 10_000, onSlow: () => {} },
  })
  return { store, questions: () => readFileSync(`${childPath}.log`, 'utf8').trim().split('\n') }
}

test('on Windows a secret of 4 kB goes into items of 2,560 bytes (row 79)', async () => {
  const { store } = await keychainOn('win32')
  await store.write('me', 'x'.repeat(4096), NEVER)
  expect(await store.read('me', NEVER)).toBe('x'.repeat(4096))
  expect(await store.remove('me', NEVER)).toBe(true)
  expect(await store.read('me', NEVER)).toBeNull()
})

test.each(['linux', 'darwin'] as const)('on %s nothing is split and nothing is asked twice', async (platform) => {
  const { store, questions } = await keychainOn(platform)
  await store.write('me', 'x'.repeat(1280), NEVER)
  await store.read('me', NEVER)
  await store.remove('me', NEVER)
  expect(questions()).toEqual(['write', 'read', 'remove'])
  await expect(store.write('me', 'x'.repeat(1281), NEVER)).rejects.toMatchObject({ message: /no room for a secret/ })
})
