import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freshHome, type Home } from '../harness/home.ts'
import { expectNoSecret } from '../harness/no-secret.ts'
import { keyturn } from '../harness/program.ts'
import type { Script } from '../harness/service.ts'
import { KEY, killedWhileWaiting, pending, ROUTES, USER, zectrePage } from './zectre-page.ts'

const FILE = { KEYTURN_STORE: 'file' }
const PASSWORD = 'hunter2 abc EXAMPLE'
const listed = {
  id: 'k1',
  name: 'dev@laptop (linux)',
  prefix: KEY.slice(0, 16),
  scopes: ['*'],
  created_at: USER.created_at,
}

/** Signed in with a key that was given. */
const signedIn = async (script: Script = {}) => {
  const home = freshHome()
  const service = await zectrePage(script)
  const given = { home, env: FILE, input: `${KEY}\n` }
  const login = await keyturn(['login', 'zectre', '--url', service.url, '--with-api-key'], given)
  expect(login, login.stderr).toMatchObject({ code: 0, stdout: '' })
  return { home, service, login }
}
const files = (home: Home) => (existsSync(home.config) ? readdirSync(home.config) : [])

test('login --in-terminal completes the sign-in itself, with a password from standard input', async () => {
  const home = freshHome()
  const service = await zectrePage({ [ROUTES.COMPLETE]: { json: { success: true, api_key: KEY, user: USER } } })
  const args = [
    'login',
    'zectre',
    '--url',
    service.url,
    '--in-terminal',
    '--email',
    USER.email,
    '--password-stdin',
    '--json',
  ]
  const result = await keyturn(args, { home, env: FILE, input: `${PASSWORD}\r\n` })
  expect(result, result.stderr).toMatchObject({ code: 0 })
  expect(JSON.parse(result.stdout)).toMatchObject({ credential: 'api_key', source: 'file', user: USER })
  const sent = JSON.parse(service.to(ROUTES.COMPLETE)[0]?.body ?? '{}')
  expect(sent).toEqual({ code: expect.any(String), email: USER.email, password: PASSWORD })
  expectNoSecret(result, PASSWORD)
  expectNoSecret(result, KEY)
})

test('a completion whose answer is lost is not lost: the status has the key', async () => {
  const home = freshHome()
  const service = await zectrePage({ [ROUTES.COMPLETE]: { fault: 'reset' } })
  const args = ['login', 'zectre', '--url', service.url, '--in-terminal', '--email', USER.email, '--password-stdin']
  expect(await keyturn(args, { home, env: FILE, input: PASSWORD })).toMatchObject({ code: 0 })
  expect(readFileSync(join(home.config, 'credentials.json'), 'utf8')).toContain(KEY)
})

test('a wrong password ends with 4, says so once, and leaves nothing behind', async () => {
  const home = freshHome()
  const service = await zectrePage({
    [ROUTES.COMPLETE]: { status: 401, json: { error: { code: 'INVALID_CREDENTIALS', message: `wrong: ${PASSWORD}` } } },
  })
  const args = ['login', 'zectre', '--url', service.url, '--in-terminal', '--email', USER.email, '--password-stdin']
  const result = await keyturn(args, { home, env: FILE, input: PASSWORD })
  expect(result).toMatchObject({ code: 4, stdout: '' })
  expect(result.stderr).toContain('INVALID_CREDENTIALS')
  expectNoSecret(result, PASSWORD)
  expect(readFileSync(join(home.config, 'credentials.json'), 'utf8')).not.toContain('code')
})

test.each<[string, string[], string]>([
  ['--in-terminal without an email', ['--in-terminal'], '--email'],
  ['--in-terminal without a password', ['--in-terminal', '--email', 'a@example.com'], '--password-stdin'],
  ['two ways at once', ['--in-terminal', '--with-api-key'], 'keyturn login --help'],
  ['an email for the browser', ['--email', 'a@example.com'], 'keyturn login --help'],
  ['an unknown flag', ['--pasword'], '--password'],
  ['a profile with a slash', ['--profile', '../x'], 'letters'],
  ['a store nobody knows', ['--store', 'cloud'], 'keychain'],
])('%s is a wrong command line: exit 2, and what to give', async (_what, args, words) => {
  const service = await zectrePage()
  const result = await keyturn(['login', 'zectre', '--url', service.url, ...args], { home: freshHome(), env: FILE })
  expect(result).toMatchObject({ code: 2, stdout: '' })
  expect(result.stderr).toContain(words)
  expect(service.requests).toEqual([])
})

