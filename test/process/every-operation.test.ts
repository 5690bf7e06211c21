import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canary, meant, watchFor } from '../harness/canary.ts'
import { freshHome, type Home } from '../harness/home.ts'
import { expectNoSecret } from '../harness/no-secret.ts'
import { type Ended, keyturn, type Running, start } from '../harness/program.ts'

const PASSWORD = canary('password')
const ORG_SCOPES = ['agents:read', 'costs:read']
const serverHome = freshHome(afterAll)
let server: Running
let addresses: Record<string, string>

beforeAll(async () => {
  server = start(['serve', '--port', '0', '--json'], { home: serverHome, timeout: 120_000 })
  addresses = JSON.parse((await server.waitForStdout(/^\{.*\}$/m))[0])
})
afterAll(async () => {
  server.kill('SIGTERM')
  await server.ended
})

/** The built program, signed in to nothing yet, beside one service of the built server. */
const at = (service: string, home: Home = freshHome()) => {
  const url = addresses[service] ?? ''
  const env = { KEYTURN_STORE: 'file', KEYTURN_SERVICE: service, KEYTURN_URL: url }
  const run = (args: string[], input?: string): Promise<Ended> =>
    keyturn(args, { home, env, ...(input === undefined ? {} : { input }) })
  const done = async (args: string[], input?: string): Promise<unknown> => {
    const result = await run([...args, '--json'], input)
    expect(result, `${args.join(' ')}: ${result.stderr}`).toMatchObject({ code: 0 })
    return JSON.parse(result.stdout)
  }
  return { home, url, run, done }
}

describe('zectre', () => {
  test('signup, login --password, keys create, list and revoke, account show, status, logout', async () => {
    const { done, run } = at('zectre')
    const email = 'every@example.com'
    const made = await done(['signup', '--email', email, '--name', 'Every One', '--password-stdin'], PASSWORD)
    expect(made).toMatchObject({
      profile: null,
      credential: null,
      service: 'zectre',
      user: { email, name: 'Every One' },
    })
    const login = await done(['login', '--password', '--email', email, '--password-stdin'], PASSWORD)
    expect(login).toMatchObject({ profile: 'zectre', credential: 'session', source: 'file', user: { email } })
    expect((login as { expires_at: string }).expires_at).toMatch(/^\d{4}-/)
    expect(await done(['account', 'show'])).toMatchObject({ service: 'zectre', email, is_admin: false })
    const key = await done(['keys', 'create', 'CI key', '--scope', 'read', '--scope', 'write', '--expires-in', '90d'])
    expect(key).toMatchObject({ name: 'CI key', key: expect.stringMatching(/^zec_/), saved_to: null })
    const [listed] = (await done(['keys', 'list'])) as Record<string, unknown>[]
    expect(listed).toMatchObject({ name: 'CI key', scopes: ['read', 'write'], last_used_at: null })
    expect(listed?.expires_at).toMatch(/^\d{4}-/)
    expect(await done(['keys', 'revoke', 'CI key', '--yes'])).toEqual([
      { id: listed?.id, name: 'CI key', revoked: true },
    ])
    expect(await done(['keys', 'list'])).toEqual([])
    expect(await done(['status'])).toMatchObject({ credential: 'session', user: { email } })
    const quiet = await run(['keys', 'create', 'quiet', '--quiet'])
    expect(quiet.stdout).toMatch(/^zec_[0-9a-f]{64}\n$/)
    expect(quiet.stderr).toBe('')
    expect(await done(['logout'])).toMatchObject({ forgotten: true, ended: false })
  })

  test.each([
    ['an address without an @', ['--email', 'nobody'], PASSWORD, '--email EMAIL'],
    ['a short password', ['--email', 'short@example.com'], 'seven77', '--password-stdin'],
  ])('signup refuses %s before anything is sent, and says what to give', async (_what, args, password, flag) => {
    const result = await at('zectre').run(['signup', ...args, '--password-stdin'], password)
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expect(result.stderr).toContain(flag)
    expectNoSecret(result, PASSWORD)
  })

  test('an account that exists is a refusal by the service, in its own words', async () => {
    const { run } = at('zectre')
    const args = ['signup', '--email', 'twice@example.com', '--password-stdin']
    expect(await run(args, PASSWORD)).toMatchObject({ code: 0 })
    const again = await run(args, PASSWORD)
    expect(again).toMatchObject({ code: 5, stdout: '' })
    expect(again.stderr).toContain('EMAIL_EXISTS')
    expect(again.stderr).toContain('if it is yours, sign in: keyturn login zectre')
  })

  test('a key name that fits two keys is refused, and neither is revoked', async () => {
    const { done, run } = at('zectre')
    await run(['signup', '--email', 'two@example.com', '--password-stdin'], PASSWORD)
    await done(['login', '--password', '--email', 'two@example.com', '--password-stdin'], PASSWORD)
    await done(['keys', 'create', 'same'])
    await done(['keys', 'create', 'same'])
    expect(await run(['keys', 'revoke', 'same', '--yes'])).toMatchObject({ code: 2, stdout: '' })
    expect(await done(['keys', 'list'])).toHaveLength(2)
    expect(await run(['keys', 'revoke', 'same'])).toMatchObject({ code: 2 })
  })
})

