import { networkInterfaces } from 'node:os'
import { describe, expect, test } from 'vitest'
import { canary, meant } from '../harness/canary.ts'
import { freshHome } from '../harness/home.ts'
import { expectNoSecret } from '../harness/no-secret.ts'
import { type Ended, keyturn, start } from '../harness/program.ts'

const FILE = { KEYTURN_STORE: 'file' }
const PASSWORD = 'correct horse battery'

const serve = async (...args: string[]) => {
  const home = freshHome()
  const server = start(['serve', 'zectre', '--port', '0', '--seed', '--json', ...args], { home, timeout: 60_000 })
  const { zectre: url = '' } = JSON.parse((await server.waitForStdout(/^\{.*\}$/m))[0]) as Record<string, string>
  const run = (...words: string[]) => keyturn(words, { home, env: FILE })
  const signIn = (timeout = '15') =>
    keyturn(
      [
        'login',
        'zectre',
        '--url',
        url,
        '--password',
        '--email',
        'dev@example.com',
        '--password-stdin',
        '--timeout',
        timeout,
      ],
      {
        home,
        env: FILE,
        input: PASSWORD,
      },
    )
  return { home, server, url, run, signIn }
}
type Served = Awaited<ReturnType<typeof serve>>

describe('what a bad day looks like to the client', () => {
  /** Signs in through the page, which is approved as soon as its link is shown. */
  const onPage = async ({ home, url }: Served): Promise<Ended> => {
    const login = start(['login', 'zectre', '--url', url, '--no-browser'], { home, env: FILE })
    const [, code] = await login.waitForStderr(/\/auth\/cli\?code=([\w-]+)/)
    await fetch(`${url}/api/v1/auth/cli/complete`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code, email: 'dev@example.com', password: PASSWORD }),
    })
    return login.ended
  }
  const byPassword = ({ signIn }: Served) => signIn()
  const signedIn =
    (...words: string[]) =>
    async ({ signIn, run }: Served) => {
      expect(await signIn()).toMatchObject({ code: 0 })
      return run(...words)
    }
  const withKey =
    (...words: string[]) =>
    async (served: Served) => {
      expect(await signedIn('keys', 'create', 'ci')(served)).toMatchObject({ code: 0 })
      return served.run(...words)
    }

  test.each<[string, (served: Served) => Promise<Ended>, number, RegExp]>([
    ['status:502@2', onPage, 0, /signed in/i],
    ['status:drop-after-commit@1', onPage, 0, /signed in/i],
    ['status:cut@1', onPage, 0, /signed in/i],
    ['status:interval=3s', onPage, 0, /signed in/i],
    ['*:429@1,retry-after=3', byPassword, 0, /signed in/i],
    ['*:429,retry-after=9', byPassword, 6, /try again in 9 s/],
    ['*:slow=1b/s', ({ signIn }) => signIn('2'), 7, /no whole answer within 2 s/],
    ['*:html', byPassword, 1, /should have answered with JSON and sent text\/html/],
    ['redirect:https://example.test', byPassword, 1, /was redirected to https:\/\/example\.test/],
    ['clock:+86400', signedIn('account', 'show'), 0, /^$/],
    ['login:drop', byPassword, 7, /.+/],
    [
      'POST api-keys:lost-response',
      signedIn('keys', 'create', 'ci', '--quiet', '--timeout', '2'),
      7,
      /may have been made/,
    ],
    ['keys:escape-sequences', withKey('keys', 'list'), 0, /^$/],
  ])('%s', async (fault, act, code, words) => {
    const served = await serve('--fault', fault)
    const result = await act(served)
    expect(result).toMatchObject({ code, stderr: expect.stringMatching(words) })
    expect(result.stdout + result.stderr).not.toMatch(/[\u0000\u0007\u001b\u202e]/)
    if (!fault.startsWith('clock:')) await served.server.waitForStderr(/^fault .* hits request \d/m)
  })

  test('one that there is not is refused, and so is one that hits nothing; neither is repeated', async () => {
    const secret = meant(canary('key'), 'arguments')
    for (const fault of ['status:oops', 'nothing:502', secret, `${secret}:502`, `status:${secret}`]) {
      const result = await keyturn(['serve', '--port', '0', '--fault', fault], { home: freshHome() })
      expect(result).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('keyturn help faults') })
      expectNoSecret(result, secret)
    }
  })
})

