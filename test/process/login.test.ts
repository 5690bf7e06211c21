import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { canary, printed } from '../harness/canary.ts'
import { freshHome, type Home } from '../harness/home.ts'
import { expectNoSecret } from '../harness/no-secret.ts'
import { keyturn, start } from '../harness/program.ts'
import type { Script } from '../harness/service.ts'
import { CODE, completed, expired, KEY, killedWhileWaiting, pending, ROUTES, USER, zectrePage } from './zectre-page.ts'

const FILE = { KEYTURN_STORE: 'file' }
const stored = (home: Home) => readFileSync(join(home.config, 'credentials.json'), 'utf8')
const login = (home: Home, url: string, ...more: string[]) =>
  keyturn(['login', 'zectre', '--url', url, '--no-browser', ...more], { home, env: FILE })

test('a person signs in by the page where no way is named (row 172), at a service that does just what its page says, on a bad day', async () => {
  const home = freshHome()
  const service = await zectrePage({
    [ROUTES.STATUS]: [
      { status: 404, json: { error: { code: 'INVALID_CODE', message: 'no such code' } } },
      pending,
      { status: 502, text: '<html><title>502 Bad Gateway</title>' },
      { status: 429, headers: { 'retry-after': '1' }, json: {} },
      pending,
      completed,
    ],
  })
  const result = await login(home, service.url, '--json')
  expect(result).toMatchObject({ code: 0 })
  expect(JSON.parse(result.stdout)).toEqual({
    profile: 'zectre',
    service: 'zectre',
    url: service.url,
    store: 'file',
    credential: 'api_key',
    source: 'file',
    expires_at: null,
    user: { ...USER, username: null },
  })
  expect(stored(home)).toContain(KEY)
  expectNoSecret(result, KEY)
  expect(result.stderr).toContain(`\n${service.url}/auth/cli?code=${CODE}\n`)
  service.verify()
})

test('what a status request carries is no secret of the link, and the device tells its name', async () => {
  const home = freshHome()
  const service = await zectrePage()
  await login(home, service.url, '--device-name', 'build box \u001b[2J7')
  const begun = JSON.parse(service.to(ROUTES.INITIATE)[0]?.body ?? '{}')
  expect(begun).toEqual({ device_name: 'build box [2J7', poll_challenge: expect.stringMatching(/^[\w-]{43}$/) })
  const asked = service.to(ROUTES.STATUS)
  expect(asked[0]?.headers['x-cli-verifier']).toMatch(/^[\w-]{43}$/)
  expect(asked[0]?.headers['x-api-key']).toBeUndefined()
})

test('the page is shown before the first question is answered', async () => {
  const home = freshHome()
  const service = await zectrePage({ [ROUTES.STATUS]: [{ fault: 'silence' }] })
  const running = start(['login', 'zectre', '--url', service.url, '--no-browser'], { home, env: FILE })
  await running.waitForStderr(/\/auth\/cli\?code=/)
  await running.waitForStderr(/the page must show the same two words: [a-z]{5}-[a-z]{5}/)
  running.kill('SIGINT')
  expect(await running.ended).toMatchObject({ code: 130 })
})

test.each<[string, Script, RegExp]>([
  ['runs out', { [ROUTES.STATUS]: [pending, expired] }, /ended before it was approved[\s\S]*keyturn login/],
  [
    'is turned down on the page',
    { [ROUTES.STATUS]: [pending, { json: { status: 'expired', api_key: null, user: null, reason: 'denied' } }] },
    /turned down[\s\S]*keyturn login/,
  ],
])('a sign-in that %s ends with 9 and says how to start again', async (_how, script, words) => {
  const home = freshHome()
  const result = await login(home, (await zectrePage(script)).url)
  expect(result).toMatchObject({ code: 9, stdout: '' })
  expect(result.stderr).toMatch(words)
  expect(stored(home)).not.toContain(CODE)
})

test('an address on a foreign host is neither opened nor shown', async () => {
  const home = freshHome()
  const service = await zectrePage({
    [ROUTES.INITIATE]: { json: { code: CODE, auth_url: 'https://evil.example/auth/cli?code=1', expires_at: null } },
  })
  const result = await login(home, service.url)
  expect(result).toMatchObject({ code: 1, stdout: '' })
  expect(result.stderr).not.toContain('https://evil')
  expect(service.to(ROUTES.STATUS)).toEqual([])
})

test('a store that can not be used is found out before the service is asked for anything', async () => {
  const home = freshHome()
  const service = await zectrePage()
  const result = await keyturn(['login', 'zectre', '--url', service.url, '--store', 'keychain'], { home })
  expect(result).toMatchObject({ code: 8, stdout: '' })
  expect(service.requests).toEqual([])
})

test('nobody is asked where nobody can answer: a broken keychain ends with 8 and names the file store', async () => {
  const home = freshHome()
  const service = await zectrePage()
  const result = await keyturn(['login', 'zectre', '--url', service.url], { home })
  expect(result.code).toBe(8)
  expect(result.stderr).toContain('--store file')
  expect(service.requests).toEqual([])
})

