import { describe, expect, test } from 'vitest'
import { canary } from '../harness/canary.ts'
import { freshHome } from '../harness/home.ts'
import { keyturn } from '../harness/program.ts'
import { type Script, serveScript } from '../harness/service.ts'
import { CURATOR, signedInToCurateMe } from './curate-me-page.ts'
import { KEY, pending, ROUTES, zectrePage } from './zectre-page.ts'

const FILE = { KEYTURN_STORE: 'file' }
const STATUSES = [301, 302, 303, 307, 308]

/** A server that would be glad of anything. */
const greedy = () => serveScript({})
/** The same one, at another host by name, by plain http to what is no loopback, and without a scheme. */
const ways = (url: string): string[] => {
  const there = new URL(url)
  return [`${url}/taken`, `http://localhost:${there.port}/taken`, `//localhost:${there.port}/taken`]
}
const redirects = (route: string, status: number, location: string): Script => ({
  [route]: { status, headers: { location }, json: {} },
})

describe.each(STATUSES)('36, 37: a redirect with %d is followed by nothing', (status) => {
  test('of a signed GET', async () => {
    const other = await greedy()
    for (const location of [...ways(other.url), 'http://10.0.0.1/taken', 'file:///etc/passwd']) {
      const service = await zectrePage(redirects(ROUTES.WHO, status, location))
      const env = { KEYTURN_API_KEY: KEY, KEYTURN_SERVICE: 'zectre', KEYTURN_URL: service.url }
      const result = await keyturn(['account', 'show'], { home: freshHome(), env })
      expect(result).toMatchObject({ code: 1, stdout: '' })
      expect(result.stderr).toMatch(/GET \/api\/v1\/user was redirected to .* keyturn follows no redirect/)
    }
    expect(other.requests).toEqual([])
  })

  test('of a POST with a password', async () => {
    const other = await greedy()
    for (const location of ways(other.url)) {
      const service = await serveScript(redirects(CURATOR.LOGIN, status, location))
      const args = ['login', 'curate-me', '--url', service.url, '--email', 'jane@example.com', '--password-stdin']
      const result = await keyturn(args, { home: freshHome(), env: FILE, input: canary('password') })
      expect(result).toMatchObject({ code: 1, stdout: '' })
    }
    expect(other.requests).toEqual([])
  })

  test('of a POST with a refresh token, which is kept', async () => {
    const other = await greedy()
    const { home, service, stored } = await signedInToCurateMe()
    const before = stored()
    for (const location of ways(other.url)) {
      service.rewrite(redirects(CURATOR.REFRESH, status, location))
      expect(await keyturn(['refresh'], { home })).toMatchObject({ code: 1, stdout: '' })
    }
    expect(other.requests).toEqual([])
    expect(stored()).toBe(before)
  })
})

test('37: a redirect that leads back to itself is asked for once', async () => {
  const service = await zectrePage({ [ROUTES.WHO]: { status: 302, headers: { location: '/api/v1/user' }, json: {} } })
  const env = { KEYTURN_API_KEY: KEY, KEYTURN_SERVICE: 'zectre', KEYTURN_URL: service.url }
  expect(await keyturn(['account', 'show'], { home: freshHome(), env })).toMatchObject({ code: 1 })
  expect(service.requests).toHaveLength(1)
})

describe('39: a stored credential goes to the exact address that it was made for', () => {
  const signedIn = async () => {
    const home = freshHome()
    const service = await zectrePage()
    const args = ['login', 'zectre', '--url', service.url, '--with-api-key']
    expect(await keyturn(args, { home, env: FILE, input: KEY })).toMatchObject({ code: 0 })
    return { home, service }
  }

  test.each([
    [['account', 'show']],
    [['status']],
    [['keys', 'list']],
    [['keys', 'create', 'ci']],
    [['api', '/raw']],
    [['refresh']],
    [['logout', '--yes']],
  ])('%j says nothing to another one', async (args) => {
    const { home } = await signedIn()
    const other = await zectrePage({ [ROUTES.STATUS]: pending })
    await keyturn([...args, '--url', other.url], { home })
    await keyturn(args, { home, env: { KEYTURN_URL: other.url } })
    expect(other.requests).toEqual([])
  })

  test('nor to another path or name of the same host, nor when a signing-in is turned there', async () => {
    const { home, service } = await signedIn()
    const port = new URL(service.url).port
    const before = service.requests.length
    for (const url of [`http://localhost:${port}`, `${service.url}/other`]) {
      await keyturn(['login', 'zectre', '--url', url, '--with-api-key'], { home, env: FILE, input: canary('key') })
    }
    const signed = service.requests.slice(before).filter(({ headers }) => headers['x-api-key'] === KEY)
    expect(signed.filter(({ headers }) => headers.host !== `127.0.0.1:${port}`)).toEqual([])
  })
})

test.each([
  'http://10.0.0.1',
  'http://api.example.com',
  'http://127.0.0.1.example.com',
  'http://[fe80::1]',
  'ftp://localhost',
])('40: %s is refused before anything is sent', async (url) => {
  const env = { KEYTURN_API_KEY: KEY, KEYTURN_SERVICE: 'zectre', KEYTURN_URL: url }
  const result = await keyturn(['account', 'show', '--timeout', '2'], { home: freshHome(), env })
  expect(result).toMatchObject({ code: 2, stdout: '' })
})
