import { beforeEach, describe, expect, test } from 'vitest'
import { DAY, MINUTE } from '../server/hand-clock.ts'
import { ALICE, BOB, codeOf, makeZectreHalf, type ZectreHalf } from './zectre-half.ts'

let zectre: ZectreHalf
beforeEach(async () => {
  zectre = makeZectreHalf()
  expect((await zectre.signUp()).status).toBe(201)
})

const LOGIN = '/api/v1/auth/login'
const KEYS = '/api/v1/api-keys'
const createKey = async (body: object, headers: Record<string, string>) =>
  (await zectre.call('POST', KEYS, { body, headers })).json as { id: string; key: string; prefix: string }

describe('accounts', () => {
  test.each([
    ['without an @', { ...BOB, email: 'bob.example.com' }, 400, 'INVALID_EMAIL'],
    ['with a line end in the address', { ...BOB, email: 'bob@example\n.com' }, 400, 'INVALID_EMAIL'],
    ['with seven characters of password', { ...BOB, password: '1234567' }, 400, 'WEAK_PASSWORD'],
    ['with an address that is taken', { ...BOB, email: ' Alice@Example.com ' }, 409, 'EMAIL_EXISTS'],
    ['without a password', { email: BOB.email }, 400, 'INVALID_REQUEST'],
    ['with a number for a name', { ...BOB, name: 7 }, 400, 'INVALID_REQUEST'],
  ])('signing up %s is refused', async (_, body, status, code) => {
    expect(codeOf(await zectre.call('POST', '/api/v1/auth/signup', { body }))).toEqual([status, code])
  })

  test('two sign-ups with one address at the same moment make one account', async () => {
    const answers = await Promise.all([zectre.signUp(BOB), zectre.signUp(BOB)])
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
  })

  test('nobody becomes an administrator by asking (row 145)', async () => {
    const body = { ...BOB, is_admin: true, id: 'mine' }
    expect((await zectre.call('POST', '/api/v1/auth/signup', { body })).json).toMatchObject({ is_admin: false })
  })

  test('a wrong password and an unknown address are answered alike (row 168)', async () => {
    const wrong = await zectre.call('POST', LOGIN, { body: { ...ALICE, password: 'not this one' } })
    const unknown = await zectre.call('POST', LOGIN, { body: BOB })
    expect(codeOf(wrong)).toEqual([401, 'INVALID_CREDENTIALS'])
    expect(unknown.text).toBe(wrong.text)
  })

  test('a password counts exactly, to the last blank (row 169)', async () => {
    expect((await zectre.call('POST', LOGIN, { body: { ...ALICE, password: `${ALICE.password} ` } })).status).toBe(401)
  })

  test('a disabled account is refused by every way in (rows 20, 137 and 171)', async () => {
    const session = await zectre.logIn()
    const { key } = await createKey({ name: 'CI' }, session)
    const { code } = await zectre.initiate()
    const waiting = await zectre.initiate()
    await zectre.complete(code)
    expect(zectre.service.disable(ALICE.email)).toBe(true)

    const refused = [403, 'ACCOUNT_DISABLED']
    expect(codeOf(await zectre.call('POST', LOGIN, { body: ALICE }))).toEqual(refused)
    expect(codeOf(await zectre.call('GET', '/api/v1/user', { headers: session }))).toEqual(refused)
    expect(codeOf(await zectre.call('GET', '/api/v1/user', { headers: { 'x-api-key': key } }))).toEqual(refused)
    expect(codeOf(await zectre.complete(waiting.code))).toEqual(refused)
    expect(codeOf(await zectre.status(code))).toEqual(refused)
    const guess = await zectre.call('POST', LOGIN, { body: { ...ALICE, password: 'not this one' } })
    expect(codeOf(guess)).toEqual([401, 'INVALID_CREDENTIALS'])
  })
})