describe('curate-me', () => {
  test('signup signs in; refresh, account show, keys create with an organisation, logout end both tokens', async () => {
    const { done, run, home, url } = at('curate-me')
    const email = 'curator@example.com'
    const made = await done(['signup', '--email', email, '--name', 'Cu Rator', '--password-stdin'], PASSWORD)
    expect(made).toMatchObject({ profile: 'curate-me', credential: 'session', source: 'file', user: { email } })
    const account = (await done(['account', 'show'])) as { id: string }
    expect(account).toMatchObject({ service: 'curate-me', email, name: 'Cu Rator' })
    const before = (await done(['token'])) as { token: string }
    expect(await done(['refresh'])).toMatchObject({ credential: 'session', profile: 'curate-me' })
    const after = (await done(['token'])) as { token: string; header: unknown }
    expect(after.token).not.toBe(before.token)
    expect(after.header).toEqual({ name: 'Authorization', value: `Bearer ${after.token}` })

    expect(await run(['keys', 'create', 'bot', '--scope', 'agents:read'])).toMatchObject({ code: 2, stdout: '' })
    expect(await run(['keys', 'create', 'bot', '--org', 'org_unknown', '--scope', 'agents:read'])).toMatchObject({
      code: 5,
    })
    const org = `org_${account.id.replace(/^usr_/, '')}`
    const scopes = ORG_SCOPES.flatMap((scope) => ['--scope', scope])
    const key = (await done(['keys', 'create', 'bot', '--org', org, ...scopes])) as { key: string }
    expect(key).toMatchObject({ name: 'bot', scopes: ORG_SCOPES, key: expect.stringMatching(/^cm_live_sk_/) })
    // Named once, it is remembered.
    expect(await done(['keys', 'create', 'bot 2', '--scope', 'agents:read'])).toMatchObject({ name: 'bot 2' })
    const env = { KEYTURN_API_KEY: key.key, KEYTURN_SERVICE: 'curate-me', KEYTURN_URL: url }
    const agents = await keyturn(['api', '/api/v1/admin/agents/status'], { home, env })
    expect(JSON.parse(agents.stdout)).toEqual({ org_id: org, agents: [] })
    expect(await done(['api', 'GET', '/api/v1/admin/agents/status'])).toEqual({ org_id: org, agents: [] })

    expect(await done(['logout'])).toMatchObject({ forgotten: true, ended: true })
    const dead = { KEYTURN_TOKEN: after.token, KEYTURN_SERVICE: 'curate-me', KEYTURN_URL: url }
    expect(await keyturn(['account', 'show'], { home, env: dead })).toMatchObject({ code: 4 })
  })

  test('login --password is the usual way there', async () => {
    const { done, run } = at('curate-me')
    await run(['signup', '--email', 'again@example.com', '--name', 'A', '--password-stdin'], PASSWORD)
    const result = await done(['login', 'curate-me', '--email', 'again@example.com', '--password-stdin'], PASSWORD)
    expect(result).toMatchObject({ credential: 'session', user: { email: 'again@example.com' } })
  })
})

test.each([
  ['zectre', ['refresh'], 'curate-me'],
  ['zectre', ['verify-email', '123456'], 'restume'],
  ['zectre', ['password', 'forgot', '--email', 'a@example.com'], 'restume'],
  ['curate-me', ['login', '--web'], 'zectre'],
  ['curate-me', ['login', '--google'], 'restume'],
  ['curate-me', ['verify-email', '--resend'], 'restume'],
])('what %s does not have is refused with 3 and the name of who has it: %j', async (service, args, who) => {
  const { run } = at(service)
  await run(['signup', '--email', `${args[0]}-${service}@example.com`, '--name', 'N', '--password-stdin'], PASSWORD)
  const login = ['login', '--password', '--email', `${args[0]}-${service}@example.com`, '--password-stdin']
  await run(login, PASSWORD)
  const result = await run(args)
  expect(result).toMatchObject({ code: 3, stdout: '' })
  expect(result.stderr).toContain(who)
})

test.each([['list'], ['revoke', 'x', '--yes']])(
  'curate-me documents no way to %s keys, and that is said by name',
  async (...args) => {
    const { run } = at('curate-me')
    await run(['signup', '--email', `keys-${args[0]}@example.com`, '--name', 'N', '--password-stdin'], PASSWORD)
    const result = await run(['keys', ...args])
    expect(result).toMatchObject({ code: 3, stdout: '' })
    expect(result.stderr).toContain('Curate-Me documents no way')
  },
)

