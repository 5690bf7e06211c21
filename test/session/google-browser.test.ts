import { createHash, createHmac } from 'node:crypto'
import type { JWTPayload } from 'jose'
import { expect, test } from 'vitest'
import type { WireAnswer } from '../../src/http/transport.ts'
import { idTokenByBrowser } from '../../src/session/google.ts'
import { Failure } from '../../src/vocabulary/failure.ts'
import type { Secret } from '../../src/vocabulary/secret.ts'
import {
  base64url,
  CLIENT,
  claimsFor,
  contextOf,
  ISSUER,
  issuerOf,
  json,
  METADATA,
  signed,
  tokenAnswer,
  withSecret,
} from './google-rig.ts'

type Answered = (link: URL, back: URL) => unknown
const approve: Answered = (_, back) =>
  fetch(`${back.href}?${new URLSearchParams({ code: 'c0de-c0de-c0de', ...right(_) })}`)
const right = (link: URL) => ({ state: link.searchParams.get('state') ?? '' })

interface Plan {
  /** The ID token, made when the link with its nonce is known. */
  token?: (claims: JWTPayload) => Promise<string> | string
  answer?: (idToken: string) => WireAnswer
  metadata?: object
  jwks?: WireAnswer
  /** What comes back to the port that waits. */
  person?: Answered
  client?: typeof CLIENT
}

/** One sign-in: the link is opened, the person answers, and what becomes of it. */
const run = async ({ token = signed, answer = tokenAnswer, metadata = {}, person = approve, ...plan }: Plan = {}) => {
  let link = new URL(ISSUER)
  const issuer = issuerOf({
    '/.well-known/openid-configuration': () => json({ ...METADATA, ...metadata }),
    '/token': async () => answer(await token(claimsFor({ nonce: link.searchParams.get('nonce') }))),
    ...(plan.jwks ? { '/jwks': () => plan.jwks ?? json({}) } : {}),
  })
  const { context, stop } = contextOf(issuer.transport, 'stands')
  let answered: unknown
  const events = {
    link: (url: string) => {
      link = new URL(url)
      answered = person(link, new URL(link.searchParams.get('redirect_uri') ?? ''))
    },
  }
  const result: unknown = await idTokenByBrowser(context, plan.client ?? CLIENT, events).catch(
    (error: unknown) => error,
  )
  return { result, link, issuer, stop, answered: await answered }
}

test('the link asks with PKCE, state and nonce, on the loopback address as digits', async () => {
  const { result, link, issuer } = await run()
  expect((result as Secret).reveal().split('.')).toHaveLength(3)
  expect(link.origin + link.pathname).toBe(`${ISSUER}/authorize`)
  const asked = Object.fromEntries(link.searchParams)
  expect(asked).toMatchObject({
    response_type: 'code',
    client_id: 'the-client',
    scope: 'openid email profile',
    code_challenge_method: 'S256',
    redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/),
    state: expect.stringMatching(/^[\w-]{43}$/),
    nonce: expect.stringMatching(/^[\w-]{43}$/),
  })
  const sent = Object.fromEntries(new URLSearchParams(issuer.to('/token')[0]?.body ?? ''))
  expect(
    createHash('sha256')
      .update(sent.code_verifier ?? '')
      .digest('base64url'),
  ).toBe(asked.code_challenge)
  expect(sent).toMatchObject({ code: 'c0de-c0de-c0de', redirect_uri: asked.redirect_uri, client_id: 'the-client' })
  expect(new Set([asked.state, asked.nonce, sent.code_verifier]).size).toBe(3)
})

test('no verifier, code, token or client secret is in any address that is asked or shown', async () => {
  const { result, link, issuer } = await run({ client: withSecret })
  const sent = new URLSearchParams(issuer.to('/token')[0]?.body ?? '')
  const addresses = [link.href, ...issuer.requests.map(({ url }) => url.href)].join(' ')
  expect(sent.get('client_secret')).toBe('GOCSPX-a-client-secret')
  for (const secret of [sent.get('code_verifier'), sent.get('code'), 'GOCSPX', (result as Secret).reveal()]) {
    expect(addresses).not.toContain(secret)
  }
})

const hmac = (text: string): string => createHmac('sha256', 'a public key').update(text).digest('base64url')
test.each<[string, Plan['token']]>([
  ['for another client', (claims) => signed({ ...claims, aud: 'another' })],
  ['for several clients', (claims) => signed({ ...claims, aud: ['another', 'the-client'] })],
  ['of another issuer', (claims) => signed({ ...claims, iss: 'https://evil.test' })],
  ['of another sign-in', (claims) => signed({ ...claims, nonce: 'another' })],
  ['without a nonce', ({ nonce: _, ...claims }) => signed(claims)],
  ['that has ended', (claims) => signed({ ...claims, exp: Math.floor(Date.now() / 1000) - 120 })],
  ['that says nobody', ({ sub: _, ...claims }) => signed(claims)],
  ['signed with a key that the issuer does not have', (claims) => signed(claims, { kid: 'k2' })],
  [
    'whose content was changed',
    async (claims) => (await signed(claims)).replace(/\.[^.]+\./, `.${base64url({ ...claims, sub: '2' })}.`),
  ],
  ['that nobody signed', (claims) => `${base64url({ alg: 'none' })}.${base64url(claims)}.`],
  [
    'signed with what everybody knows',
    (claims) => {
      const text = `${base64url({ alg: 'HS256', kid: 'k1' })}.${base64url(claims)}`
      return `${text}.${hmac(text)}`
    },
  ],
  ['that is no token', () => 'abc'],
  ['in five parts', () => 'a.b.c.d.e'],
])('an ID token %s is not passed on', async (_, token) => {
  const { result } = await run({ token: token ?? signed })
  expect(result).toMatchObject({ code: 'bad_answer', exitCode: 1 })
})