describe('credentials', () => {
  test('a session lasts seven days and not a second more', async () => {
    const session = await zectre.logIn()
    zectre.clock.advance(7 * DAY - 1000)
    expect((await zectre.call('GET', '/api/v1/user', { headers: session })).status).toBe(200)
    zectre.clock.advance(1000)
    const ended = await zectre.call('GET', '/api/v1/user', { headers: session })
    expect(codeOf(ended)).toEqual([401, 'UNAUTHORIZED'])
    expect(ended.headers.get('www-authenticate')).toMatch(/^Bearer /)
  })

  test.each([
    ['none', {}],
    ['an empty bearer', { authorization: 'Bearer ' }],
    ['a key as a bearer', { authorization: `Bearer zec_${'0'.repeat(64)}` }],
    ['another scheme', { authorization: 'Basic YTpi' }],
    ['a key that nobody has', { 'x-api-key': `zec_${'0'.repeat(64)}` }],
    ['a key that is no text of ours', { 'x-api-key': '__proto__' }],
  ])('%s opens nothing', async (_, headers) => {
    for (const [method, path] of [
      ['GET', '/api/v1/user'],
      ['GET', KEYS],
      ['POST', KEYS],
      ['DELETE', `${KEYS}/x`],
    ] as const) {
      const answer = await zectre.call(method, path, { headers: headers as Record<string, string> })
      expect(codeOf(answer)).toEqual([401, 'UNAUTHORIZED'])
    }
  })

  test('two credentials at once are refused: it would be a guess which is meant', async () => {
    const session = await zectre.logIn()
    const { key } = await createKey({ name: 'CI' }, session)
    const both = await zectre.call('GET', '/api/v1/user', { headers: { ...session, 'x-api-key': key } })
    expect(both.status).toBe(401)
  })
})

