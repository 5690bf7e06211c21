/** `keyturn doctor` on the built program: what it finds, what it leaves as it is, and what it does not show. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Finding } from '../../src/doctor/finding.ts'
import { selfSigned } from '../harness/certificate.ts'
import type { Variables } from '../harness/environment.ts'
import { freshHome, type Home } from '../harness/home.ts'
import { expectNoSecret } from '../harness/no-secret.ts'
import { keyturn, start } from '../harness/program.ts'
import { type Answer, serveScript } from '../harness/service.ts'
import { CTRL_C, startInTerminal } from '../harness/terminal.ts'

const WHO = 'GET /api/v1/user'
const UNKNOWN: Answer = { status: 401, json: { error: { code: 'UNAUTHORIZED', message: 'no credential' } } }
const SECRET = 'zec_EXAMPLE_of_a_stored_key'
const EMAIL = 'somebody@example.com'

/** A home in which somebody is signed in to zectre at an address, with the secret in a file. */
const signedIn = (url: string, settings?: string): Home => {
  const home = freshHome()
  mkdirSync(home.config, { recursive: true, mode: 0o700 })
  const user = { id: '1', email: EMAIL, username: null, name: null }
  const profiles = { zectre: { service: 'zectre', url, store: 'file', user, created_at: '' } }
  const whole = { version: 1, current: 'zectre', consents: { file_store: true }, profiles }
  const put = (name: string, text: string) => writeFileSync(join(home.config, name), text, { mode: 0o600 })
  put('settings.json', settings ?? JSON.stringify(whole))
  put('credentials.json', JSON.stringify({ version: 1, entries: { zectre: SECRET } }))
  return home
}

const stateOf = ({ path }: Home) =>
  readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => {
    const stats = statSync(join(path, name))
    return [name, stats.mode, stats.isFile() ? [stats.mtimeMs, readFileSync(join(path, name), 'utf8')] : null]
  })

type Check = Omit<Finding, 'level'> & { ok: boolean }

/** Runs it three ways: for a script, for a person, and for an exit code; and sees that it changed nothing. */
const examined = async (home: Home, env: Variables = {}, args: string[] = []) => {
  const before = stateOf(home)
  const { code, stdout, stderr } = await keyturn(['doctor', '--json', ...args], { home, env })
  expect(stderr.replace(/^.*NODE_TLS_REJECT_UNAUTHORIZED[\s\S]*$/m, '')).toBe('')
  expect(stateOf(home)).toEqual(before)
  for (const secret of [SECRET, EMAIL, home.path]) expectNoSecret({ stdout }, secret)
  const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: Check[] }
  expect(ok).toBe(checks.every((check) => check.ok))
  expect(code).toBe(ok ? 0 : 1)
  return { ok, checks, check: (name: string) => checks.find((each) => each.name === name) }
}

test('where all is well it says so, fits a screen, and shows nothing secret', async () => {
  const service = await serveScript({ [WHO]: UNKNOWN })
  const home = signedIn(service.url)
  const { ok, check } = await examined(home)
  expect(ok).toBe(true)
  expect(check('address:zectre')?.detail).toContain(service.url)
  expect(check('answer:zectre')?.detail).toContain('like zectre: 401')
  for (const request of service.requests) {
    expect(request.headers).not.toHaveProperty('authorization')
    expect(request.headers).not.toHaveProperty('x-api-key')
  }
  const terminal = startInTerminal(['doctor'], { home, columns: 80, rows: 24 })
  const { code, screen } = await terminal.ended
  expect(code).toBe(0)
  expect(screen).toMatch(/✓ ok {4}settings +settings\.json: 1 profile, zectre in use/)
  expect(screen).toContain('all is well')
  expect(screen).toContain('it names the hosts of your profiles')
  expect(screen.trimEnd().split('\n').length).toBeLessThanOrEqual(24)
  expectNoSecret({ screen, printed: terminal.printed() }, SECRET)
})

