import { describe, expect, test } from 'vitest'
import { connect } from '../../src/http/connect.ts'
import type { WireAnswer, WireRequest } from '../../src/http/transport.ts'
import { client } from '../../src/services/curate-me/client.ts'
import type { SessionCredential } from '../../src/vocabulary/credential.ts'
import { Failure } from '../../src/vocabulary/failure.ts'
import { Secret } from '../../src/vocabulary/secret.ts'
import { MINUTE } from '../server/hand-clock.ts'
import { handTime } from '../session/hand-time.ts'
import { API, JANE, makeCurateMeHalf } from './curate-me-half.ts'

const B2B = 'http://127.0.0.1:47090'
const jane = { name: JANE.email, password: new Secret(JANE.password) }
const newJane = { email: JANE.email, password: new Secret(JANE.password), name: JANE.name, username: null }
const oneKey = { name: 'CI', scopes: ['agents:read'], expiresInDays: null }

type Answer = (request: WireRequest) => WireAnswer | Promise<WireAnswer>

/** The client's side of the wire: what was sent, and with which credential and organisation the next call goes. */
const speak = (answer: Answer, { credential = null as SessionCredential | null, org = null as string | null } = {}) => {
  const time = handTime()
  const requests: WireRequest[] = []
  const http = connect({
    base: new URL(API),
    adminBase: new URL(B2B),
    org,
    credential,
    transport: async (request) => {
      requests.push(request)
      return answer(request)
    },
    clock: time.clock,
    wait: time.wait,
    signal: new AbortController().signal,
    timeoutMilliseconds: 30_000,
    userAgent: 'keyturn/test',
  })
  return { http, requests }
}

