/** Where nobody can be asked, nothing is: exit 2, and the flag to give. */
import { describe, expect, test } from 'vitest'
import { NODE, PROGRAM } from '../harness/environment.ts'
import { freshHome } from '../harness/home.ts'
import { expectNoSecret } from '../harness/no-secret.ts'
import { keyturn, startCommand } from '../harness/program.ts'
import { serveScript } from '../harness/service.ts'
import { startCommandInTerminal, startInTerminal } from '../harness/terminal.ts'
import { KEY, ROUTES, USER, zectrePage } from './zectre-page.ts'

const FILE = { KEYTURN_STORE: 'file' }
const TOKEN = 'a-token-EXAMPLE-0123'
const ALICE = {
  id: 'u1',
  username: 'alice',
  email: 'alice@example.com',
  google_linked: true,
  has_password: true,
  can_unlink_google: true,
  available_sign_in_methods: ['password', 'google'],
}

/** Every question that there is: the command, who has to be signed in for it, the words that answer it. */
const QUESTIONS: [args: string[], service: 'none' | 'zectre' | 'restume', gives: string][] = [
  [['login'], 'none', 'zectre'],
  [['login', 'restume', '--password'], 'none', '--username'],
  [['login', 'restume', '--password', '--username', 'alice'], 'none', '--password-stdin'],
  [['login', 'zectre', '--in-terminal'], 'none', '--email'],
  [['login', 'zectre', '--in-terminal', '--email', 'a@example.com'], 'none', '--password-stdin'],
  [['login', 'restume', '--google'], 'none', '--google-client-id'],
  [['signup'], 'none', 'restume'],
  [['signup', 'restume'], 'none', '--email'],
  [['signup', 'restume', '--email', 'a@example.com'], 'none', '--username'],
  [['signup', 'restume', '--email', 'a@example.com', '--username', 'alice'], 'none', '--name'],
  [
    ['signup', 'restume', '--email', 'a@example.com', '--username', 'alice', '--name', 'Alice'],
    ...(['none', '--password-stdin'] as const),
  ],
  [['verify-email', '--service', 'restume'], 'none', 'keyturn verify-email 123456'],
  [['verify-email', '123456', '--service', 'restume'], 'none', '--email'],
  [['verify-email', '--resend', '--service', 'restume'], 'none', '--email'],
  [['password', 'forgot', '--service', 'restume'], 'none', '--email'],
  [['password', 'reset', '--service', 'restume'], 'none', '--stdin'],
  [['keys', 'revoke', 'k1'], 'zectre', '--yes'],
  [['logout', '--all'], 'zectre', '--yes'],
  [['google', 'unlink'], 'restume', '--yes'],
]

const signedIn = async (which: 'none' | 'zectre' | 'restume') => {
  const home = freshHome()
  if (which === 'none') return home
  const service =
    which === 'zectre'
      ? await zectrePage({ [ROUTES.KEYS]: { json: { data: [{ id: 'k1', name: 'ci' }] } } })
      : await serveScript({ 'GET /v1/me/account': { json: ALICE } })
  const given = which === 'zectre' ? '--with-api-key' : '--with-token'
  const args = ['login', which, '--url', service.url, given]
  const login = await keyturn(args, { home, env: FILE, input: which === 'zectre' ? KEY : TOKEN })
  expect(login, login.stderr).toMatchObject({ code: 0 })
  return home
}

test.each(QUESTIONS)(
  'without a terminal, %j (signed in: %s) ends with 2 and says %s (row 24)',
  async (args, which, gives) => {
    const result = await keyturn(args, { home: await signedIn(which), env: FILE })
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expect(result.stderr).toContain(gives)
  },
)

describe('on a terminal', () => {
  test.each<[string, string[], Record<string, string>]>([
    ['with --no-input', ['--no-input'], {}],
    ['with CI set', [], { CI: 'true' }],
  ])('%s no question is asked either', async (_how, more, env) => {
    for (const [args, gives] of [
      [['login', 'zectre', '--in-terminal'], '--email'],
      [['password', 'reset', '--service', 'restume'], '--stdin'],
    ] as const) {
      const terminal = startInTerminal([...args, ...more], { home: freshHome(), env: { ...FILE, ...env } })
      const { code, screen } = await terminal.ended
      expect(code, screen).toBe(2)
      expect(screen).toContain(gives)
    }
  })

  test('one that only stdin or only stderr is, is none', async () => {
    const command = [NODE, PROGRAM, 'login', 'zectre', '--in-terminal'].map((word) => `'${word}'`).join(' ')
    for (const redirect of ['2>&1 | cat', '< /dev/null']) {
      const script = `set -o pipefail; ${command} ${redirect}`
      const terminal = startCommandInTerminal(['bash', '-c', script], { home: freshHome(), env: FILE })
      const { code, screen } = await terminal.ended
      expect(code, screen).toBe(2)
      expect(screen).toContain('--email')
    }
  })
})

