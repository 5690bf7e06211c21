import { expect, test } from 'vitest'
import { canary } from '../harness/canary.ts'
import { freshHome } from '../harness/home.ts'
import { expectNoSecret, findSecret } from '../harness/no-secret.ts'
import { keyturn, type Running, start } from '../harness/program.ts'
import { startInTerminal } from '../harness/terminal.ts'

const EMAIL = 'gina@example.com'
const FILE = { KEYTURN_STORE: 'file' }

/** RESTume beside the issuer that comes with it, and a person's command line. */
const rig = async () => {
  const home = freshHome()
  const server = start(['serve', 'restume', '--google', '--port', '0', '--json'], { home, timeout: 60_000 })
  const { restume = '', google_issuer: issuer = '' } = JSON.parse((await server.waitForStdout(/^\{.*\}$/m))[0])
  const google = ['--google-issuer', issuer, '--google-client-id', 'keyturn-reference']
  const logIn = (...more: string[]) =>
    start(['login', 'restume', '--url', restume, '--google', '--no-browser', '--json', ...google, ...more], {
      home,
      env: FILE,
    })
  return { home, restume, issuer, server, google, logIn }
}
const linkOf = async (running: Running) => (await running.waitForStderr(/^http:\S+$/m))[0]

const submit = (address: string, fields: Record<string, string>): Promise<Response> =>
  fetch(address, {
    method: 'POST',
    body: new URLSearchParams(fields),
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
/** What a browser does: the page, the form, and back to the port that waits. */
const answer = async (link: string, fields: Record<string, string>): Promise<string> => {
  expect((await fetch(link)).status).toBe(200)
  return (await submit(link, fields)).headers.get('location') ?? ''
}

test('login --google brings a session for an account that is made on the way, and a second one finds it', async () => {
  const { logIn, home } = await rig()
  const first = logIn()
  const back = await answer(await linkOf(first), { answer: 'approve', email: EMAIL })
  expect(await (await fetch(back)).text()).toContain('you can close this page')
  const ended = await first.ended
  expect(ended, ended.stderr).toMatchObject({ code: 0 })
  const { user } = JSON.parse(ended.stdout)
  expect(user).toMatchObject({ email: EMAIL, google_linked: true, has_password: false })
  expect(JSON.parse(ended.stdout)).toMatchObject({ profile: 'restume', credential: 'session', source: 'file' })

  const second = logIn()
  await fetch(await answer(await linkOf(second), { answer: 'approve', email: EMAIL }))
  expect(JSON.parse((await second.ended).stdout).user).toMatchObject({ username: user.username })

  const unlink = await keyturn(['google', 'unlink', '--yes'], { home })
  expect(unlink).toMatchObject({ code: 5, stdout: '' })
  expect(unlink.stderr).toContain('set a password first')
})

test.each([
  [[], /waiting for your answer in the browser · 04:5\d left/, 'u copy address  Esc cancel'],
  [['--device'], /waiting for the code to be typed · \d\d:\d\d left/, 'u copy address  q QR code  Esc cancel'],
])('login --google %j waits with a countdown and the keys that make sense there', async (more, line, keys) => {
  const { home, restume, google } = await rig()
  const args = ['login', 'restume', '--url', restume, '--google', '--no-browser', ...google, ...more]
  const terminal = startInTerminal(args, { home, env: FILE })
  await terminal.waitFor(line)
  expect(terminal.screen()).toContain(keys)
  terminal.type('\u001b')
  const { code, screen } = await terminal.ended
  expect(code).toBe(130)
  expect(screen).toContain('keyturn: cancelled')
  expect(terminal.settings().after).toBe(terminal.settings().before)
})

test('google unlink takes Google off an account that has a password, and shows the account without it', async () => {
  const { logIn, home, restume } = await rig()
  const at = { home, env: { ...FILE, KEYTURN_SERVICE: 'restume', KEYTURN_URL: restume } }
  const signUp = ['signup', '--username', 'gina', '--email', EMAIL, '--name', 'Gina', '--password-stdin']
  expect(await keyturn(signUp, { ...at, input: canary('password') })).toMatchObject({ code: 0 })
  const letters = (await (await fetch(`${restume}/_outbox`)).json()) as { to: string; code: string }[]
  const verify = ['verify-email', letters.at(-1)?.code ?? '', '--email', EMAIL]
  expect(await keyturn(verify, at)).toMatchObject({ code: 0 })
  const running = logIn()
  await fetch(await answer(await linkOf(running), { answer: 'approve', email: EMAIL }))
  expect(JSON.parse((await running.ended).stdout).user).toMatchObject({ username: 'gina', google_linked: true })
  const asking = await keyturn(['google', 'unlink'], { home })
  expect(asking).toMatchObject({ code: 2, stdout: '' })
  expect(asking.stderr).toContain('--yes')
  const unlinked = await keyturn(['google', 'unlink', '--yes', '--json'], { home })
  expect(JSON.parse(unlinked.stdout)).toMatchObject({ service: 'restume', google_linked: false, has_password: true })
})

test('the ID token is sent on and kept nowhere, and stands in no output', async () => {
  const { logIn, home, server } = await rig()
  const running = logIn('--verbose')
  await fetch(await answer(await linkOf(running), { answer: 'approve', email: EMAIL }))
  const ended = await running.ended
  expect(ended.code).toBe(0)
  const { readFileSync, readdirSync } = await import('node:fs')
  const kept = readdirSync(home.config).map((name) => readFileSync(`${home.config}/${name}`, 'utf8'))
  // An ID token of this issuer names its client, in Base64; nothing else does.
  const traces = (text: string) => findSecret(text, 'keyturn-reference').filter((kind) => kind.startsWith('in Base64'))
  for (const text of [...kept, ended.stdout, ended.stderr]) expect(traces(text)).toEqual([])
  server.kill('SIGTERM')
  const { stderr } = await server.ended
  expect(traces(stderr)).toEqual([])
})

test('turned down in the browser ends with 9', async () => {
  const { logIn } = await rig()
  const running = logIn()
  await fetch(await answer(await linkOf(running), { answer: 'deny' }))
  expect(await running.ended).toMatchObject({ code: 9, stdout: '' })
})

test('what hits the waiting port without knowing the state ends nothing and learns nothing', async () => {
  const { logIn } = await rig()
  const running = logIn()
  const link = await linkOf(running)
  const callback = new URL(link).searchParams.get('redirect_uri') ?? ''
  expect(callback).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/)
  const junk = ['', '?code=stolen', '?code=stolen&state=wrong', '?error=access_denied', '?error=access_denied&state=']
  for (let i = 0; i < 100; i++) expect((await fetch(callback + junk[i % junk.length])).status).toBe(400)
  expect((await fetch(new URL('/other', callback))).status).toBe(404)
  expect((await fetch(callback, { method: 'POST' })).status).toBe(404)
  await fetch(await answer(link, { answer: 'approve', email: EMAIL }))
  expect(await running.ended).toMatchObject({ code: 0 })
})

test('a code of somebody else, brought back with the right state, is no sign-in', async () => {
  const { logIn } = await rig()
  const theirs = logIn()
  const stolen = await answer(await linkOf(theirs), { answer: 'approve', email: 'mallory@example.com' })
  const mine = logIn('--profile', 'mine')
  const link = new URL(await linkOf(mine))
  const injected = new URL(link.searchParams.get('redirect_uri') ?? '')
  injected.searchParams.set('state', link.searchParams.get('state') ?? '')
  injected.searchParams.set('code', new URL(stolen).searchParams.get('code') ?? '')
  await fetch(injected)
  expect(await mine.ended).toMatchObject({ code: 5, stdout: '' })
  theirs.kill('SIGINT')
  await theirs.ended
})

test('login --google --device asks for a code to be typed elsewhere', async () => {
  const { logIn, issuer } = await rig()
  const running = logIn('--device')
  expect(await linkOf(running)).toBe(`${issuer}/device`)
  const [, code = ''] = await running.waitForStderr(/type this code there: ([A-Z]{4}-[A-Z]{4})/)
  expect((await submit(`${issuer}/device`, { code: 'AAAA-AAAA', email: EMAIL, answer: 'approve' })).status).toBe(404)
  await submit(`${issuer}/device`, { code: code.toLowerCase(), email: EMAIL, answer: 'approve' })
  const ended = await running.ended
  expect(ended, ended.stderr).toMatchObject({ code: 0 })
  expect(JSON.parse(ended.stdout)).toMatchObject({ user: { email: EMAIL } })
})

test('a device code that is turned down ends with 9', async () => {
  const { logIn, issuer } = await rig()
  const running = logIn('--device')
  const [, code = ''] = await running.waitForStderr(/type this code there: ([A-Z]{4}-[A-Z]{4})/)
  await submit(`${issuer}/device`, { code, answer: 'deny' })
  expect(await running.ended).toMatchObject({ code: 9, stdout: '' })
})

test('login --google --credential-stdin sends on what was given, and the service judges it', async () => {
  const { home, restume } = await rig()
  const forged = `${['{"alg":"none"}', '{"sub":"1","email":"a@example.com"}'].map((part) => Buffer.from(part).toString('base64url')).join('.')}.`
  const args = ['login', 'restume', '--url', restume, '--google', '--credential-stdin']
  const result = await keyturn(args, { home, env: FILE, input: forged })
  expect(result).toMatchObject({ code: 4, stdout: '' })
  expect(result.stderr).toContain(`  try again: keyturn login restume --url ${restume} --google\n`)
  expectNoSecret(result, forged)
})

test('the server that takes these tokens says how to sign in with one', async () => {
  const { restume, google, server } = await rig()
  const [line] = await server.waitForStderr(/^ {2}keyturn login .* --google .*$/m)
  expect(line.trim()).toBe(`keyturn login restume --url ${restume} --google ${google.join(' ')}`)
})

test('without a client id nobody is asked for anything, and the flag is named', async () => {
  const { home, restume } = await rig()
  const result = await keyturn(['login', 'restume', '--url', restume, '--google'], { home, env: FILE })
  expect(result).toMatchObject({ code: 2, stdout: '' })
  expect(result.stderr).toContain('--google-client-id')
})
