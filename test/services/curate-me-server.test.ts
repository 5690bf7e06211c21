import { beforeEach, describe, expect, test } from 'vitest'
import { MINUTE } from '../server/hand-clock.ts'
import { BOB, bearer, type CurateMeHalf, codeOf, JANE, makeCurateMeHalf, type Tokens } from './curate-me-half.ts'

const REGISTER = '/api/v1/auth/register'
const LOGIN = '/api/v1/auth/login'
const PROFILE = '/api/v1/user/profile'
const KEYS = '/api/v1/b2b/api-keys'
const AGENTS = '/api/v1/admin/agents/status'

let curateMe: CurateMeHalf
beforeEach(async () => {
  curateMe = makeCurateMeHalf()
  expect((await curateMe.register()).status).toBe(201)
})

describe('accounts', () => {
  test.each([
    ['without an @', { ...BOB, email: 'bob.example.com' }, 422, 'INVALID_EMAIL'],
    ['with a line end in the address', { ...BOB, email: 'bob@example\n.com' }, 422, 'INVALID_EMAIL'],
    ['with an address of 400 letters', { ...BOB, email: `${'b'.repeat(400)}@x.y` }, 422, 'INVALID_REQUEST'],
    ['with seven characters of password', { ...BOB, password: '1234567' }, 422, 'WEAK_PASSWORD'],
    ['with an address that is taken', { ...BOB, email: ' User@Example.com ' }, 409, 'EMAIL_EXISTS'],
    ['without a name', { email: BOB.email, password: BOB.password }, 422, 'INVALID_REQUEST'],
    ['with an empty name', { ...BOB, name: '' }, 422, 'INVALID_REQUEST'],
    ['with a number for a password', { ...BOB, password: 12345678 }, 422, 'INVALID_REQUEST'],
  ])('registering %s is refused', async (_, body, status, code) => {
    expect(codeOf(await curateMe.call('POST', REGISTER, { body }))).toEqual([status, code])
  })

  test('a refusal says what is wrong in one text, and names the field', async () => {
    const { json } = await curateMe.call('POST', REGISTER, { body: { email: BOB.email } })
    expect(json).toEqual({ error: '"password" is missing or not as documented', code: 'INVALID_REQUEST' })
  })

  test('two registrations of one address at the same moment make one account', async () => {
    const answers = await Promise.all([curateMe.register(BOB), curateMe.register(BOB)])
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
  })

  test('registering signs in as well', async () => {
    const { json } = await curateMe.register(BOB)
    expect((await curateMe.profile(json.access_token)).json).toEqual(json.user)
  })

  test('a wrong password and an unknown address are answered alike (row 168)', async () => {
    const wrong = await curateMe.call('POST', LOGIN, { body: { ...JANE, password: 'not this one' } })
    const unknown = await curateMe.call('POST', LOGIN, { body: BOB })
    expect(codeOf(wrong)).toEqual([401, 'INVALID_CREDENTIALS'])
    expect(unknown.text).toBe(wrong.text)
  })

  test('a disabled account is refused by every way in (rows 137 and 171)', async () => {
    const { access_token, refresh_token } = await curateMe.logIn()
    const headers = { ...bearer(access_token), 'x-org-id': curateMe.orgOf() }
    const body = { name: 'CI', scopes: ['agents:read'] }
    const { key } = (await curateMe.call('POST', KEYS, { body, headers })).json
    expect(curateMe.service.disable('USER@example.com')).toBe(true)
    expect(curateMe.service.disable('nobody@example.com')).toBe(false)

    const refused = [403, 'ACCOUNT_DISABLED']
    expect(codeOf(await curateMe.call('POST', LOGIN, { body: JANE }))).toEqual(refused)
    expect(codeOf(await curateMe.refresh(refresh_token))).toEqual(refused)
    expect(codeOf(await curateMe.profile(access_token))).toEqual(refused)
    expect(codeOf(await curateMe.call('POST', KEYS, { body, headers }))).toEqual(refused)
    expect(codeOf(await curateMe.call('GET', AGENTS, { headers }))).toEqual(refused)
    expect(codeOf(await curateMe.call('GET', AGENTS, { headers: { 'x-api-key': key } }))).toEqual(refused)
    const guess = await curateMe.call('POST', LOGIN, { body: { ...JANE, password: 'not this one' } })
    expect(codeOf(guess)).toEqual([401, 'INVALID_CREDENTIALS'])
  })

  test('the seeded account signs in, and what is told of it opens its organisation', async () => {
    const { email, password, note } = await curateMe.service.seed()
    const { json } = await curateMe.call('POST', LOGIN, { body: { email, password } })
    const org = /--org (org_[0-9a-f]{24})$/.exec(note ?? '')?.[1] ?? ''
    const headers = { ...bearer(json.access_token), 'x-org-id': org }
    expect((await curateMe.call('GET', AGENTS, { headers })).json).toEqual({ org_id: org, agents: [] })
  })
})