describe('restume', () => {
  const letters = async () =>
    (await (await fetch(`${addresses.restume}/_outbox`)).json()) as { to: string; code: string }[]
  const lastLetterTo = async (email: string) => (await letters()).filter(({ to }) => to === email).at(-1)?.code ?? ''
  const signUp = ['--name', 'Hershel M', '--password-stdin']

  test('signup, verify-email, login, account show, keys, api with a key, password forgot and reset', async () => {
    const { done, run, home, url } = at('restume')
    const email = 'hershel@example.com'
    const made = await done(['signup', '--username', 'hershel', '--email', email, ...signUp], PASSWORD)
    expect(made).toMatchObject({ profile: null, credential: null, user: { username: 'hershel', email } })
    expect(await done(['verify-email', '--resend', '--email', email])).toEqual({ email, sent: true })
    const code = await lastLetterTo(email)
    const wrong = code === '000000' ? '000001' : '000000'
    expect(await run(['verify-email', wrong, '--email', email])).toMatchObject({ code: 5, stdout: '' })
    expect(await done(['verify-email', code, '--email', email])).toEqual({ email, email_verified: true })

    const login = await done(['login', '--username', 'hershel', '--password-stdin'], PASSWORD)
    expect(login).toMatchObject({ profile: 'restume', credential: 'session', user: { username: 'hershel' } })
    expect(await done(['keys', 'list']), 'a login makes no key').toEqual([])
    expect(await done(['account', 'show'])).toMatchObject({
      ...{
        service: 'restume',
        username: 'hershel',
        email,
        email_verified: true,
        google_linked: false,
        has_password: true,
      },
      ...{ can_unlink_google: false, available_sign_in_methods: ['password'], plan: 'free' },
    })
    const key = (await done(['keys', 'create', 'my-app-key'])) as { id: string; key: string; prefix: string }
    expect(key).toMatchObject({
      name: 'my-app-key',
      key: expect.stringMatching(/^rst_/),
      prefix: key.key.slice(0, key.prefix.length),
    })
    expect(await done(['keys', 'list'])).toMatchObject([
      { id: key.id, name: 'my-app-key', is_active: true, scopes: null },
    ])
    expect(await run(['keys', 'create', 'x', '--scope', 'read'])).toMatchObject({ code: 3, stdout: '' })

    const env = { KEYTURN_API_KEY: key.key, KEYTURN_SERVICE: 'restume', KEYTURN_URL: url }
    const profile = await keyturn(['api', 'GET', '/v1/me/profile'], { home, env })
    expect(JSON.parse(profile.stdout)).toMatchObject({ username: 'hershel', email, full_name: 'Hershel M' })
    const withKey = await keyturn(['keys', 'list'], { home, env })
    expect(withKey).toMatchObject({ code: 4, stdout: '' })
    expect(withKey.stderr).toMatch(/wants a session[\s\S]*keyturn login restume --password/)
    expect(await run(['google', 'unlink', '--yes'])).toMatchObject({ code: 5, stdout: '' })
    expect(await done(['keys', 'revoke', key.prefix, '--yes'])).toMatchObject([{ id: key.id, revoked: true }])

    expect(await done(['password', 'forgot', '--email', email])).toEqual({ email, sent: true })
    // The reference server's log is where its letters are read.
    const token = meant(watchFor(await lastLetterTo(email), 'token'), 'stderr')
    const next = canary('password')
    expect(await done(['password', 'reset', '--stdin'], `${token}\n${next}\n`)).toEqual({ reset: true })
    expect(await run(['login', '--username', email, '--password-stdin'], PASSWORD)).toMatchObject({ code: 4 })
    expect(await done(['login', '--username', email, '--password-stdin'], next)).toMatchObject({
      credential: 'session',
    })
    expect(await done(['logout'])).toMatchObject({ forgotten: true, ended: false })
  })

  test.each([
    ['a short user name', ['--username', 'ab', '--email', 'a@example.com'], PASSWORD],
    ['a user name with a dash', ['--username', 'a-b-c', '--email', 'a@example.com'], PASSWORD],
    ['a short password', ['--username', 'abc', '--email', 'a@example.com'], 'seven77'],
    ['no user name', ['--email', 'a@example.com'], PASSWORD],
  ])('signup refuses %s before anything is sent', async (_what, args, password) => {
    expect(await at('restume').run(['signup', ...args, ...signUp], password)).toMatchObject({ code: 2, stdout: '' })
  })

  test('nobody learns from password forgot whether there is an account', async () => {
    const { run } = at('restume')
    const known = await run(['signup', '--username', 'known', '--email', 'known@example.com', ...signUp], PASSWORD)
    expect(known.code).toBe(0)
    const answers = await Promise.all(
      ['known', 'nobody'].map((who) => run(['password', 'forgot', '--email', `${who}@example.com`, '--json'])),
    )
    expect(new Set(answers.map(({ code }) => code))).toEqual(new Set([0]))
    expect(answers[0]?.stderr.replace('known@', '@')).toBe(answers[1]?.stderr.replace('nobody@', '@'))
  })
})