const answering = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return () => ({ status, headers: { 'content-type': 'application/json', ...headers }, body: text })
}
const failureOf = async (work: Promise<unknown>): Promise<Failure> => {
  const error = await work.then(() => null).catch((caught: unknown) => caught)
  if (error instanceof Failure) return error
  throw new Error('no Failure', { cause: error })
}
const jwt = (claims: unknown): string => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`
const DATE = { date: 'Thu, 15 Jan 2026 10:30:00 GMT' }
const PAIR = { access_token: jwt({ exp: 1768476600 }), refresh_token: 'new', token_type: 'bearer', expires_in: 1800 }

describe('when a session ends', () => {
  const endOf = async (body: object, headers = {}) =>
    (await client.passwordSignIn!(speak(answering(200, body, headers)).http, jane)).session.expiresAt

  test.each([
    ['by the seconds it has left, counted from the moment of the answer', PAIR, DATE, '2026-01-15T11:00:00.000Z'],
    ['by its own claim, where the answer bears no date', PAIR, {}, '2026-01-15T11:30:00.000Z'],
    [
      'by its own claim, where no seconds were sent',
      { ...PAIR, expires_in: undefined },
      DATE,
      '2026-01-15T11:30:00.000Z',
    ],
    ['by its own claim, where they are no number', { ...PAIR, expires_in: 'soon' }, DATE, '2026-01-15T11:30:00.000Z'],
    ['or not at all, where it is no JWT', { ...PAIR, access_token: 'opaque' }, {}, null],
    ['nor where its claim is no time', { ...PAIR, access_token: jwt({ exp: 'never' }) }, {}, null],
    ['nor where it claims nothing', { ...PAIR, access_token: jwt(null) }, {}, null],
    ['nor where the time is none that a calendar has', { ...PAIR, expires_in: 1e300 }, DATE, null],
  ])('is known %s', async (_, body, headers, expected) => {
    expect(await endOf(body, headers)).toBe(expected)
  })
})

describe('refreshing', () => {
  const old = new Secret('the old one')
  const refresh = (answer: Answer) => client.refresh!(speak(answer).http, old)

  test('keeps the refresh token where the service does, and takes the new one where it sends one', async () => {
    const { refresh_token, ...kept } = PAIR
    expect((await refresh(answering(200, kept))).refresh).toBe(old)
    expect((await refresh(answering(200, { ...PAIR, refresh_token: null }))).refresh).toBe(old)
    expect((await refresh(answering(200, PAIR))).refresh?.reveal()).toBe(refresh_token)
  })

  test.each([
    [400, { error: 'invalid_grant' }, 'credential_refused'],
    [401, { error: 'gone', code: 'INVALID_REFRESH_TOKEN' }, 'credential_refused'],
    [401, '', 'credential_refused'],
    [403, { error: 'inactive' }, 'refused'],
    [429, {}, 'rate_limited'],
    [500, '<title>Oops</title>', 'service_error'],
    [503, {}, 'service_error'],
    [302, '', 'bad_answer'],
    [200, { token_type: 'bearer' }, 'bad_answer'],
    [200, { ...PAIR, access_token: 'two\nlines' }, 'bad_answer'],
  ])('answered with %i %j is %s', async (status, body, code) => {
    const failure = await failureOf(refresh(answering(status, body)))
    expect(failure).toMatchObject({ code, status })
    expect(failure.message).toContain('POST /api/v1/auth/refresh')
  })

  test('cut off on the way stays what it is', async () => {
    const cut = new Failure('unreachable', 'cut')
    const failure = await failureOf(refresh(() => Promise.reject(cut)))
    expect(failure).toBe(cut)
  })

  test('is sent without the access token that has ended', async () => {
    const credential: SessionCredential = {
      kind: 'session',
      access: new Secret('ended'),
      refresh: old,
      expiresAt: null,
    }
    const { http, requests } = speak(answering(200, PAIR), { credential })
    await client.refresh!(http, old)
    expect(requests[0]?.headers.authorization).toBeUndefined()
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({ refresh_token: 'the old one' })
  })
})

describe('making a key', () => {
  const made = { id: 'key_1', key: `cm_live_sk_${'0'.repeat(64)}` }
  const ask = (request: object, org: string | null = 'org_1', body: object = made) => {
    const spoken = speak(answering(201, body), { org })
    return { ...spoken, key: client.createKey!(spoken.http, { ...oneKey, ...request }) }
  }

  test('goes to the B2B host, with the organisation in the header', async () => {
    const { key, requests } = ask({})
    await key
    expect(requests[0]).toMatchObject({ method: 'POST', headers: { 'x-org-id': 'org_1' } })
    expect(requests[0]?.url.href).toBe(`${B2B}/api/v1/b2b/api-keys`)
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({ name: 'CI', scopes: ['agents:read'] })
  })

  test('that comes back with the least there can be is still a key', async () => {
    const { key } = ask({})
    expect(await key).toEqual({
      id: 'key_1',
      name: 'CI',
      key: new Secret(made.key),
      prefix: null,
      scopes: ['agents:read'],
      is_active: null,
      expires_at: null,
      last_used_at: null,
      created_at: null,
    })
  })

  test.each([
    ['without an organisation', {}, null, 'input_needed', /--org ORG.*KEYTURN_ORG/],
    ['with an organisation that fits no header', {}, 'org\r\nx: y', 'input_needed', /--org ORG/],
    ['without scopes', { scopes: null }, 'org_1', 'input_needed', /agents:read.*workflows:read.*:execute.*costs:read/],
    ['with an end', { expiresInDays: 90 }, 'org_1', 'unsupported', /--expires-in/],
  ])('%s is refused before anything is sent', async (_, request, org, code, hint) => {
    const { key, requests } = ask(request, org)
    const failure = await failureOf(key)
    expect(failure.code).toBe(code)
    expect(failure.hint).toMatch(hint)
    expect(requests).toEqual([])
  })

  test('without a key in the answer says which field is missing', async () => {
    const failure = await failureOf(ask({}, 'org_1', { id: 'key_1' }).key)
    expect(failure).toMatchObject({ code: 'bad_answer' })
    expect(failure.message).toBe('POST /api/v1/b2b/api-keys answered without a usable "key"')
  })
})

test('both halves together: sign up, sign in, ask who, make a key, refresh, sign out', async () => {
  const curateMe = makeCurateMeHalf({ rotate: true })
  const reference: Answer = async ({ method, url, headers, body }) => {
    const answer = await curateMe.service.listeners[0]!.fetch(new Request(url, { method, headers, body }), {
      address: '127.0.0.1',
    })
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() }
  }
  const anonymous = speak(reference).http
  const signedUp = await client.signUp!(anonymous, newJane)
  expect(signedUp.account).toMatchObject({ username: null, email: JANE.email, name: JANE.name })
  expect(signedUp.session?.expiresAt).toBe('2026-03-27T10:30:00.000Z')

  const { session, account } = await client.passwordSignIn!(anonymous, jane)
  expect(account).toBeNull()
  const signed = (credential: SessionCredential) => speak(reference, { credential, org: curateMe.orgOf() }).http
  expect(await client.account(signed(session))).toEqual(signedUp.account)
  const key = await client.createKey!(signed(session), oneKey)
  expect(key.key.reveal()).toMatch(/^cm_live_sk_/)

  curateMe.clock.advance(30 * MINUTE)
  expect((await failureOf(client.account(signed(session)))).code).toBe('credential_refused')
  const renewed = await client.refresh!(anonymous, session.refresh!)
  expect(renewed.refresh?.reveal()).not.toBe(session.refresh?.reveal())
  expect(await client.account(signed(renewed))).toEqual(signedUp.account)

  await client.signOut!(signed(renewed), renewed.refresh!)
  expect((await failureOf(client.account(signed(renewed)))).code).toBe('credential_refused')
  expect((await failureOf(client.refresh!(anonymous, renewed.refresh!))).code).toBe('credential_refused')
})
