/** Signing in with a real OpenID provider that is not ours, both ways: npm's oidc-provider. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair } from 'jose'
import Provider from 'oidc-provider'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshHome } from '../harness/home.ts'
import { type Running, start } from '../harness/program.ts'
import { formBrowser } from './form-browser.ts'

const EMAIL = 'olga@example.com'
const CLIENT = 'keyturn-EXAMPLE-client'
const FILE = { KEYTURN_STORE: 'file' }
let issuer: string
let restume: string
let serving: Running
const person = { login: EMAIL, password: 'anything' }

let handle: ReturnType<InstanceType<typeof Provider>['callback']> | null = null
const server = createServer((request, response) => handle?.(request, response))

const home = freshHome(afterAll)

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT,
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        redirect_uris: ['http://127.0.0.1/callback'],
        grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'],
        response_types: ['code'],
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'theirs', alg: 'RS256', use: 'sig' }] },
    cookies: { keys: ['a cookie key of the test'] },
    features: { deviceFlow: { enabled: true }, devInteractions: { enabled: true } },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    // Google's ID tokens name the person themselves, with no second call.
    conformIdTokenClaims: false,
    findAccount: (_context, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, email: EMAIL, email_verified: true, name: 'Olga' }),
    }),
  })
  handle = provider.callback()

  const args = ['serve', 'restume', '--port', '0', '--json', '--google-issuer', issuer, '--google-client-id', CLIENT]
  serving = start(args, { home, timeout: 60_000 })
  restume = JSON.parse((await serving.waitForStdout(/^\{.*\}$/m))[0]).restume
})

afterAll(async () => {
  serving.kill('SIGTERM')
  await serving.ended
  server.closeAllConnections()
  server.close()
})

const logIn = (...more: string[]): Running => {
  const google = ['--google', '--google-issuer', issuer, '--google-client-id', CLIENT]
  const args = ['login', 'restume', '--url', restume, '--no-browser', '--json', ...google, ...more]
  return start(args, { home: freshHome(), env: FILE })
}

test('in the browser, with PKCE', async () => {
  const running = logIn()
  const [link] = await running.waitForStderr(/^http:\S+$/m)
  const back = await formBrowser(person).visit(
    link,
    `http://127.0.0.1:${new URL(new URL(link).searchParams.get('redirect_uri') ?? '').port}`,
  )
  expect((await fetch(back)).status).toBe(200)
  const ended = await running.ended
  expect(ended, ended.stderr).toMatchObject({ code: 0 })
  expect(JSON.parse(ended.stdout)).toMatchObject({ credential: 'session', user: { email: EMAIL, google_linked: true } })
})

test('on another device, with a code', async () => {
  const running = logIn('--device')
  const [link] = await running.waitForStderr(/^http:\S+$/m)
  const [, code = ''] = await running.waitForStderr(/type this code there: (\S+)/)
  const last = await formBrowser({ ...person, user_code: code }).visit(link, null)
  expect(last).toMatch(/success/i)
  const ended = await running.ended
  expect(ended, ended.stderr).toMatchObject({ code: 0 })
  expect(JSON.parse(ended.stdout)).toMatchObject({ credential: 'session', user: { email: EMAIL } })
})
