/** What a hint says to type must do what it says, at the address that was meant. */
import { expect, test } from 'vitest'
import { canary } from '../harness/canary.ts'
import { freshHome } from '../harness/home.ts'
import { keyturn } from '../harness/program.ts'
import { serveScript } from '../harness/service.ts'

const EMAIL = 'alice@example.com'
const ALICE = {
  ...{ id: 'u1', username: 'alice', email: EMAIL, full_name: 'Alice', google_linked: false, has_password: true },
  ...{ can_unlink_google: false, available_sign_in_methods: ['password'] },
}
const FILE = { KEYTURN_STORE: 'file' }
const BOTH = `${canary('token')}\n${canary('password')}\n`

const restume = () =>
  serveScript({
    'POST /v1/auth/register': { json: ALICE },
    'POST /v1/auth/resend-verification': { json: {} },
    'POST /v1/auth/forgot-password': { json: {} },
    'POST /v1/auth/reset-password': { json: {} },
    'GET /v1/me/account': { json: ALICE },
  })

const SIGN_UP = ['signup', '--username', 'alice', '--email', EMAIL, '--name', 'Alice', '--password-stdin']

test.each([
  [SIGN_UP, 'verify-email CODE --service restume --url URL --email alice@example.com\n', canary('password')],
  [SIGN_UP, 'login restume --url URL\n', canary('password')],
  [
    ['verify-email', '--resend', '--email', EMAIL],
    'verify-email CODE --service restume --url URL --email alice@example.com\n',
    '',
  ],
  [['password', 'forgot', '--email', EMAIL], 'password reset --service restume --url URL\n', ''],
  [['password', 'reset', '--stdin'], 'login restume --url URL\n', BOTH],
  [['login', '--with-api-key'], 'login restume --url URL --with-token\n', canary('key')],
])('%j at another address says to type %s', async (args, hint, input) => {
  const { url } = await restume()
  const flags = ['--service', 'restume', '--url', url]
  const byFlag = await keyturn([...args, ...flags], { home: freshHome(), env: FILE, input })
  const env = { ...FILE, KEYTURN_SERVICE: 'restume', KEYTURN_URL: url }
  const byVariable = await keyturn(args, { home: freshHome(), env, input })
  for (const { stderr } of [byFlag, byVariable]) expect(stderr).toContain(`keyturn ${hint.replace('URL', url)}`)
})

test('what a profile knows is not said again', async () => {
  const home = freshHome()
  const { url } = await restume()
  for (const profile of ['restume', 'work']) {
    const login = ['login', 'restume', '--url', url, '--with-token', '--profile', profile]
    expect(await keyturn(login, { home, env: FILE, input: canary('token') })).toMatchObject({ code: 0 })
  }
  const said = async (args: string[], input = '') => (await keyturn(args, { home, input })).stderr
  expect(await said(['password', 'forgot'])).toContain('keyturn password reset --service restume\n')
  expect(await said(['password', 'forgot', '--profile', 'work'])).toContain('keyturn password reset --profile work\n')
  expect(await said(['password', 'reset', '--stdin', '--profile', 'work'], BOTH)).toContain(
    'keyturn login restume --profile work\n',
  )
})

test('what a service calls a key is one word of the command to type, whatever is in it', async () => {
  const ids = ['dev key', "k2; echo 'x'"]
  const data = ids.map((id) => ({ id, name: 'laptop' }))
  const { url } = await serveScript({ 'GET /api/v1/api-keys': { json: { data } } })
  const env = { KEYTURN_SERVICE: 'zectre', KEYTURN_URL: url, KEYTURN_API_KEY: canary('key') }
  const { code, stderr } = await keyturn(['keys', 'revoke', 'laptop', '--yes'], { home: freshHome(), env })
  expect(code).toBe(2)
  expect(stderr).toContain(`keyturn keys revoke 'dev key', or 'k2; echo '\\''x'\\'''\n`)
})

test('where nobody is signed in, what is said to type can be typed', async () => {
  const { stderr } = await keyturn(['status'], { home: freshHome() })
  expect(stderr).toContain('sign in to restume, zectre or curate-me: keyturn login\n')
})

test.each([
  ['restume', 'keyturn api GET /v1/me/account'],
  ['zectre', 'keyturn api GET /api/v1/user'],
  ['curate-me', 'keyturn api GET /api/v1/user/profile'],
])('a path of %s is suggested for it', async (service, hint) => {
  const env = { KEYTURN_SERVICE: service, KEYTURN_TOKEN: canary('token') }
  const { code, stderr } = await keyturn(['api', 'user'], { home: freshHome(), env })
  expect(code).toBe(2)
  expect(stderr).toContain(`${hint}\n`)
})
