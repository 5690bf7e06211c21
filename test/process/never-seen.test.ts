import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { canary, meant } from '../harness/canary.ts'
import { freshHome, type Home } from '../harness/home.ts'
import { expectNoSecret } from '../harness/no-secret.ts'
import { keyturn, start } from '../harness/program.ts'
import type { Answer, Received, Script } from '../harness/service.ts'
import { startInTerminal } from '../harness/terminal.ts'
import { signedInToCurateMe } from './curate-me-page.ts'
import { CODE, completed, KEY, pending, ROUTES, USER, zectrePage } from './zectre-page.ts'

const FILE = { KEYTURN_STORE: 'file' }

const signIn = (home: Home, url: string, password: string, env = {}, ...more: string[]) => {
  const args = ['login', 'zectre', '--url', url, '--in-terminal', '--email', USER.email, '--password-stdin', ...more]
  return keyturn(args, { home, env: { ...FILE, ...env }, input: password })
}

test.each([
  ['--verbose', ['--verbose'], {}],
  ['KEYTURN_DEBUG=1', [], { KEYTURN_DEBUG: '1' }],
  ['DEBUG=*', [], { DEBUG: '*' }],
  ["most of Node's own NODE_DEBUG", [], { NODE_DEBUG: 'https,tls,child_process,undici,fetch,fs' }],
  ['all of these at once', ['--verbose'], { KEYTURN_DEBUG: '1', DEBUG: '*', NODE_DEBUG: 'https,tls,undici,fetch' }],
])('106: %s shows neither password nor key', async (_what, more, env) => {
  const home = freshHome()
  const [password, key] = [canary('password'), canary('key')]
  const service = await zectrePage({ [ROUTES.COMPLETE]: { json: { success: true, api_key: key, user: USER } } })
  const login = await signIn(home, service.url, password, env, ...more)
  expect(login, login.stderr.slice(-500)).toMatchObject({ code: 0 })
  const shown = await keyturn(['account', 'show', ...more], { home, env })
  expect(shown).toMatchObject({ code: 0 })
  for (const result of [login, shown]) {
    expectNoSecret(result, password)
    expectNoSecret(result, key)
  }
})

test('106: what Node itself prints of a request is warned of, since nothing can be done about it', async () => {
  const key = canary('key')
  const service = await zectrePage()
  const env = {
    KEYTURN_API_KEY: key,
    KEYTURN_SERVICE: 'zectre',
    KEYTURN_URL: service.url,
    NODE_DEBUG: 'http,net,stream',
  }
  const { stderr } = await keyturn(['account', 'show'], { home: freshHome(), env })
  expect(stderr).toMatch(/^keyturn: NODE_DEBUG is set: .*secrets too/m)
  expect(stderr).toContain(meant(key, 'stderr'))
})

/** What a careless service writes into its error page: all that it was sent. */
const echo = ({ method, path, headers, body }: Received): string =>
  `${method} ${path}\n${JSON.stringify(headers)}\n${body}`
const encoded = ({ headers, body }: Received): string => {
  const given = headers['x-api-key'] ?? String(JSON.parse(body || '{}').password)
  return `${Buffer.from(`:${given}`).toString('base64')} ${Buffer.from(given).toString('hex')}`
}
const ECHOES: Record<string, (request: Received, status: number) => Answer> = {
  'as text': (request, status) => ({ status, text: echo(request) }),
  'as a page': (request, status) => ({ status, text: `<html><title>${echo(request)}</title>` }),
  'as a message': (request, status) => ({ status, json: { error: { code: 'OOPS', message: echo(request) } } }),
  'as a list of complaints': (request, status) => ({
    status,
    json: {
      detail: [{ loc: ['body', 'password'], msg: `not ${request.body}`, input: JSON.parse(request.body || '{}') }],
    },
  }),
  'in other letters': (request, status) => ({ status, json: { message: encoded(request) } }),
  'as its number': (request, status) => ({
    status,
    text: 'no',
    headers: { 'x-request-id': request.headers['x-api-key'] ?? request.body },
  }),
}

