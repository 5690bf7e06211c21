import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { canary } from '../harness/canary.ts'
import { freshHome } from '../harness/home.ts'
import { expectNoSecret } from '../harness/no-secret.ts'
import { keyturn } from '../harness/program.ts'
import { zectrePage } from './zectre-page.ts'

const FILE = { KEYTURN_STORE: 'file', KEYTURN_DEBUG: '1' }

test.each<[string, (key: string) => string]>([
  ['a bare key where JSON should be', (key) => key],
  ['JSON that breaks off', (key) => `{"version":1,"entries":{"zectre":"{\\"credential\\":{\\"key\\":\\"${key}`],
  ['an entry that is a bare key', (key) => JSON.stringify({ version: 1, entries: { zectre: key } })],
  ['an entry that breaks off', (key) => JSON.stringify({ version: 1, entries: { zectre: `{"key":"${key}` } })],
  ['an entry of another program', (key) => JSON.stringify({ version: 1, entries: { zectre: `{"apiKey":"${key}"}` } })],
  ['a list', (key) => JSON.stringify([key])],
])('107: %s in the store is complained about without a word of it, stack and all', async (_what, stored) => {
  const home = freshHome()
  const [key, given] = [canary('key'), canary('key')]
  const service = await zectrePage()
  const login = ['login', 'zectre', '--url', service.url, '--with-api-key']
  expect(await keyturn(login, { home, env: FILE, input: given })).toMatchObject({ code: 0 })
  mkdirSync(home.config, { recursive: true })
  const damage = () => writeFileSync(join(home.config, 'credentials.json'), stored(key), { mode: 0o600 })
  for (const args of [['token'], ['status'], ['keys', 'list'], ['logout', '--local'], login]) {
    damage()
    const result = await keyturn(args, { home, env: FILE, input: given })
    expectNoSecret(result, key)
    expect(result.stderr).not.toContain('a mistake in keyturn')
  }
})

test('107: what can not be understood of a good answer is not quoted', async () => {
  const [key, made] = [canary('key'), canary('key')]
  const env = { KEYTURN_API_KEY: key, KEYTURN_SERVICE: 'zectre', KEYTURN_DEBUG: '1' }
  for (const answer of [
    { text: `${made} is your key` },
    { json: { key: { raw: made } } },
    { json: [made] },
    { json: { [made]: made } },
  ]) {
    const service = await zectrePage({ 'POST /api/v1/api-keys': { status: 201, ...answer } })
    const result = await keyturn(['keys', 'create', 'ci'], {
      home: freshHome(),
      env: { ...env, KEYTURN_URL: service.url },
    })
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expectNoSecret(result, made)
    expect(result.stderr).not.toContain('a mistake in keyturn')
  }
})