test('a killed sign-in goes on where it was: no second code is asked for, and the key arrives', async () => {
  const home = freshHome()
  const service = await zectrePage({ [ROUTES.STATUS]: [pending] })
  await killedWhileWaiting(home, service.url)
  expect(stored(home)).toContain(CODE)
  service.rewrite({ [ROUTES.STATUS]: [completed], [ROUTES.WHO]: { json: USER } })
  // Without `--url`: it goes on where it began.
  const second = await keyturn(['login', 'zectre', '--no-browser'], { home, env: FILE })
  expect(second).toMatchObject({ code: 0 })
  expect(service.to(ROUTES.INITIATE)).toHaveLength(1)
  expect(stored(home)).toContain(KEY)
  expect(stored(home)).not.toContain(CODE)
  const verifiers = new Set(service.to(ROUTES.STATUS).map(({ headers }) => headers['x-cli-verifier']))
  expect(verifiers.size).toBe(1)
})

test('a killed sign-in whose code has died is begun anew', async () => {
  const home = freshHome()
  const service = await zectrePage({ [ROUTES.STATUS]: [pending] })
  await killedWhileWaiting(home, service.url)
  service.rewrite({
    [ROUTES.INITIATE]: {
      json: {
        code: 'a-new-EXAMPLE-code',
        auth_url: `${service.url}/auth/cli?code=a-new-EXAMPLE-code`,
        expires_at: null,
      },
    },
    [ROUTES.STATUS]: [expired, completed],
    [ROUTES.WHO]: { json: USER },
  })
  expect(await keyturn(['login', 'zectre', '--no-browser'], { home, env: FILE })).toMatchObject({ code: 0 })
  expect(service.to(ROUTES.INITIATE)).toHaveLength(2)
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  '%s ends a waiting sign-in at once with %d and leaves the credential that was there',
  async (signal, code) => {
    const home = freshHome()
    const service = await zectrePage({ [ROUTES.STATUS]: [completed, pending] })
    await login(home, service.url)
    const running = start(['login', 'zectre', '--no-browser'], { home, env: FILE })
    await running.waitForStderr(/waiting for your approval/)
    const asked = performance.now()
    running.kill(signal)
    expect(await running.ended).toMatchObject({ code, stdout: '' })
    expect(performance.now() - asked).toBeLessThan(1500)
    const token = await keyturn(['token'], { home })
    expect(token).toMatchObject({ code: 0, stdout: `${printed(KEY)}\n` })
  },
)

test('a key that the service refuses does not take the place of one that works (row 23)', async () => {
  const home = freshHome()
  const service = await zectrePage({ [ROUTES.STATUS]: [completed] })
  await login(home, service.url)
  const bad = canary('key')
  service.rewrite({
    [ROUTES.INITIATE]: { json: { code: CODE, auth_url: `${service.url}/auth/cli?code=${CODE}`, expires_at: null } },
    [ROUTES.STATUS]: [{ json: { status: 'completed', api_key: bad, user: USER } }],
    [ROUTES.WHO]: { status: 401, json: { error: { code: 'UNAUTHORIZED', message: 'unknown key' } } },
  })
  const result = await login(home, service.url)
  expect(result).toMatchObject({ code: 4, stdout: '' })
  expect((await keyturn(['token'], { home })).stdout).toBe(`${printed(KEY)}\n`)
  expectNoSecret(result, bad)
})

test('a key whose owner can not be asked about is kept all the same', async () => {
  const home = freshHome()
  const service = await zectrePage({ [ROUTES.WHO]: { status: 500, text: 'oops' } })
  const result = await login(home, service.url, '--json')
  expect(result.code).toBe(0)
  expect(JSON.parse(result.stdout)).toMatchObject({ user: { email: 'alice@example.com' } })
  expect(result.stderr).toContain('could not be asked whose it is')
  expect(stored(home)).toContain(KEY)
})

test('signing in again revokes the key that is replaced, and says so when it is another person (row 16)', async () => {
  const home = freshHome()
  const service = await zectrePage({ [ROUTES.STATUS]: [completed] })
  await login(home, service.url)
  const next = canary('key')
  const bob = { ...USER, id: '6f1c2f0e-0000-4000-8000-000000000002', email: 'bob@example.com' }
  service.rewrite({
    [ROUTES.INITIATE]: { json: { code: CODE, auth_url: `${service.url}/auth/cli?code=${CODE}`, expires_at: null } },
    [ROUTES.STATUS]: [{ json: { status: 'completed', api_key: next, user: bob } }],
    [ROUTES.WHO]: { json: bob },
    [ROUTES.KEYS]: {
      json: {
        data: [
          { id: 'k1', name: 'old one', prefix: KEY.slice(0, 20) },
          { id: 'k2', prefix: 'zec_other' },
        ],
      },
    },
    [ROUTES.REVOKE]: { status: 204 },
  })
  const result = await login(home, service.url)
  expect(result.code).toBe(0)
  expect(result.stderr).toMatch(/alice@example\.com before: it is another person now/)
  expect(result.stderr).toContain('is revoked: old one')
  expect(service.to(ROUTES.REVOKE).map(({ at, headers }) => [at.id, headers['x-api-key']])).toEqual([['k1', KEY]])
  expect(stored(home)).toContain(next)
  expect(stored(home)).not.toContain(KEY)
})

test('a service that makes no promise about the time of its code is asked for ten minutes, not for ever', async () => {
  const home = freshHome()
  const service = await zectrePage({
    [ROUTES.INITIATE]: (request) => ({
      json: {
        code: CODE,
        auth_url: `http://${request.headers.host}/auth/cli?code=${CODE}`,
        expires_at: '2026-03-27T10:10:00Z',
      },
    }),
  })
  const result = await login(home, service.url)
  expect(result.code).toBe(0)
  expect(result.stderr).toContain('waiting for your approval; 10 minutes left')
})