test.each(Object.keys(ECHOES).flatMap((how) => [500, 401, 422].map((status) => [how, status] as const)))(
  '61: a service that repeats what it was sent, %s with %d, is not quoted with it',
  async (how, status) => {
    const home = freshHome()
    const [password, key] = [canary('password'), canary('key')]
    const answer = (request: Received) => ECHOES[how]?.(request, status) ?? {}
    const service = await zectrePage({ [ROUTES.COMPLETE]: answer, [ROUTES.WHO]: answer, [ROUTES.STATUS]: pending })
    const env = { KEYTURN_API_KEY: key, KEYTURN_SERVICE: 'zectre', KEYTURN_URL: service.url }
    for (const more of [[], ['--json', '--verbose']]) {
      const result = await keyturn(['account', 'show', ...more], { home, env })
      expect(result.code).not.toBe(0)
      expectNoSecret(result, key)
    }
    if (status === 500) return
    const login = await signIn(home, service.url, password, {}, '--json')
    expect(login.code).not.toBe(0)
    expectNoSecret(login, password)
  },
)

test('113, 34: a browser gets no variable of ours, and an address with nothing in it but the code', async () => {
  const home = freshHome()
  const key = canary('key')
  const service = await zectrePage({ [ROUTES.STATUS]: [pending, completed] })
  const browser = join(home.path, 'browser')
  writeFileSync(browser, '#!/bin/sh\n{ echo "$@"; env; } > "$0.part"\nmv "$0.part" "$0.seen"\n')
  chmodSync(browser, 0o755)
  const ours = { KEYTURN_TOKEN: canary('token'), KEYTURN_ORG: 'org', KEYTURN_DEBUG: '1', KEYTURN_API_KEY: key }
  const env = { ...FILE, ...ours, KEYTURN_BROWSER: browser }
  const terminal = startInTerminal(['login', 'zectre', '--url', service.url], { home, env })
  expect((await terminal.ended).code).toBe(0)
  await expect.poll(() => existsSync(`${browser}.seen`)).toBe(true)
  const [address = '', ...variables] = readFileSync(`${browser}.seen`, 'utf8').split('\n')
  expect(address).toBe(`${service.url}/auth/cli?code=${CODE}`)
  expect(variables.filter((line) => line.startsWith('KEYTURN_'))).toEqual([])
})

test('110: no address that is asked for has a secret in it', async () => {
  const { home, service, stored } = await signedInToCurateMe()
  await keyturn(['account', 'show'], { home })
  await keyturn(['keys', 'create', 'ci', '--org', 'org_1'], { home })
  await keyturn(['logout', '--yes'], { home })
  expect(service.requests.length).toBeGreaterThan(3)
  const tokens = [...stored().matchAll(/a-token-EXAMPLE-\w+/g)].map(([token]) => token)
  for (const { path, headers, body } of service.requests) {
    for (const secret of [...tokens, headers.authorization?.replace('Bearer ', ''), ...Object.values(readBody(body))]) {
      if (typeof secret === 'string' && secret.includes('EXAMPLE')) expectNoSecret(path, secret)
    }
  }
})
const readBody = (body: string): Record<string, unknown> => (body.startsWith('{') ? JSON.parse(body) : {})

test('112: status and keys list show no more of a key than its prefix', async () => {
  const home = freshHome()
  const key = canary('key')
  const listed = {
    id: 'k1',
    name: 'ci',
    prefix: key.slice(0, 12),
    key,
    secret: key,
    scopes: ['*'],
    created_at: USER.created_at,
  }
  const script: Script = { [ROUTES.KEYS]: { json: { data: [listed] } } }
  const service = await zectrePage(script)
  const env = { KEYTURN_API_KEY: key, KEYTURN_SERVICE: 'zectre', KEYTURN_URL: service.url }
  for (const args of [['status'], ['status', '--offline'], ['keys', 'list'], ['account', 'show']]) {
    for (const more of [['--verbose'], ['--json']]) {
      const result = await keyturn([...args, ...more], { home, env })
      expect(result, result.stderr).toMatchObject({ code: 0 })
      expectNoSecret(result, key)
    }
  }
})

test('109: SIGUSR1 opens no debugger in a program that has a secret in its memory', async () => {
  const home = freshHome()
  const service = await zectrePage({ [ROUTES.WHO]: [{ json: USER, after: 600 }] })
  const env = { KEYTURN_API_KEY: KEY, KEYTURN_SERVICE: 'zectre', KEYTURN_URL: service.url }
  const running = start(['status', '--json'], { home, env })
  await expect.poll(() => service.requests.length).toBe(1)
  running.kill('SIGUSR1')
  expect(await running.ended).toMatchObject({ code: 0, stderr: '' })
})