test('a token is judged by the clock of the issuer that made it, whatever this machine believes', async () => {
  const day = 24 * 60 * 60
  const at = Math.floor(Date.now() / 1000) + 10 * day
  const headers = { date: new Date(at * 1000).toUTCString() }
  const soon = { token: (claims: JWTPayload) => signed({ ...claims, iat: at, nbf: at, exp: at + 60 }) }
  expect((await run({ ...soon, answer: (token) => tokenAnswer(token, headers) })).result).not.toBeInstanceOf(Failure)
  const { result } = await run({ answer: (token) => tokenAnswer(token, headers) })
  expect(result).toMatchObject({ code: 'bad_answer' })
})

test.each<[string, object]>([
  ['speaks for another issuer', { issuer: 'https://evil.test' }],
  ['has an issuer that is no address', { issuer: 'evil' }],
  ['names no page', { authorization_endpoint: undefined }],
  ['names a script as its page', { authorization_endpoint: 'javascript:alert(1)' }],
  ['names a page that is not encrypted', { authorization_endpoint: 'http://accounts.example.com/authorize' }],
])('metadata that %s ends it before anything is opened', async (_, metadata) => {
  const { result, link } = await run({ metadata })
  expect(result).toMatchObject({ code: 'bad_answer' })
  expect(link.href).toBe(`${ISSUER}/`)
})

test('no code is sent to a place that is not encrypted', async () => {
  const { result, issuer } = await run({ metadata: { token_endpoint: 'http://accounts.example.com/token' } })
  expect(result).toMatchObject({ code: 'bad_answer' })
  expect(issuer.to('/token')).toEqual([])
})

test('an answer that names another issuer is a mix-up (RFC 9207), and no code is sent', async () => {
  const person: Answered = (link, back) =>
    fetch(`${back.href}?${new URLSearchParams({ code: 'c', iss: 'https://evil.test', ...right(link) })}`)
  const { result, issuer } = await run({ person })
  expect(result).toMatchObject({ code: 'bad_answer' })
  expect(issuer.to('/token')).toEqual([])
})

test.each([301, 302, 303, 307, 308])('a token endpoint that redirects (%d) is not followed', async (status) => {
  const answer = () => ({ status, headers: { location: 'https://evil.test/' }, body: '' })
  const { result, issuer } = await run({ answer })
  expect(result).toMatchObject({ code: 'bad_answer' })
  expect(issuer.requests.map(({ url }) => url.host)).not.toContain('evil.test')
})

test.each([
  ['invalid_grant', 400, 'refused'],
  ['invalid_client', 401, 'refused'],
])(
  'what the token endpoint refuses with %s is told in its words, cleaned, with no secret',
  async (error, status, code) => {
    const answer = () => json({ error, error_description: '\u001b[2Jno: c0de-c0de-c0de' }, status)
    const { result } = await run({ answer })
    expect(result).toMatchObject({ code })
    expect((result as Failure).message).toContain(error)
    expect((result as Failure).message).not.toMatch(/\u001b|c0de-c0de/)
  },
)

test('a provider that has failed is its own fault', async () => {
  const { result } = await run({ answer: () => ({ status: 503, headers: {}, body: 'busy' }) })
  expect(result).toMatchObject({ code: 'service_error' })
})

test('who turns it down in the browser ends it with 9', async () => {
  const person: Answered = (link, back) =>
    fetch(`${back.href}?${new URLSearchParams({ error: 'access_denied', ...right(link) })}`)
  const { result } = await run({ person })
  expect(result).toMatchObject({ code: 'sign_in_denied', exitCode: 9 })
})

test('an answer that nobody gives ends after five minutes', async () => {
  const issuer = issuerOf()
  const { context, time } = contextOf(issuer.transport, 'passes')
  const waited = idTokenByBrowser(context, CLIENT, { link: () => {} })
  await expect(waited).rejects.toMatchObject({ code: 'sign_in_expired', exitCode: 9 })
  expect(time.clock.monotonic()).toBe(5 * 60_000)
})

test('Ctrl-C ends it at once, and the port is free again', async () => {
  const issuer = issuerOf()
  const { context, stop } = contextOf(issuer.transport, 'stands')
  let port = 0
  const link = (url: string) => {
    port = Number(new URL(new URL(url).searchParams.get('redirect_uri') ?? '').port)
    stop.abort(new Failure('interrupted', 'stopped'))
  }
  await expect(idTokenByBrowser(context, CLIENT, { link })).rejects.toMatchObject({ code: 'interrupted' })
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow()
})