test.each([
  ['lgin', 'login'],
  ['statsu', 'status'],
  ['key', 'keys'],
])('an unknown command, %s, gets the nearest one', async (typed, meant) => {
  const result = await keyturn([typed], { home: freshHome() })
  expect(result).toMatchObject({ code: 2, stdout: '' })
  expect(result.stderr).toContain(meant)
})

test('a service that does not exist lists those that do', async () => {
  const result = await keyturn(['login', 'zektre'], { home: freshHome() })
  expect(result).toMatchObject({ code: 2, stdout: '' })
  expect(result.stderr).toContain('zectre')
})

test.each([
  ['nothing', ''],
  ['two lines', 'zec_EXAMPLE_one\nzec_EXAMPLE_two\n'],
  ['a key with a blank', 'zec_EXAMPLE one_two\n'],
  ['a key of another service', 'rst_EXAMPLE_0123456789\n'],
  ['far too much', 'zec_'.repeat(20_000)],
])('login --with-api-key refuses %s, before anything is sent', async (_what, input) => {
  const home = freshHome()
  const service = await zectrePage()
  const result = await keyturn(['login', 'zectre', '--url', service.url, '--with-api-key'], { home, env: FILE, input })
  expect(result).toMatchObject({ code: 2, stdout: '' })
  expect(service.requests).toEqual([])
})

test('login --with-api-key checks the key before it keeps it, and takes a BOM and one line end off', async () => {
  const home = freshHome()
  const refusing = await zectrePage({ [ROUTES.WHO]: { status: 401, text: '' } })
  const args = ['login', 'zectre', '--with-api-key', '--url']
  const refused = await keyturn([...args, refusing.url], { home, env: FILE, input: KEY })
  expect(refused).toMatchObject({ code: 4 })
  const service = await zectrePage()
  const result = await keyturn([...args, service.url], { home, env: FILE, input: `\ufeff${KEY}\r\n` })
  expect(result, result.stderr).toMatchObject({ code: 0 })
  expect(service.to(ROUTES.WHO)[0]?.headers['x-api-key']).toBe(KEY)
})

test('status tells who, where and with what, and checks it with the service', async () => {
  const { home, service } = await signedIn()
  const told = await keyturn(['status'], { home })
  expect(told).toMatchObject({ code: 0, stderr: '' })
  for (const word of [USER.email, service.url, 'API key', 'plain file']) expect(told.stdout).toContain(word)
  expect(JSON.parse((await keyturn(['status', '--json'], { home })).stdout)).toMatchObject({
    profile: 'zectre',
    store: 'file',
    source: 'file',
    credential: 'api_key',
    expires_at: null,
    user: USER,
  })
  expect((await keyturn(['status', '--quiet'], { home })).stdout).toBe(`${USER.email}\n`)
})

test('status --offline asks nobody', async () => {
  const { home, service } = await signedIn()
  const before = service.requests.length
  const result = await keyturn(['status', '--offline', '--json'], { home })
  expect(JSON.parse(result.stdout)).toMatchObject({ user: { email: USER.email } })
  expect(service.requests).toHaveLength(before)
})

test.each<[string, Script, number]>([
  ['a refused credential', { [ROUTES.WHO]: { status: 401, text: '' } }, 4],
  ['a service that fails', { [ROUTES.WHO]: { status: 500, text: '' } }, 1],
  ['a service that is gone', { [ROUTES.WHO]: { fault: 'reset' } }, 7],
])('status tells %s by its exit code, and prints nothing on stdout', async (_what, script, code) => {
  const { home, service } = await signedIn()
  service.rewrite(script)
  const result = await keyturn(['status', '--json'], { home })
  expect(result).toMatchObject({ code, stdout: '' })
  const { error } = JSON.parse(result.stderr)
  expect(Object.keys(error)).toEqual(['code', 'message', 'status', 'hint', 'request_id'])
})