describe('a secret from standard input', () => {
  const PASSWORD = 'hunter2 abc EXAMPLE'
  const withPassword = ['login', 'zectre', '--in-terminal', '--email', USER.email, '--password-stdin']
  const ID_TOKEN = ['login', 'restume', '--google', '--credential-stdin']
  const RESET = ['password', 'reset', '--stdin', '--service', 'restume']

  test.each<[string, string[], string | Buffer, string]>([
    ['an empty key', ['login', 'zectre', '--with-api-key'], '', 'nothing came'],
    ['a key that is only a line end', ['login', 'zectre', '--with-api-key'], '\n', 'nothing came'],
    ['a key with a blank inside', ['login', 'zectre', '--with-api-key'], 'zec_EXAMPLE 0123', 'blanks'],
    ['a key with two line ends', ['login', 'zectre', '--with-api-key'], `${KEY}\n\n`, 'blanks'],
    ['a key in UTF-16', ['login', 'zectre', '--with-api-key'], Buffer.from(`\ufeff${KEY}`, 'utf16le'), 'UTF-8'],
    ['a token with a line end inside', ['login', 'restume', '--with-token'], 'a-token\nEXAMPLE', 'blanks'],
    ['more than 64 KiB', ['login', 'restume', '--with-token'], 'a'.repeat(64 * 1024 + 1), '64 KiB'],
    ['an empty password', withPassword, '', 'nothing came'],
    ['an ID token with a blank', ID_TOKEN, 'eyEXAMPLE .x', 'blanks'],
    ['a reset token with a blank', RESET, 'a token\npassword EXAMPLE\n', 'blanks'],
    ['a reset without a password', RESET, 'token\n', 'two lines'],
    ['a reset of three lines', RESET, 'token\npassword\nmore\n', 'two lines'],
  ])('is refused: %s', async (_what, args, input, words) => {
    const result = await keyturn(args, { home: freshHome(), env: FILE, input })
    expect(result, result.stderr).toMatchObject({ code: 2, stdout: '' })
    expect(result.stderr).toContain(words)
    if (input.length > 20) expectNoSecret(result, input.toString().slice(0, 30))
  })

  test.each([`\ufeff${PASSWORD}\r\n`, `${PASSWORD}\n`, PASSWORD])(
    'loses a byte order mark and one line end, and nothing else: %j',
    async (input) => {
      const service = await zectrePage({ [ROUTES.COMPLETE]: { status: 401, json: {} } })
      await keyturn([...withPassword, '--url', service.url], { home: freshHome(), env: FILE, input })
      expect(JSON.parse(service.to(ROUTES.COMPLETE)[0]?.body ?? '{}')).toMatchObject({ password: PASSWORD })
    },
  )

  test('that never ends is told, and so is one that is far too much', async () => {
    const home = freshHome()
    const command = `"${NODE}" "${PROGRAM}" login zectre --with-api-key`
    const waiting = startCommand('sh', ['-c', `tail -f /dev/null | ${command}`], { home, env: FILE })
    await waiting.waitForStderr(/still reading the key from standard input, which has not ended yet/)
    const endless = await startCommand('bash', ['-c', `set -o pipefail; yes | ${command}`], { home, env: FILE }).ended
    expect(endless.stderr).toContain('larger than 64 KiB')
  })

  test('on a terminal it says that it reads', async () => {
    const home = freshHome()
    const terminal = startInTerminal(['login', 'restume', '--google', '--credential-stdin'], { home, env: FILE })
    await terminal.waitFor('reading the ID token from standard input; end it with Enter and Ctrl-D')
    terminal.type('\u0003')
    expect((await terminal.ended).code).toBe(130)
  })
})

test('what still reads is ended by SIGTERM with 143', async () => {
  const command = `"${NODE}" "${PROGRAM}" login zectre --with-api-key <&3 & echo "pid $!"; wait $!; echo "code $?"`
  const script = `mkfifo in; exec 3<>in; ${command}`
  const running = startCommand('sh', ['-c', script], { home: freshHome(), env: FILE })
  const [, pid = ''] = await running.waitForStdout(/pid (\d+)/)
  await running.waitForStderr(/still reading/)
  process.kill(Number(pid), 'SIGTERM')
  await running.waitForStdout(/code 143/)
})