describe('guessing at a password', () => {
  const logIn = (password: string, email = JANE.email) => curateMe.call('POST', LOGIN, { body: { email, password } })
  const wrong = async (times: number) => {
    for (let index = 0; index < times; index += 1) await logIn(`wrong ${index}`)
  }

  test('five may be wrong; after that even the right one has to wait, and is told how long (row 170)', async () => {
    await wrong(4)
    expect((await logIn('the fifth')).status).toBe(401)
    const sixth = await logIn(JANE.password)
    expect(codeOf(sixth)).toEqual([429, 'TOO_MANY_ATTEMPTS'])
    expect(sixth.headers.get('retry-after')).toBe('30')
    curateMe.clock.advance(30_000)
    expect((await logIn(JANE.password)).status).toBe(200)
    await wrong(4)
    expect((await logIn(JANE.password)).status).toBe(200)
  })

  test('each further one makes the wait longer, and none for good', async () => {
    await wrong(5)
    const waits: number[] = []
    for (let index = 0; index < 7; index += 1) {
      const seconds = Number((await logIn('again')).headers.get('retry-after'))
      waits.push(seconds)
      curateMe.clock.advance(seconds * 1000)
      expect((await logIn('again')).status).toBe(401)
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 900, 900])
    curateMe.clock.advance(15 * MINUTE)
    expect((await logIn(JANE.password)).status).toBe(200)
  })

  test('a burst gets no further than one after the other, however the address is cased (row 170)', async () => {
    const emails = Array.from({ length: 20 }, (_, index) => (index % 2 ? JANE.email : JANE.email.toUpperCase()))
    const answers = await Promise.all(emails.map((email, index) => logIn(`wrong ${index}`, email)))
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(15)
  })

  test('an address that has no account is slowed down alike, and nobody else is', async () => {
    for (let index = 0; index < 5; index += 1) await logIn(`wrong ${index}`, BOB.email)
    expect((await logIn('wrong', BOB.email)).status).toBe(429)
    expect((await logIn(JANE.password)).status).toBe(200)
  })

  test('who is signed in stays so', async () => {
    const { access_token, refresh_token } = await curateMe.logIn()
    await wrong(6)
    expect((await curateMe.profile(access_token)).status).toBe(200)
    expect((await curateMe.refresh(refresh_token)).status).toBe(200)
  })
})

describe('credentials', () => {
  let tokens: Tokens
  beforeEach(async () => {
    tokens = await curateMe.logIn()
  })

  test.each<[string, (tokens: Tokens) => Record<string, string>]>([
    ['none', () => ({})],
    ['an empty bearer', () => ({ authorization: 'Bearer ' })],
    ['another scheme', () => ({ authorization: 'Basic YTpi' })],
    ['a refresh token as a bearer', ({ refresh_token }) => bearer(refresh_token)],
    ['a token with its signature cut off', ({ access_token }) => bearer(access_token.replace(/[^.]+$/, ''))],
    ['a key that nobody has', () => ({ 'x-api-key': `cm_live_sk_${'0'.repeat(64)}` })],
    ['a key that is no text of ours', () => ({ 'x-api-key': '__proto__' })],
    ['two at once', ({ access_token }) => ({ ...bearer(access_token), 'x-api-key': 'x' })],
  ])('%s opens nothing', async (_, headersOf) => {
    const headers = { ...headersOf(tokens), 'x-org-id': curateMe.orgOf() }
    for (const [method, path] of [
      ['GET', PROFILE],
      ['GET', AGENTS],
      ['GET', `/organizations/${curateMe.orgOf()}${AGENTS}`],
      ['POST', KEYS],
      ['POST', '/api/v1/auth/logout'],
    ] as const) {
      const answer = await curateMe.call(method, path, { headers })
      expect(codeOf(answer)).toEqual([401, 'UNAUTHORIZED'])
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer /)
    }
  })
})

test('nothing that a caller can do makes the server stumble (rows 158 and 159)', async () => {
  expect((await curateMe.call('GET', '/organizations/%00/api/v1/admin/agents/status')).status).toBe(401)
  expect(codeOf(await curateMe.call('GET', '/api/v1/nowhere'))).toEqual([404, 'NOT_FOUND'])
  expect(codeOf(await curateMe.call('GET', LOGIN))).toEqual([405, 'METHOD_NOT_ALLOWED'])
  expect(codeOf(await curateMe.call('POST', LOGIN, { body: '{"email":' }))).toEqual([400, 'INVALID_JSON'])
  const body = `{"__proto__":{"email":"x@y"},"email":"x@y","password":${'['.repeat(8000)}${']'.repeat(8000)}}`
  expect((await curateMe.call('POST', LOGIN, { body })).status).toBe(422)
  expect(curateMe.faults).toEqual([])
})
