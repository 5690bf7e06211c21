/** What `status` says of each profile, and that only the service's own word makes a credential bad. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { START } from '../harness/environment.ts'
import { freshHome, type Home } from '../harness/home.ts'
import { keyturn, startCommand } from '../harness/program.ts'
import { type Answer, serveScript } from '../harness/service.ts'
import { startInTerminal } from '../harness/terminal.ts'
import { KEY, ROUTES, zectrePage } from './zectre-page.ts'

const FILE = { KEYTURN_STORE: 'file' }

const signIn = async (home: Home, profile: string, answers: Answer[] = []) => {
  const service = await zectrePage(answers.length === 0 ? {} : { [ROUTES.WHO]: answers })
  const args = ['login', 'zectre', '--url', service.url, '--with-api-key', '--profile', profile]
  expect(await keyturn(args, { home, env: FILE, input: KEY })).toMatchObject({ code: 0 })
  return service
}
const WHO: Answer = { json: { id: 'u1', email: 'alice@example.com', name: 'Alice', is_admin: false } }

test.each<[string, Answer]>([
  ['refused', { status: 401, json: { error: { code: 'INVALID_API_KEY', message: 'no such key' } } }],
  ['unreachable', { fault: 'reset' }],
  ['unknown', { status: 503, text: 'down for a while' }],
  ['valid', WHO],
])('a credential is %s when the service says so, or says nothing', async (state, answer) => {
  const home = freshHome()
  await signIn(home, 'work', [WHO, answer])
  const result = await keyturn(['status', '--all', '--json'], { home })
  expect(result).toMatchObject({ code: 0 })
  expect(JSON.parse(result.stdout)).toMatchObject([{ profile: 'work', state, user: { email: 'alice@example.com' } }])
})

test('a session that is over and can’t be renewed has ended, and nothing is asked', async () => {
  const home = freshHome()
  const service = await serveScript({ 'GET /api/v1/user': WHO })
  const claims = Buffer.from(JSON.stringify({ exp: Math.floor(Date.now() / 1000) + 3 })).toString('base64url')
  const login = ['login', 'zectre', '--url', service.url, '--with-token']
  expect(await keyturn(login, { home, env: FILE, input: `e30.${claims}.EXAMPLE` })).toMatchObject({ code: 0 })
  const asked = service.requests.length
  await expect
    .poll(async () => JSON.parse((await keyturn(['status', '--offline', '--json'], { home })).stdout).state, {
      timeout: 20_000,
    })
    .toBe('ended')
  expect(JSON.parse((await keyturn(['status', '--all', '--json'], { home })).stdout)).toMatchObject([
    { state: 'ended' },
  ])
  expect(service.requests).toHaveLength(asked)
})

test('a profile that is signed out is named once where it is told beside the answer', async () => {
  const home = freshHome()
  await signIn(home, 'work')
  expect(await keyturn(['logout', '--local'], { home })).toMatchObject({ code: 0 })
  const { stderr } = await keyturn(['status', '--all', '--json'], { home })
  expect(stderr).toBe('profile "work" is not signed in: it holds no credential\n')
})

test('a session ends by the clock of its service, a day behind as it may be', async () => {
  const home = freshHome()
  const yesterday = Date.now() - 24 * 60 * 60_000
  const headers = { date: new Date(yesterday).toUTCString() }
  const session = { token: 'e30.e30.EXAMPLE', expires_at: new Date(yesterday + 3_600_000).toISOString() }
  const service = await serveScript({
    'POST /api/v1/auth/login': { headers, json: { ...session, user: WHO.json } },
    'GET /api/v1/user': { ...WHO, headers },
  })
  const person = ['--password', '--email', 'alice@example.com', '--password-stdin']
  const login = ['login', 'zectre', '--url', service.url, ...person]
  const signedIn = await keyturn(login, { home, env: FILE, input: 'a password that is an EXAMPLE' })
  expect(signedIn, signedIn.stderr).toMatchObject({ code: 0 })
  for (const [more, state] of [
    [[], 'valid'],
    [['--all'], 'valid'],
    [['--offline'], 'unknown'],
  ] as const) {
    const { stdout } = await keyturn(['status', ...more], { home })
    expect(stdout).toMatch(new RegExp(`until: +.*\\(in (1 hour|\\d+ minutes)\\)\nstate: +${state}`))
  }
})

test('an address that was spoilt by hand is told in its own block, and keeps nobody from the others', async () => {
  const home = freshHome()
  const { url } = await signIn(home, 'spoilt')
  await signIn(home, 'work')
  const settings = join(home.config, 'settings.json')
  writeFileSync(settings, readFileSync(settings, 'utf8').replace(JSON.stringify(url), '"not an address"'))
  const result = await keyturn(['status', '--all'], { home })
  expect(result).toMatchObject({ code: 0, stderr: '' })
  expect(result.stdout).toMatch(/profile: +spoilt\n(.+\n)+state: +unknown: .* can't be the address/)
  expect(result.stdout).toMatch(/profile: +work .*\n(.+\n)+state: +valid/)
})

test('a person reads a block for each profile: who, where, with what, kept where, and how it stands', async () => {
  const home = freshHome()
  await signIn(home, 'work')
  await signIn(home, 'home', [WHO, { fault: 'reset' }])
  const terminal = startInTerminal(['status', '--all'], { home })
  await terminal.ended
  const screen = terminal.screen()
  expect(screen).toMatch(/profile: +work\n(.+\n)+state: +valid/)
  expect(screen).toMatch(/profile: +home \(the current one\)\n(.+\n)+kept in: +a plain file.*\nstate: +unreachable: /)
})

test('a network that is down is never called a bad credential', async () => {
  const home = freshHome()
  await signIn(home, 'work', [WHO, { fault: 'reset' }])
  const result = await keyturn(['status'], { home })
  expect(result).toMatchObject({ code: 7, stdout: '' })
  expect(result.stderr).not.toMatch(/refused|sign in|signed out/i)
})

test('--explain names every place that was looked at, which one won, and what it shadows', async () => {
  const home = freshHome()
  await signIn(home, 'work')
  const sources = async (env: Record<string, string>) => {
    const { stdout } = await keyturn(['status', '--explain', '--json'], { home, env })
    return JSON.parse(stdout) as { about: string; source: string; state: string; why: string | null }[]
  }
  const stateOf = async (env: Record<string, string>, source: string) =>
    (await sources(env)).find((each) => each.about === 'credential' && each.source === source)
  expect(await stateOf({}, "the profile's file")).toMatchObject({ state: 'wins', value: 'an API key' })
  expect(await stateOf({ KEYTURN_API_KEY: KEY }, 'KEYTURN_API_KEY')).toMatchObject({ state: 'wins', value: 'set' })
  expect(await stateOf({ KEYTURN_API_KEY: KEY }, "the profile's file")).toMatchObject({
    state: 'shadowed',
    why: 'KEYTURN_API_KEY comes first',
  })
})

test('--all reads no file once for each profile', async () => {
  const home = freshHome()
  await signIn(home, 'p0')
  const names = Array.from({ length: 30 }, (_, index) => `p${index}`)
  for (const [file, part] of [
    ['settings.json', 'profiles'],
    ['credentials.json', 'entries'],
  ] as const) {
    const path = join(home.config, file)
    const value = JSON.parse(readFileSync(path, 'utf8'))
    value[part] = Object.fromEntries(names.map((name) => [name, value[part].p0]))
    writeFileSync(path, JSON.stringify(value))
  }
  const record = join(home.path, 'tmp', 'opened')
  const traced = [
    '-f',
    '-qq',
    '-e',
    'trace=open,openat',
    '-o',
    record,
    ...START,
    'status',
    '--all',
    '--offline',
    '--quiet',
  ]
  expect((await startCommand('strace', traced, { home }).ended).stdout).toBe(`${names.join('\n')}\n`)
  const opened = readFileSync(record, 'utf8')
  for (const file of ['settings.json', 'credentials.json']) expect(opened.split(file).length - 1, file).toBe(1)
})