test('--quiet says nothing and means the same', async () => {
  const service = await serveScript({ [WHO]: [UNKNOWN, { status: 500 }] })
  const home = signedIn(service.url)
  expect(await keyturn(['doctor', '--quiet'], { home })).toMatchObject({ code: 0, stdout: '', stderr: '' })
  expect(await keyturn(['doctor', '--quiet'], { home })).toMatchObject({ code: 1, stdout: '', stderr: '' })
})

test('where nobody is signed in nobody is asked, and nothing is made', async () => {
  const home = freshHome()
  const { ok, check } = await examined(home)
  expect(ok).toBe(true)
  expect(check('services')?.detail).toContain('no service was asked')
  expect(check('keychain')).toMatchObject({ ok: true, hint: expect.stringContaining('--store file') })
})

test('a keychain that a profile needs and that is not there is a failure', async () => {
  const service = await serveScript({ [WHO]: UNKNOWN })
  const home = signedIn(service.url)
  const path = join(home.config, 'settings.json')
  writeFileSync(path, readFileSync(path, 'utf8').replace('"store":"file"', '"store":"keychain"'))
  const { check } = await examined(home)
  expect(check('keychain')).toMatchObject({ ok: false, detail: expect.stringContaining('no D-Bus session') })
})

test('damaged settings are told and left where they are', async () => {
  const home = signedIn('', '{"version": 1, "profiles": {')
  const { ok, check } = await examined(home)
  expect(ok).toBe(false)
  expect(check('settings')).toMatchObject({ ok: false, detail: expect.stringContaining('is damaged') })
  expect(readdirSync(home.config).sort()).toEqual(['credentials.json', 'settings.json'])
})

test('modes that let others in are told, with a command that can be typed, and left', async () => {
  const service = await serveScript({ [WHO]: UNKNOWN })
  const home = signedIn(service.url)
  chmodSync(home.config, 0o755)
  chmodSync(join(home.config, 'credentials.json'), 0o644)
  const { ok, check } = await examined(home)
  expect(ok).toBe(true)
  expect(check('folder')?.hint).toBe('close it: chmod 700 ~/.config/keyturn')
  expect(check('secrets')?.hint).toBe('close it: chmod 600 ~/.config/keyturn/credentials.json')
})

test('a config folder in a git checkout is worth a look', async () => {
  const home = freshHome()
  execFileSync('git', ['init', '-q', home.path])
  const { ok, check } = await examined(home)
  expect(ok).toBe(true)
  expect(check('git')?.hint).toContain(`echo '*' > ~/.config/keyturn/.gitignore`)
})

test('a checkout of which git says nothing is not called safe', async () => {
  const home = freshHome()
  mkdirSync(join(home.path, '.git'))
  const { ok, check } = await examined(home)
  expect(ok).toBe(true)
  expect(check('git')?.detail).toContain('git does not say whether')
})

test('a port that nobody listens on', async () => {
  const { check } = await examined(signedIn('http://127.0.0.1:1'))
  expect(check('address:zectre')).toMatchObject({ ok: false, detail: expect.stringContaining('connection refused') })
})

test('a name that nobody knows', async () => {
  const { check } = await examined(signedIn('https://no-such-host.invalid'))
  expect(check('address:zectre')).toMatchObject({ ok: false, detail: expect.stringContaining('DNS') })
})

test('an address that no command would use', async () => {
  const { check } = await examined(signedIn('http://api.example.com'))
  expect(check('address:zectre')).toMatchObject({ ok: false, detail: expect.stringContaining('plain http') })
})

test('a server that hangs is waited for as long as --timeout says, while others are asked', async () => {
  const service = await serveScript({ [WHO]: { fault: 'silence' } })
  const { check } = await examined(signedIn(service.url), {}, ['--timeout', '0.3'])
  expect(check('address:zectre')).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/no whole answer within 0\.3 s \(connected after \d+ ms\)/),
    hint: expect.stringContaining('--timeout'),
  })
})

test('a clock that is a day off', async () => {
  const date = new Date(Date.now() + 86_400_000).toUTCString()
  const service = await serveScript({ [WHO]: { ...UNKNOWN, headers: { date } } })
  const { ok, check } = await examined(signedIn(service.url))
  expect(ok).toBe(true)
  expect(check('clock:zectre')).toMatchObject({
    detail: expect.stringMatching(/^24 hours ahead of/),
    hint: expect.stringContaining('timedatectl'),
  })
})