test('commands without a sign-in end with 4 and make neither folder nor file', async () => {
  const home = freshHome()
  for (const args of [['status'], ['token'], ['account', 'show'], ['keys', 'list'], ['logout']]) {
    const result = await keyturn(args, { home })
    expect(result, args.join(' ')).toMatchObject({ code: 4, stdout: '' })
    expect(result.stderr).toContain('keyturn login')
  }
  expect(existsSync(home.config)).toBe(false)
})

test('token prints the credential and nothing else, or the header that carries it', async () => {
  const { home } = await signedIn()
  expect(await keyturn(['token'], { home })).toMatchObject({ code: 0, stdout: `${KEY}\n`, stderr: '' })
  expect((await keyturn(['token', '--header'], { home })).stdout).toBe(`X-API-Key: ${KEY}\n`)
  expect(JSON.parse((await keyturn(['token', '--json'], { home })).stdout)).toEqual({
    token: KEY,
    type: 'api_key',
    header: { name: 'X-API-Key', value: KEY },
    expires_at: null,
  })
})

test('account show passes on every field that the service sent', async () => {
  const { home } = await signedIn({ [ROUTES.WHO]: { json: { ...USER, plan: 'pro' } } })
  expect(JSON.parse((await keyturn(['account', 'show', '--json'], { home })).stdout)).toEqual({
    service: 'zectre',
    ...USER,
    username: null,
    plan: 'pro',
  })
  expect((await keyturn(['account', 'show', '--quiet'], { home })).stdout).toBe(`${USER.email}\n`)
  expect((await keyturn(['account', 'show'], { home })).stdout).toContain('plan:     pro')
})

test('what a service says of an account steers no terminal', async () => {
  const name = 'Ali\u001b[2J\u001b]0;pwned\u0007ce\u202e'
  const { home } = await signedIn({ [ROUTES.WHO]: { json: { ...USER, name } } })
  const { stdout } = await keyturn(['account', 'show'], { home })
  expect(stdout).toContain('Ali[2J]0;pwnedce')
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
})

test('keys list is a table for a pipe: one key a line, tabs between', async () => {
  const { home } = await signedIn({ [ROUTES.KEYS]: { json: { data: [listed, { id: 'k2' }] } } })
  const { stdout } = await keyturn(['keys', 'list'], { home })
  expect(stdout.split('\n').map((line) => line.split('\t').length)).toEqual([7, 7, 1])
  expect(JSON.parse((await keyturn(['keys', 'list', '--json'], { home })).stdout)).toEqual([
    { ...listed, is_active: null, expires_at: null, last_used_at: null },
    {
      id: 'k2',
      name: null,
      prefix: null,
      scopes: null,
      is_active: null,
      expires_at: null,
      last_used_at: null,
      created_at: null,
    },
  ])
})

test('logout revokes the key, forgets it, and a second one finds nobody', async () => {
  const { home, service } = await signedIn({
    [ROUTES.KEYS]: { json: { data: [listed] } },
    [ROUTES.REVOKE]: { status: 204 },
  })
  const result = await keyturn(['logout', '--json'], { home })
  expect(result).toMatchObject({ code: 0 })
  expect(JSON.parse(result.stdout)).toMatchObject({
    profile: 'zectre',
    forgotten: true,
    ended: true,
    key: { id: 'k1' },
  })
  expect(service.to(ROUTES.REVOKE)[0]?.at).toEqual({ id: 'k1' })
  expect(readFileSync(join(home.config, 'credentials.json'), 'utf8')).not.toContain(KEY)
  expect(await keyturn(['logout'], { home })).toMatchObject({ code: 4 })
})

test('logout --local only forgets: the service is not asked', async () => {
  const { home, service } = await signedIn()
  const before = service.requests.length
  const result = await keyturn(['logout', '--local'], { home })
  expect(result).toMatchObject({ code: 0, stdout: '' })
  expect(result.stderr).toContain('still alive')
  expect(service.requests).toHaveLength(before)
  expect(readFileSync(join(home.config, 'credentials.json'), 'utf8')).not.toContain(KEY)
})