test('one screen tells what listens where, who may sign in, and what to type; then a line comes for each request', async () => {
  const home = freshHome()
  const server = start(['serve', '--port', '0', '--seed'], { home })
  await server.waitForStderr(/Ctrl-C ends it/)
  const [, url] = await server.waitForStderr(/keyturn login zectre --url (\S+)/)
  await fetch(`${url}/api/v1/user?token=hunter2`)
  await server.waitForStderr(/^zectre GET \/api\/v1\/user\?token=\*\*\* 401 \d+ ms$/m)
  server.kill('SIGTERM')
  const { code, stdout, stderr } = await server.ended
  expect({ code, stdout }).toEqual({ code: 143, stdout: '' })
  const screen = stderr.split('Ctrl-C ends it')[0] ?? ''
  for (const name of ['restume', 'zectre', 'curate-me']) {
    expect(screen).toMatch(new RegExp(`^  ${name} +http://127\\.0\\.0\\.1:\\d+$`, 'm'))
    expect(screen).toMatch(new RegExp(`^  keyturn login ${name} --url http://127\\.0\\.0\\.1:\\d+$`, 'm'))
  }
  expect(screen).toContain(`dev@example.com, password: ${PASSWORD}`)
  expect(screen.split('\n').length).toBeLessThan(24)
})

test('without --seed there is nobody, and the first thing to type makes an account', async () => {
  const server = start(['serve', 'zectre', '--port', '0'], { home: freshHome() })
  await server.waitForStderr(/keyturn signup zectre --url http/)
})

test('SIGTERM ends it within two seconds, whatever polls are open (row 165)', async () => {
  const { server, url } = await serve('--fault', 'status:lost-response')
  const poll = fetch(`${url}/api/v1/auth/cli/status/x`).then(
    () => 'answered',
    () => 'cut off',
  )
  await server.waitForStderr(/^fault /m)
  const began = performance.now()
  server.kill('SIGTERM')
  expect((await server.ended).code).toBe(143)
  expect(performance.now() - began).toBeLessThan(2_000)
  expect(await poll).toBe('cut off')
})

describe('it is no production server (rows 146 and 164)', () => {
  const elsewhere = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')?.address
  const KNOWN = '--i-know-this-is-not-production'

  test.each<[string, string[], Record<string, string>, RegExp]>([
    ['in production', [], { NODE_ENV: 'production' }, /NODE_ENV is production/],
    ['in production, knowingly', [KNOWN], { NODE_ENV: 'production' }, /NODE_ENV is production/],
    ['for others', ['--host', '0.0.0.0'], {}, /others could reach.*\n.*--i-know-this-is-not-production/],
    [
      'for others, with an account of known password',
      ['--host', '0.0.0.0', KNOWN, '--seed'],
      {},
      /everybody knows the password/,
    ],
    ['at no place', ['--host', 'http://x/', KNOWN], {}, /no place to listen/],
  ])('%s it is not started', async (_, args, env, words) => {
    const result = await keyturn(['serve', '--port', '0', ...args], { home: freshHome(), env })
    expect(result).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(words) })
  })

  test.each([
    ['localhost', []],
    ['::1', []],
    ['0.0.0.0', [KNOWN]],
  ])('at %s it is', async (host, args) => {
    const server = start(['serve', 'zectre', '--port', '0', '--json', '--host', host, ...args], { home: freshHome() })
    const { zectre } = JSON.parse((await server.waitForStdout(/^\{.*\}$/m))[0])
    expect((await fetch(`${zectre}/api/v1/user`)).status).toBe(401)
    if (host !== '0.0.0.0' || elsewhere === undefined) return
    expect((await fetch(`http://${elsewhere}:${new URL(zectre).port}/api/v1/user`)).status).toBe(401)
  })
})