test('something else that answers there', async () => {
  const service = await serveScript({ [WHO]: { text: '<html>', headers: { 'content-type': 'text/html' } } })
  const { check } = await examined(signedIn(service.url))
  expect(check('answer:zectre')).toMatchObject({ ok: false, detail: expect.stringContaining('not like zectre') })
})

const { certificate, key } = selfSigned()

const overTls = async (): Promise<string> => {
  const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (_request, answer) => {
    answer.writeHead(401, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('a certificate that nobody has signed is refused, and stays so with NODE_TLS_REJECT_UNAUTHORIZED=0', async () => {
  const home = signedIn(await overTls())
  for (const env of [{}, { NODE_TLS_REJECT_UNAUTHORIZED: '0' }]) {
    const { check } = await examined(home, env)
    expect(check('address:zectre')).toMatchObject({
      ok: false,
      detail: expect.stringContaining('DEPTH_ZERO_SELF_SIGNED_CERT'),
      hint: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    })
    expect(check('tls-checks') !== undefined).toBe('NODE_TLS_REJECT_UNAUTHORIZED' in env)
  }
})

test('with its authority named the same certificate is good, and its protocol and end are told', async () => {
  const { ok, check } = await examined(signedIn(await overTls()), { NODE_EXTRA_CA_CERTS: certificate })
  expect(ok).toBe(true)
  expect(check('ca')?.detail).toContain('1 certificate of NODE_EXTRA_CA_CERTS')
  expect(check('tls:zectre')?.detail).toMatch(/^TLSv1\.[23], certificate until \d{4}-\d\d-\d\d$/)
})

test('a credential in the environment is named as what wins, and its value is nowhere', async () => {
  const service = await serveScript({ [WHO]: UNKNOWN })
  const home = signedIn(service.url)
  const secret = 'zec_EXAMPLE_of_the_environment'
  const env = { KEYTURN_API_KEY: secret, KEYTURN_SERVICE: 'zectre', KEYTURN_URL: service.url }
  const { checks, check } = await examined(home, env)
  expect(check('variable:KEYTURN_API_KEY')?.detail).toContain('wins over every profile')
  expect(check('answer:the environment')?.detail).toContain('like zectre')
  expectNoSecret(JSON.stringify(checks), secret)
  expectNoSecret(await keyturn(['doctor', '--verbose'], { home, env }), secret)
})

test('of a proxy the address is told and who is known to it is not', async () => {
  const home = signedIn('https://no-such-host.invalid')
  const env = { HTTPS_PROXY: 'http://someone:EXAMPLE-password@proxy.example:3128' }
  const { check } = await examined(home, env)
  expect(check('proxy')?.detail).toContain('HTTPS_PROXY=http://…@proxy.example:3128, the way to zectre')
  expectNoSecret(await keyturn(['doctor'], { home, env }), 'EXAMPLE-password')
})

test('without a HOME it says what to set', async () => {
  const { check } = await examined(freshHome(), { HOME: undefined, KEYTURN_CONFIG_DIR: undefined })
  expect(check('folder')).toMatchObject({ ok: false, hint: expect.stringContaining('KEYTURN_CONFIG_DIR') })
})

test('a person who waits is told so, and Ctrl-C ends it at once', async () => {
  const service = await serveScript({ [WHO]: { fault: 'silence' } })
  const home = signedIn(service.url)
  const running = start(['doctor', '--timeout', '60'], { home })
  await expect.poll(() => service.requests.length).toBe(1)
  running.kill('SIGINT')
  expect(await running.ended).toMatchObject({ code: 130, stdout: '' })
  const terminal = startInTerminal(['doctor', '--timeout', '60'], { home })
  await expect.poll(() => service.requests.length).toBe(2)
  await terminal.waitFor('still looking')
  terminal.type(CTRL_C)
  expect((await terminal.ended).code).toBe(130)
})