test.each<[string, Script, number]>([
  ['can not be reached', { [ROUTES.KEYS]: { fault: 'reset' } }, 7],
  ['fails', { [ROUTES.KEYS]: { json: { data: [listed] } }, [ROUTES.REVOKE]: { status: 500, text: '' } }, 1],
])('a service that %s at logout is named, and the credential is forgotten all the same', async (_how, script, code) => {
  const { home, service } = await signedIn()
  service.rewrite(script)
  const result = await keyturn(['logout'], { home })
  expect(result).toMatchObject({ code, stdout: '' })
  expect(result.stderr).toMatch(/forgotten here, but could not be ended at the service/)
  expect(readFileSync(join(home.config, 'credentials.json'), 'utf8')).not.toContain(KEY)
})

test('a key that is dead already is signed out of like any other', async () => {
  const { home, service } = await signedIn()
  service.rewrite({ [ROUTES.KEYS]: { status: 401, text: '' } })
  expect(await keyturn(['logout'], { home })).toMatchObject({ code: 0 })
})

test('two keys that begin alike: the one that is meant can not be told, so none is revoked', async () => {
  const { home, service } = await signedIn({ [ROUTES.KEYS]: { json: { data: [listed, { ...listed, id: 'k2' }] } } })
  const result = await keyturn(['logout'], { home })
  expect(result.stderr).toContain('2 keys begin with')
  expect(service.to(ROUTES.REVOKE)).toEqual([])
})

test('with a key in the environment nothing is read, written or asked', async () => {
  const home = freshHome()
  const service = await zectrePage()
  const env = { KEYTURN_API_KEY: KEY, KEYTURN_SERVICE: 'zectre', KEYTURN_URL: service.url }
  const result = await keyturn(['account', 'show', '--json'], { home, env })
  expect(result, result.stderr).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse((await keyturn(['status', '--json'], { home, env })).stdout)).toMatchObject({
    profile: null,
    store: 'env',
    source: 'env',
  })
  expect(files(home)).toEqual([])
})

test('a key in the environment wins, and login, logout and status name it', async () => {
  const { home, service } = await signedIn()
  const env = { ...FILE, KEYTURN_API_KEY: 'zec_EXAMPLE_from_the_environment' }
  const login = await keyturn(['login', 'zectre', '--with-api-key'], { home, env, input: KEY })
  expect(login.stderr).toContain('KEYTURN_API_KEY is set')
  const status = await keyturn(['status'], { home, env })
  expect(status.stdout).toContain('KEYTURN_API_KEY')
  expect(service.to(ROUTES.WHO).at(-1)?.headers['x-api-key']).toBe('zec_EXAMPLE_from_the_environment')
  expect((await keyturn(['logout', '--local'], { home, env })).stderr).toContain('KEYTURN_API_KEY is still set')
})

test('a stored key goes to no other address than the one it was made for', async () => {
  const { home } = await signedIn()
  const other = await zectrePage({ [ROUTES.STATUS]: pending })
  await keyturn(['account', 'show', '--url', other.url], { home })
  await keyturn(['account', 'show'], { home, env: { KEYTURN_URL: other.url } })
  expect(other.requests).toEqual([])
})

test('--verbose shows the calls and nothing secret', async () => {
  const { home } = await signedIn()
  const result = await keyturn(['account', 'show', '--verbose'], { home })
  expect(result.stderr).toMatch(/> GET \/api\/v1\/user at http:\/\/127[\s\S]*< 200 in \d+ ms/)
  expectNoSecret(result, KEY)
})

test('a sign-in that was killed can be cleared away: no code is left in the store', async () => {
  const home = freshHome()
  const service = await zectrePage({ [ROUTES.STATUS]: [pending] })
  await killedWhileWaiting(home, service.url)
  const stored = () => readFileSync(join(home.config, 'credentials.json'), 'utf8')
  expect(stored()).toContain('auth/cli')
  expect(await keyturn(['logout', '--profile', 'zectre'], { home, env: FILE })).toMatchObject({ code: 0 })
  expect(stored()).not.toContain('auth/cli')
})
