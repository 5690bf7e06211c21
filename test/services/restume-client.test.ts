import { describe, expect, test } from 'vitest'
import type { Call, Http } from '../../src/http/http.ts'
import type { WireAnswer } from '../../src/http/transport.ts'
import { client } from '../../src/services/restume/client.ts'
import { Secret } from '../../src/vocabulary/secret.ts'
import { HERSHEL } from './restume-half.ts'

const answer = (status: number, body: unknown): WireAnswer => ({
  status,
  headers: {},
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

/** Gives the answers in turn, and keeps what was asked. */
const speak = (...answers: WireAnswer[]) => {
  const calls: Call[] = []
  const http: Http = {
    org: null,
    clockOffset: () => null,
    send: async (call) => {
      calls.push(call)
      return answers[calls.length - 1] ?? answer(500, 'asked more often than there are answers')
    },
  }
  return { http, calls }
}

const ACCOUNT = {
  username: 'hershel',
  google_linked: true,
  has_password: true,
  can_unlink_google: true,
  available_sign_in_methods: ['password', 'google'],
}
const hershel = { name: 'hershel', password: new Secret(HERSHEL.password) }
const jwt = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`

describe('the account', () => {
  test('is what the page shows, with null for what it does not, and all that the service sent besides', async () => {
    const more = { plan: 'pro', plan_source: 'stripe', email_verified: true, seats: 3 }
    expect(await client.account(speak(answer(200, { ...ACCOUNT, ...more })).http)).toMatchObject({
      id: null,
      name: null,
      email: null,
      created_at: null,
      ...ACCOUNT,
      ...more,
    })
  })

  test.each(Object.keys(ACCOUNT))('without "%s" is no answer, and the failure names it', async (field) => {
    const { [field as 'username']: _, ...rest } = ACCOUNT
    await expect(client.account(speak(answer(200, rest)).http)).rejects.toMatchObject({
      code: 'bad_answer',
      message: `GET /v1/me/account answered without a usable "${field}"`,
    })
  })
})

describe('unlinking Google', () => {
  const unlinked = { ...ACCOUNT, google_linked: false }

  test.each([
    ['nothing', ''],
    ['a message', { message: 'unlinked' }],
    ['a text', 'OK'],
  ])('answered with %s is followed by a question for the account', async (_, body) => {
    const { http, calls } = speak(answer(200, body), answer(200, unlinked))
    expect(await client.unlinkGoogle!(http)).toMatchObject({ google_linked: false })
    expect(calls.map(({ operation }) => operation)).toEqual(['POST /v1/me/google/unlink', 'GET /v1/me/account'])
  })

  test('answered with the account is done', async () => {
    const { http, calls } = speak(answer(200, unlinked))
    expect(await client.unlinkGoogle!(http)).toMatchObject({ google_linked: false })
    expect(calls).toHaveLength(1)
  })
})

describe('a session', () => {
  test.each([
    ['says itself when it ends', jwt({ exp: 1774605600 }), '2026-03-27T10:00:00Z'],
    ['that is no JWT is as good, and its end is not known', 'opaque', null],
  ])('%s', async (_, access_token, expiresAt) => {
    const { session, account } = await client.passwordSignIn!(speak(answer(200, { access_token })).http, hershel)
    expect(session).toMatchObject({ kind: 'session', refresh: null, expiresAt })
    expect([session.access.reveal(), account]).toEqual([access_token, null])
  })

  test.each([
    ['none', {}],
    ['an empty one', { access_token: '' }],
    ['one with a line end in it', { access_token: 'a\nX-Admin: 1' }],
    ['a number', { access_token: 7 }],
  ])('with %s for a token is no answer', async (_, body) => {
    await expect(client.passwordSignIn!(speak(answer(200, body)).http, hershel)).rejects.toMatchObject({
      code: 'bad_answer',
      message: 'POST /v1/auth/login answered without a usable "access_token"',
    })
  })
})

describe('a key', () => {
  const asked = { name: 'ci', scopes: null, expiresInDays: null }
  const made = { id: '1', raw_key: 'rst_a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5' }

  test('bears the name that was asked for where the answer leaves it out', async () => {
    const key = await client.createKey!(speak(answer(200, made)).http, asked)
    expect(key).toMatchObject({ id: '1', name: 'ci', prefix: null, is_active: null, created_at: null, scopes: null })
    expect(key.key.reveal()).toBe(made.raw_key)
  })

  test.each([
    ['no key', { id: '1' }, 'raw_key'],
    ['a key of another service', { ...made, raw_key: 'zec_12345678' }, 'raw_key'],
    ['a key with an escape in it', { ...made, raw_key: 'rst_\u001b[2J1234' }, 'raw_key'],
    ['no id', { raw_key: made.raw_key }, 'id'],
  ])('promised and answered with %s is a failure that names the field and not what it held', async (_, body, field) => {
    await expect(client.createKey!(speak(answer(200, body)).http, asked)).rejects.toMatchObject({
      code: 'bad_answer',
      message: `POST /v1/auth/api-keys answered without a usable "${field}"`,
    })
  })

  test.each([
    ['scopes', { ...asked, scopes: ['read'] }],
    ['an end', { ...asked, expiresInDays: 90 }],
  ])('with %s can’t be had, and nothing is sent for it', async (_, request) => {
    const { http, calls } = speak()
    await expect(client.createKey!(http, request)).rejects.toMatchObject({ code: 'unsupported' })
    expect(calls).toEqual([])
  })
})

test('a 422 is shown field by field', async () => {
  const detail = [
    { loc: ['body', 'username'], msg: 'must be 3 to 50 letters and digits', type: 'value_error' },
    { loc: ['body', 'email'], msg: 'is required', type: 'missing' },
  ]
  const newAccount = { username: '-', email: '', password: new Secret(''), name: null }
  await expect(client.signUp!(speak(answer(422, { detail })).http, newAccount)).rejects.toMatchObject({
    code: 'refused',
    message: 'POST /v1/auth/register: username: must be 3 to 50 letters and digits; email: is required (422)',
  })
})