describe('API keys', () => {
  let session: { authorization: string }
  beforeEach(async () => {
    session = await zectre.logIn()
  })
  const list = async (headers: Record<string, string> = session) =>
    (await zectre.call('GET', KEYS, { headers })).json.data

  test('a key is shown once, and never again by any call', async () => {
    const { key, prefix } = await createKey({ name: 'CI' }, session)
    const shown = await zectre.call('GET', KEYS, { headers: session })
    expect(shown.text).toContain(prefix)
    expect(shown.text).not.toContain(key.slice(prefix.length))
    expect(key.startsWith(prefix)).toBe(true)
  })

  test('scopes are everything and the end is never, unless asked for', async () => {
    await createKey({ name: 'plain' }, session)
    await createKey({ name: 'narrow', scopes: ['read'], expires_in_days: 90 }, session)
    expect(await list()).toMatchObject([
      { name: 'plain', scopes: ['*'], expires_at: null, last_used_at: null },
      { name: 'narrow', scopes: ['read'], expires_at: '2026-06-25T10:00:00Z' },
    ])
  })

  test('a key signs as its owner, and is marked as used then', async () => {
    const { key } = await createKey({ name: 'CI' }, session)
    zectre.clock.advance(MINUTE)
    const user = await zectre.call('GET', '/api/v1/user', { headers: { 'x-api-key': key } })
    expect(user.json).toMatchObject({ email: ALICE.email })
    expect(await list()).toMatchObject([{ last_used_at: '2026-03-27T10:01:00Z' }])
  })

  test('a key ends when it was said to', async () => {
    const { key } = await createKey({ name: 'a day', expires_in_days: 1 }, session)
    zectre.clock.advance(DAY - 1)
    expect((await zectre.call('GET', '/api/v1/user', { headers: { 'x-api-key': key } })).status).toBe(200)
    zectre.clock.advance(1)
    expect((await zectre.call('GET', '/api/v1/user', { headers: { 'x-api-key': key } })).status).toBe(401)
  })

  test('a revoked key is dead at once, and revoking it again says that it is not there (row 143)', async () => {
    const { id, key } = await createKey({ name: 'CI' }, session)
    expect((await zectre.call('DELETE', `${KEYS}/${id}`, { headers: session })).status).toBe(204)
    expect((await zectre.call('GET', '/api/v1/user', { headers: { 'x-api-key': key } })).status).toBe(401)
    expect((await zectre.call('DELETE', `${KEYS}/${id}`, { headers: session })).status).toBe(404)
    expect(await list()).toEqual([])
  })

  test("another's key can't be revoked, and is answered as one that is not there (row 143)", async () => {
    const { id, key } = await createKey({ name: 'CI' }, session)
    await zectre.signUp(BOB)
    const bob = await zectre.logIn(BOB)
    const foreign = await zectre.call('DELETE', `${KEYS}/${id}`, { headers: bob })
    const nowhere = await zectre.call('DELETE', `${KEYS}/00000000-0000-4000-8000-000000000000`, { headers: bob })
    expect([foreign.status, foreign.text]).toEqual([404, nowhere.text])
    expect((await zectre.call('GET', '/api/v1/user', { headers: { 'x-api-key': key } })).status).toBe(200)
    expect(await list(bob)).toEqual([])
  })

  test('a key makes no key with more scopes than its own (row 145)', async () => {
    const { key } = await createKey({ name: 'narrow', scopes: ['read', 'api-keys:write'] }, session)
    const headers = { 'x-api-key': key }
    const wider = await zectre.call('POST', KEYS, { body: { name: 'all' }, headers })
    expect(codeOf(wider)).toEqual([403, 'FORBIDDEN'])
    expect((await zectre.call('POST', KEYS, { body: { name: 'less', scopes: ['read'] }, headers })).status).toBe(201)
  })

  test.each([
    ['*', 200, 201, 204],
    ['api-keys:read', 200, 403, 403],
    ['api-keys:write', 403, 201, 204],
    ['api-keys', 403, 403, 403],
    ['read', 403, 403, 403],
  ])(
    'a key with the scope %s lists %d, makes %d and revokes %d; who it is, it may always ask',
    async (scope, ...expected) => {
      const { key } = await createKey({ name: 'scoped', scopes: [scope] }, session)
      const other = await createKey({ name: 'other' }, session)
      const headers = { 'x-api-key': key }
      const listed = await zectre.call('GET', KEYS, { headers })
      const made = await zectre.call('POST', KEYS, { body: { name: 'made', scopes: [scope] }, headers })
      const revoked = await zectre.call('DELETE', `${KEYS}/${other.id}`, { headers })
      expect([listed.status, made.status, revoked.status]).toEqual(expected)
      expect((await zectre.call('GET', '/api/v1/user', { headers })).status).toBe(200)
    },
  )

  test.each([
    ['no name', {}, '"name"'],
    ['an empty name', { name: '' }, '"name"'],
    ['scopes that are no list', { name: 'x', scopes: '*' }, '"scopes"'],
    ['days below one', { name: 'x', expires_in_days: 0 }, '"expires_in_days"'],
    ['days as a text', { name: 'x', expires_in_days: '90' }, '"expires_in_days"'],
  ])('making one with %s is refused by the name of the field', async (_, body, field) => {
    const answer = await zectre.call('POST', KEYS, { body, headers: session })
    expect(codeOf(answer)).toEqual([400, 'INVALID_REQUEST'])
    expect(answer.json.error.message).toContain(field)
  })
})

test('nothing that a caller can do makes the server stumble (rows 158 and 159)', async () => {
  const odd = ['/api/v1/auth/cli/status/%00', '/api/v1/auth/cli/status/%zz', '/api/v1/auth/cli/status/constructor']
  for (const path of odd) expect((await zectre.call('GET', path)).status).toBe(404)
  const body = `{"__proto__":{"email":"x@y"},"email":"x@y","password":${'['.repeat(8000)}${']'.repeat(8000)}}`
  expect((await zectre.call('POST', LOGIN, { body })).status).toBe(400)
  expect(zectre.faults).toEqual([])
})
