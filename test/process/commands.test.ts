import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { canary, meant, printed } from '../harness/canary.ts'
import { NODE, PROGRAM } from '../harness/environment.ts'
import { freshHome, type Home } from '../harness/home.ts'
import { expectNoSecret } from '../harness/no-secret.ts'
import { keyturn, startCommand } from '../harness/program.ts'
import { type Script, serveScript } from '../harness/service.ts'
import { ENTER, startInTerminal } from '../harness/terminal.ts'
import { signedInToCurateMe } from './curate-me-page.ts'
import { KEY, killedWhileWaiting, pending, ROUTES, USER, zectrePage } from './zectre-page.ts'

const FILE = { KEYTURN_STORE: 'file' }
const PASSWORD = canary('password')
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
  ['an ID token for the browser', ['--credential-stdin'], '--google'],
  ['a device for a password', ['--password', '--device'], '--google'],
  ['an issuer for a key', ['--with-api-key', '--google-issuer', 'https://id.example.com'], '--google'],
  ['a client of Google for a token', ['--with-token', '--google-client-id', 'x'], '--google'],
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
  ['two lines', `${canary('key')}\n${canary('key')}\n`],
  ['a key with a blank', `${canary('key')} two\n`],
  ['a key of another service', `${canary('key', 'rst_')}\n`],
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
  expect(refused.stderr).toContain(`  try again: keyturn login zectre --url ${refusing.url} --with-api-key\n`)
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
  expect(await keyturn(['token'], { home })).toMatchObject({ code: 0, stdout: `${printed(KEY)}\n`, stderr: '' })
  expect((await keyturn(['token', '--header'], { home })).stdout).toBe(`X-API-Key: ${printed(KEY)}\n`)
  expect(JSON.parse((await keyturn(['token', '--json'], { home })).stdout)).toEqual({
    token: printed(KEY),
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
  const result = await keyturn(['logout', '--yes', '--json'], { home })
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

test('logout of a key that was given says that it was not revoked, and what would revoke it', async () => {
  const { home, service } = await signedIn()
  const before = service.requests.length
  const { code, stderr } = await keyturn(['logout'], { home })
  expect(code).toBe(0)
  expect(stderr).toContain('the key was not revoked at the service: it was given to keyturn')
  expect(stderr).not.toContain('alive')
  expect(service.requests).toHaveLength(before)
})

test('keys revoke of the key that the profile in use signs with says so, and ends it last (row 144)', async () => {
  const other = { ...listed, id: 'k2', name: 'other', prefix: 'zec_other' }
  const { home, service } = await signedIn({
    [ROUTES.KEYS]: { json: { data: [listed, other] } },
    [ROUTES.REVOKE]: { status: 204 },
  })
  const asked = await keyturn(['keys', 'revoke', 'k1'], { home })
  expect(asked).toMatchObject({ code: 2, stdout: '' })
  expect(asked.stderr).toContain('it is the key that profile zectre uses')
  const result = await keyturn(['keys', 'revoke', 'k1', 'k2', '--yes'], { home })
  expect(result).toMatchObject({ code: 0 })
  expect(result.stderr).toContain('is the key that profile zectre uses: you will have to sign in again')
  expect(service.to(ROUTES.REVOKE).map(({ at }) => at.id)).toEqual(['k2', 'k1'])
})

test('keys revoke of another key speaks of no sign-in', async () => {
  const other = { ...listed, id: 'k2', name: 'other', prefix: 'zec_other' }
  const { home } = await signedIn({
    [ROUTES.KEYS]: { json: { data: [listed, other] } },
    [ROUTES.REVOKE]: { status: 204 },
  })
  const { code, stderr } = await keyturn(['keys', 'revoke', 'k2', '--yes'], { home })
  expect(code).toBe(0)
  expect(stderr).not.toContain('sign in again')
})

test('keys revoke names every profile that signs with a key, and how to sign in to it again', async () => {
  const { home, service } = await signedIn({
    [ROUTES.KEYS]: { json: { data: [listed] } },
    [ROUTES.REVOKE]: { status: 204 },
  })
  const robot = ['login', 'zectre', '--url', service.url, '--with-api-key', '--profile', 'robot']
  expect(await keyturn(robot, { home, env: FILE, input: KEY })).toMatchObject({ code: 0 })
  const said =
    'it is the key that profiles zectre, robot use: you will have to sign in again (keyturn login zectre; keyturn login zectre --profile robot)'
  expect((await keyturn(['keys', 'revoke', 'k1'], { home })).stderr).toContain(`? ${said}`)
  expect(await keyturn(['keys', 'revoke', 'k1', '--yes', '--quiet'], { home })).toMatchObject({
    ...{ code: 0, stdout: 'k1\n', stderr: `${said}\n` },
  })
})

test('a prefix that is empty makes no key the one that is signed with', async () => {
  const other = { ...listed, id: 'k2', name: 'other', prefix: '' }
  const { home, service } = await signedIn({
    [ROUTES.KEYS]: { json: { data: [other] } },
    [ROUTES.REVOKE]: { status: 204 },
  })
  expect((await keyturn(['keys', 'revoke', 'k2', '--yes'], { home })).stderr).toBe('✓ revoked "other"\n')
  expect((await keyturn(['logout', '--yes'], { home })).stderr).toContain('the service does not list it')
  expect(service.to(ROUTES.REVOKE)).toHaveLength(1)
})

test('keys revoke of several that fails half way answers with what was done, and ends as the failure does', async () => {
  const others = ['k2', 'k3'].map((id) => ({ ...listed, id, name: id, prefix: `zec_${id}` }))
  const refused = { status: 403, json: { error: { code: 'FORBIDDEN', message: 'not yours' } } }
  const { home, service } = await signedIn({
    [ROUTES.KEYS]: { json: { data: [listed, ...others] } },
    [ROUTES.REVOKE]: ({ at }) => (at.id === 'k3' ? refused : { status: 204 }),
  })
  const args = ['keys', 'revoke', 'k1', 'k2', 'k3', '--yes']
  const result = await keyturn([...args, '--json'], { home })
  expect(result).toMatchObject({ code: 5 })
  expect(JSON.parse(result.stdout)).toEqual([{ id: 'k2', name: 'k2', revoked: true }])
  expect(JSON.parse(result.stderr.trim().split('\n').at(-1) ?? '').error).toMatchObject({
    code: 'refused',
    message: expect.stringMatching(/^not revoked: "k3", "dev@laptop \(linux\)": .*not yours/),
    status: 403,
    hint: expect.stringContaining('for those that are left: keyturn keys revoke k3 k1'),
  })
  expect(service.to(ROUTES.REVOKE).map(({ at }) => at.id)).toEqual(['k2', 'k3'])
  expect(await keyturn([...args, '--quiet'], { home })).toMatchObject({ code: 5, stdout: 'k2\n' })
  expect(await keyturn(['keys', 'revoke', 'k3', '--yes', '--json'], { home })).toMatchObject({ code: 5, stdout: '' })
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
  const result = await keyturn(['logout', '--yes'], { home })
  expect(result).toMatchObject({ code, stdout: '' })
  expect(result.stderr).toMatch(/forgotten here, but could not be ended at the service/)
  expect(readFileSync(join(home.config, 'credentials.json'), 'utf8')).not.toContain(KEY)
})

test('a key that is gone since it was listed is signed out of like any other', async () => {
  const { home } = await signedIn({
    [ROUTES.KEYS]: { json: { data: [listed] } },
    [ROUTES.REVOKE]: { status: 404, text: '' },
  })
  expect(await keyturn(['logout', '--yes'], { home })).toMatchObject({ code: 0 })
})

test('a key that is dead already is signed out of like any other', async () => {
  const { home, service } = await signedIn()
  service.rewrite({ [ROUTES.KEYS]: { status: 401, text: '' } })
  expect(await keyturn(['logout'], { home })).toMatchObject({ code: 0 })
})

test('two keys that begin alike: the one that is meant can not be told, so none is revoked', async () => {
  const { home, service } = await signedIn({ [ROUTES.KEYS]: { json: { data: [listed, { ...listed, id: 'k2' }] } } })
  const result = await keyturn(['logout', '--yes'], { home })
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
  const env = { ...FILE, KEYTURN_API_KEY: canary('key') }
  const login = await keyturn(['login', 'zectre', '--with-api-key'], { home, env, input: KEY })
  expect(login.stderr).toContain('KEYTURN_API_KEY is set')
  const status = await keyturn(['status'], { home, env })
  expect(status.stdout).toContain('KEYTURN_API_KEY')
  expect(service.to(ROUTES.WHO).at(-1)?.headers['x-api-key']).toBe(env.KEYTURN_API_KEY)
  expect((await keyturn(['logout', '--local'], { home, env })).stderr).toContain('KEYTURN_API_KEY is still set')
})

test('a stored key goes to no other address than the one it was made for (row 163)', async () => {
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

// What a server could steer a terminal with; a line end is one of them where one line is meant.
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/
/** An account of RESTume. */
const ALICE = {
  id: 'u1',
  username: 'alice',
  email: 'alice@example.com',
  google_linked: false,
  has_password: true,
  can_unlink_google: false,
  available_sign_in_methods: ['password'],
}
const EVIL = '\u001b]0;pwned\u0007\u009b2J\u202e'

test('a quiet answer is one clean line a value', async () => {
  const email = `al${EVIL}ice\n@example.com`
  const { home } = await signedIn({
    [ROUTES.WHO]: { json: { ...USER, email } },
    [ROUTES.KEYS]: {
      json: {
        data: [
          { ...listed, id: `k${EVIL}\n1` },
          { ...listed, id: 'k2' },
        ],
      },
    },
  })
  for (const [args, lines] of [
    [['account', 'show'], 1],
    [['status'], 1],
    [['keys', 'list'], 2],
  ] as const) {
    const { stdout } = await keyturn([...args, '--quiet'], { home })
    expect(stdout.split('\n'), args.join(' ')).toHaveLength(lines + 1)
    expect(stdout).not.toMatch(CONTROLS)
  }
  const revoke = await keyturn(['keys', 'revoke', 'dev@laptop (linux)', '--yes'], { home })
  expect(revoke).toMatchObject({ code: 2, stdout: '' })
  expect(revoke.stderr).toContain('keyturn keys revoke')
  expect(revoke.stderr).not.toMatch(CONTROLS)
})

test('what a service says of a new account steers no terminal', async () => {
  const service = await zectrePage({ 'POST /api/v1/auth/signup': { json: { ...USER, email: `a${EVIL}@example.com` } } })
  const args = ['signup', 'zectre', '--url', service.url, '--email', USER.email, '--password-stdin']
  const result = await keyturn(args, { home: freshHome(), input: PASSWORD })
  expect(result).toMatchObject({ code: 0, stdout: '' })
  expect(result.stderr).not.toMatch(CONTROLS)
})

test('an address that a service gave steers no terminal when it is used later', async () => {
  const home = freshHome()
  const service = await serveScript({
    'GET /v1/me/account': { json: { ...ALICE, email: `a${EVIL}@example.com` } },
    'POST /v1/auth/forgot-password': { json: {} },
    'POST /v1/auth/verify-email': { json: {} },
    'POST /v1/auth/resend-verification': { json: {} },
  })
  const login = ['login', 'restume', '--url', service.url, '--with-token']
  expect(await keyturn(login, { home, env: FILE, input: canary('token') })).toMatchObject({ code: 0 })
  for (const args of [
    ['password', 'forgot'],
    ['verify-email', '123456'],
    ['verify-email', '--resend'],
  ]) {
    const { code, stderr } = await keyturn(args, { home })
    expect(code, stderr).toBe(0)
    expect(stderr).not.toMatch(CONTROLS)
  }
})

test('api passes an answer on byte for byte, and shows it on a terminal with nothing to obey in it', async () => {
  const body = `one\ttwo\n${EVIL}three\r\n`
  const { home } = await signedIn({ 'GET /raw': { text: body } })
  expect((await keyturn(['api', '/raw'], { home })).stdout).toBe(body)
  const terminal = startInTerminal(['api', '/raw'], { home })
  const { code, screen } = await terminal.ended
  expect(code).toBe(0)
  expect(screen).toContain(']0;pwned2Jthree')
  expect(terminal.printed()).not.toMatch(/[\u0007\u001b\u009b\u202e]/)
})

test.each([
  ['a value beyond Latin-1', 'x-name: Алиса', 'x-name'],
  ['a line end in a value', 'x-name: a\nx-api-key: b', 'x-name'],
  ['a control character in a value', 'x-name: a\u0007b', 'x-name'],
  ['the length', 'Content-Length: 3', 'content-length'],
  ['the host', 'host: example.com', 'host'],
  ['the encoding of the transfer', 'transfer-encoding: chunked', 'transfer-encoding'],
  ['no name', ': x', '-H accept:'],
])('api refuses a header with %s before anything is sent', async (_what, header, words) => {
  const { home, service } = await signedIn()
  const before = service.requests.length
  const result = await keyturn(['api', '/raw', '-H', header], { home })
  expect(result).toMatchObject({ code: 2, stdout: '' })
  expect(result.stderr).toContain(words)
  expect(service.requests).toHaveLength(before)
})

test('logout --all goes on after a profile that it can not end, and says at last which one that was', async () => {
  const home = freshHome()
  const script = { [ROUTES.KEYS]: { json: { data: [listed] } }, [ROUTES.REVOKE]: { status: 204 } }
  const [one, two, three] = [await zectrePage(script), await zectrePage(script), await zectrePage(script)]
  for (const [profile, service] of Object.entries({ one, two, three })) {
    const args = ['login', 'zectre', '--profile', profile, '--url', service.url, '--with-api-key']
    expect(await keyturn(args, { home, env: FILE, input: KEY })).toMatchObject({ code: 0 })
  }
  // A profile whose entry is damaged fails before anything is asked of its service.
  const path = join(home.config, 'credentials.json')
  const stored = JSON.parse(readFileSync(path, 'utf8'))
  const entries = stored.credentials ?? stored.entries ?? stored
  entries.one = '{"damaged"'
  writeFileSync(path, JSON.stringify(stored))
  two.rewrite({ [ROUTES.KEYS]: { json: { data: [listed] } }, [ROUTES.REVOKE]: { status: 500, text: '' } })
  const result = await keyturn(['logout', '--all', '--yes'], { home })
  expect(result).toMatchObject({ stdout: '' })
  expect(result.code).not.toBe(0)
  expect(result.stderr).toMatch(
    /the credential of "two" is forgotten here, but could not be ended[\s\S]*keyturn: .*"one"/,
  )
  expect(three.to(ROUTES.REVOKE)).toHaveLength(1)
  expect(readFileSync(path, 'utf8')).not.toContain(KEY)
})

test('a session that a service does not end is no key, and nobody is sent to a list of keys', async () => {
  const { home } = await signedInToCurateMe()
  const { code, stderr } = await keyturn(['logout'], { home })
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('  it ends by itself') })
  expect(stderr).not.toContain('keys list')
})

test('logout says what it ended, by what it was', async () => {
  const revoking = { [ROUTES.KEYS]: { json: { data: [listed] } }, [ROUTES.REVOKE]: { status: 204 } }
  const { home } = await signedIn(revoking)
  expect((await keyturn(['logout', '--yes'], { home })).stderr).toContain('the key is revoked at the service')
  const session = freshHome()
  const service = await zectrePage({ [ROUTES.WHO]: { json: USER } })
  const login = ['login', 'zectre', '--url', service.url, '--with-token']
  expect(await keyturn(login, { home: session, env: FILE, input: canary('token') })).toMatchObject({ code: 0 })
  const { stderr } = await keyturn(['logout'], { home: session })
  expect(stderr).toMatch(/the session is gone[\s\S]*at the service the session is still alive/)
  expect(stderr).not.toMatch(/\bkey\b/)
  const waiting = freshHome()
  const page = await zectrePage({ [ROUTES.STATUS]: [pending] })
  await killedWhileWaiting(waiting, page.url)
  const forgotten = await keyturn(['logout', '--profile', 'zectre'], { home: waiting, env: FILE })
  expect(forgotten.stderr).toContain('the sign-in that was waiting is gone')
  expect(forgotten.stderr).not.toContain('alive')
})

test.each([200, 404])('a completion that the service refuses with %i is a refusal in its words', async (status) => {
  const said = { success: false, error: { code: 'INVALID_CODE', message: 'no such code' } }
  const service = await zectrePage({ [ROUTES.COMPLETE]: { status, json: said } })
  const args = ['login', 'zectre', '--url', service.url, '--in-terminal', '--email', USER.email, '--password-stdin']
  const result = await keyturn(args, { home: freshHome(), env: FILE, input: PASSWORD })
  expect(result).toMatchObject({ code: 5, stdout: '' })
  expect(result.stderr).toContain('no such code [INVALID_CODE]')
  expect(result.stderr).not.toContain('another service')
  expect(service.to(ROUTES.STATUS)).toEqual([])
})

test('a name of a key that is alive and of keys that were revoked means the one that is alive', async () => {
  const home = freshHome()
  const entry = { name: 'ci', prefix: 'rst_1', created_at: USER.created_at }
  const service = await serveScript({
    'GET /v1/me/account': { json: ALICE },
    'GET /v1/auth/api-keys': {
      json: [
        { ...entry, id: '1', is_active: false },
        { ...entry, id: '2', is_active: true },
        { ...entry, id: '3', is_active: false },
      ],
    },
    'DELETE /v1/auth/api-keys/{id}': { status: 204 },
  })
  const login = ['login', 'restume', '--url', service.url, '--with-token']
  expect(await keyturn(login, { home, env: FILE, input: canary('token') })).toMatchObject({ code: 0 })
  expect(await keyturn(['keys', 'revoke', 'ci', '--yes'], { home })).toMatchObject({ code: 0 })
  expect(service.to('DELETE /v1/auth/api-keys/{id}').map(({ at }) => at.id)).toEqual(['2'])
})

test.each([
  [['account', 'show']],
  [['keys', 'list']],
  [['keys', 'revoke', 'k1', '--yes']],
  [['token']],
  [['refresh']],
  [['api', '/raw']],
  [['google', 'unlink', '--yes']],
  [['status', '--offline']],
  [['logout']],
])('%j refuses a --service that is not the profile in use', async (args) => {
  const { home, service } = await signedIn()
  const before = service.requests.length
  const result = await keyturn([...args, '--service', 'restume'], { home })
  expect(result).toMatchObject({ code: 2, stdout: '' })
  expect(result.stderr).toMatch(/zectre[\s\S]*keyturn login restume/)
  expect(service.requests).toHaveLength(before)
  const usual = await keyturn(['token', '--service', 'zectre'], { home, env: { KEYTURN_SERVICE: 'restume' } })
  expect(usual).toMatchObject({ code: 0, stdout: `${printed(KEY)}\n` })
})

test.each([[['account', 'show']], [['keys', 'revoke', 'k1', '--yes']], [['status', '--offline']], [['logout']]])(
  '%j refuses a --url that is not of the profile in use',
  async (args) => {
    const { home, service } = await signedIn()
    const before = service.requests.length
    const result = await keyturn([...args, '--url', 'https://other.example.com/'], { home })
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expect(result.stderr).toMatch(/127\.0\.0\.1.* another address\n.*keyturn login zectre .*--url ADDRESS\n/)
    expect(service.requests).toHaveLength(before)
    const same = await keyturn(['token', '--url', `${service.url}/`], {
      home,
      env: { KEYTURN_URL: 'https://x.example' },
    })
    expect(same).toMatchObject({ code: 0, stdout: `${printed(KEY)}\n` })
  },
)

test('a credential that is refused is told with the way to a good one, which depends on where it came from', async () => {
  const { home, service } = await signedIn()
  await keyturn(['profile', 'rename', 'zectre', 'work'], { home })
  service.rewrite({ [ROUTES.WHO]: { status: 401, text: '' } })
  const stored = await keyturn(['account', 'show'], { home })
  expect(stored).toMatchObject({ code: 4, stdout: '' })
  expect(stored.stderr).toContain('keyturn login zectre --profile work;')
  const env = { KEYTURN_API_KEY: KEY, KEYTURN_SERVICE: 'zectre', KEYTURN_URL: service.url }
  const given = await keyturn(['account', 'show', '--json'], { home, env })
  expect(JSON.parse(given.stderr).error).toMatchObject({
    status: 401,
    hint: expect.stringContaining('KEYTURN_API_KEY'),
  })
})

test.each([
  ['--password', 'POST /api/v1/auth/login'],
  ['--in-terminal', ROUTES.COMPLETE],
])('login %s with a wrong password says how to try again', async (flag, route) => {
  const service = await zectrePage({ [route]: { status: 401, text: '' } })
  const args = ['login', 'zectre', '--url', service.url, flag, '--email', USER.email, '--password-stdin']
  const result = await keyturn(args, { home: freshHome(), env: FILE, input: canary('password') })
  expect(result).toMatchObject({ code: 4, stdout: '' })
  expect(result.stderr).toContain(`try again: keyturn login zectre --url ${service.url} ${flag}\n`)
})

test('serve starts an issuer or trusts another, not both', async () => {
  const args = ['serve', 'restume', '--port', '0', '--google', '--google-issuer', 'https://id.example.com']
  const result = await keyturn([...args, '--google-client-id', 'x'], { home: freshHome() })
  expect(result).toMatchObject({ code: 2, stdout: '' })
  expect(result.stderr).toContain('--google-issuer')
})

test('login and signup without a word name the services where nobody can be asked', async () => {
  for (const command of ['login', 'signup']) {
    const result = await keyturn([command], { home: freshHome() })
    expect(result).toMatchObject({ code: 2, stdout: '' })
    for (const name of ['restume', 'zectre', 'curate-me']) expect(result.stderr).toContain(name)
  }
})

test('login without a word asks a person which service, and signs in to the one that was chosen', async () => {
  const home = freshHome()
  const service = await zectrePage()
  const terminal = startInTerminal(['login', '--url', service.url, '--no-browser'], { home, env: FILE })
  await terminal.waitFor(/which service\?/)
  terminal.type('\u001b[B')
  await terminal.waitFor(/● zectre/)
  terminal.type(ENTER)
  await terminal.waitFor(/signed in to zectre as alice@example\.com/)
  expect((await terminal.ended).code).toBe(0)
})

test('a service name that would steer a terminal is shown without that', async () => {
  const result = await keyturn(['login', `zec${EVIL}tre`], { home: freshHome() })
  expect(result).toMatchObject({ code: 2, stdout: '' })
  expect(result.stderr).not.toMatch(CONTROLS)
})

test('a key that was handed in outlives a sign-out that nobody was asked about', async () => {
  const { home, service } = await signedIn()
  const before = service.requests.length
  const result = await keyturn(['logout'], { home })
  expect(result).toMatchObject({ code: 0, stdout: '' })
  expect(result.stderr).toContain('was not revoked at the service')
  expect(service.requests).toHaveLength(before)
})

test('a key that can not be printed where it should is shown all the same', async () => {
  const made = canary('key')
  const { home } = await signedIn({
    'POST /api/v1/api-keys': { status: 201, json: { id: 'k9', name: 'CI', key: made } },
  })
  const { stderr, code } = await startCommand('sh', ['-c', `"${NODE}" "${PROGRAM}" keys create CI > /dev/full`], {
    home,
  }).ended
  expect(code).toBe(1)
  expect(stderr).toContain(meant(made, 'stderr'))
  expect(stderr).not.toContain('a mistake in keyturn')
})

test.each([
  [
    ['keys', 'help'],
    ['help', 'keys'],
  ],
  [
    ['profile', 'help', 'use'],
    ['profile', 'use', '--help'],
  ],
])('%j gives the page that %j gives', async (behind, usual) => {
  const home = freshHome()
  const { code, stdout } = await keyturn(usual, { home })
  expect(await keyturn(behind, { home })).toMatchObject({ code, stdout, stderr: '' })
  expect(code).toBe(0)
})
