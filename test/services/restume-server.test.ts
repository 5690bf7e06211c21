import { beforeEach, describe, expect, test } from 'vitest'
import { MINUTE } from '../server/hand-clock.ts'
import {
  type Answered,
  bearer,
  detailOf,
  fieldsOf,
  HERSHEL,
  makeRestumeHalf,
  type RestumeHalf,
  RUTH,
} from './restume-half.ts'

let restume: RestumeHalf
beforeEach(async () => {
  restume = makeRestumeHalf()
  expect((await restume.register()).status).toBe(200)
})

const REGISTER = '/v1/auth/register'
const LOGIN = '/v1/auth/login'
const KEYS = '/v1/auth/api-keys'
const ACCOUNT = '/v1/me/account'
const get = (path: string, headers: Record<string, string>) => restume.call('GET', path, { headers })
const logIn = (username: string, password: string) => restume.call('POST', LOGIN, { body: { username, password } })
const retryAfter = ({ headers }: Answered) => Number(headers.get('retry-after'))

describe('making an account', () => {
  test.each([
    ['a username of two letters', { username: 'ab' }, 'body.username: value_error'],
    ['a username of fifty-one', { username: 'a'.repeat(51) }, 'body.username: value_error'],
    ['a username with a dash', { username: 'a-b-c' }, 'body.username: value_error'],
    ['a username that is an address', { username: 'ruth@example.com' }, 'body.username: value_error'],
    ['an address without an @', { email: 'ruth.example.com' }, 'body.email: value_error'],
    ['an address with a line end in it', { email: 'ruth@example\n.com' }, 'body.email: value_error'],
    ['seven characters of password', { password: '1234567' }, 'body.password: value_error'],
    ['129 characters of password', { password: 'x'.repeat(129) }, 'body.password: value_error'],
    ['an empty name', { full_name: '' }, 'body.full_name: value_error'],
    ['a name of 201 characters', { full_name: 'x'.repeat(201) }, 'body.full_name: value_error'],
    ['a number for a name', { full_name: 7 }, 'body.full_name: string_type'],
    ['no name', { full_name: undefined }, 'body.full_name: missing'],
    ['null for an address', { email: null }, 'body.email: string_type'],
  ])('with %s is refused by the name of the field', async (_, change, field) => {
    const answer = await restume.call('POST', REGISTER, { body: { ...RUTH, ...change } })
    expect(fieldsOf(answer)).toEqual([422, field])
  })

  test('every field that is wrong is named, once, and nothing that was sent is repeated', async () => {
    const answer = await restume.call('POST', REGISTER, { body: { username: '-', password: 'hunt3r' } })
    expect(fieldsOf(answer)).toEqual([
      422,
      'body.username: value_error',
      'body.email: missing',
      'body.password: value_error',
      'body.full_name: missing',
    ])
    expect(answer.text).not.toContain('hunt3r')
    expect(answer.json.detail[2].msg).toBe('must have 8 to 128 characters')
  })

  test.each([
    ['three letters, eight characters, one', { username: 'abc', password: '12345678', full_name: 'x' }],
    ['fifty, 128, 200', { username: 'a'.repeat(50), password: 'x'.repeat(128), full_name: '🙂'.repeat(200) }],
  ])('the limits themselves are good: %s', async (_, change) => {
    expect((await restume.call('POST', REGISTER, { body: { ...RUTH, ...change } })).status).toBe(200)
  })

  test.each([
    ['username', { ...RUTH, username: 'Hershel' }],
    ['address', { ...RUTH, email: ' Hershel@Example.com ' }],
  ])('a %s that is taken is refused, in words that do not say which it was', async (_, who) => {
    expect(detailOf(await restume.register(who))).toEqual([409, 'the username or the email address is taken'])
  })

  test('two at the same moment make one account', async () => {
    const answers = await Promise.all([restume.register(RUTH), restume.register(RUTH)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
  })

  test('nobody becomes more than others by asking (row 145)', async () => {
    const more = { id: 'mine', plan: 'pro', email_verified: true, is_admin: true }
    const { json } = await restume.call('POST', REGISTER, { body: { ...RUTH, ...more } })
    expect(json.id).not.toBe('mine')
    const account = await get(ACCOUNT, await restume.logIn(RUTH))
    expect(account.json).toEqual({
      username: 'ruth',
      email: 'ruth@example.com',
      email_verified: false,
      google_linked: false,
      has_password: true,
      can_unlink_google: false,
      available_sign_in_methods: ['password'],
      plan: 'free',
      plan_source: 'default',
    })
  })
})

describe('signing in', () => {
  test.each([['hershel'], ['HERSHEL'], ['hershel@example.com'], ['Hershel@Example.COM']])(
    'works as %s',
    async (name) => {
      const { status, json } = await logIn(name, HERSHEL.password)
      expect([status, json.token_type]).toEqual([200, 'bearer'])
    },
  )

  test('a wrong password and a name that nobody has are answered alike (row 168)', async () => {
    const wrong = await logIn(HERSHEL.username, 'not this one')
    expect(detailOf(wrong)).toEqual([401, 'the username or the password is wrong'])
    for (const nobody of ['nobody', 'nobody@example.com']) {
      const answer = await logIn(nobody, HERSHEL.password)
      expect([answer.status, answer.text]).toEqual([wrong.status, wrong.text])
    }
  })

  test('never makes a key by itself', async () => {
    expect((await get(KEYS, await restume.logIn())).json).toEqual([])
  })

  test('after five wrong passwords it has to wait, whichever name was used, and longer each time (row 170)', async () => {
    for (const name of ['hershel', 'HERSHEL', HERSHEL.email, 'hershel', HERSHEL.email]) {
      expect((await logIn(name, 'not this one')).status).toBe(401)
    }
    const first = await logIn('hershel', HERSHEL.password)
    expect([first.status, retryAfter(first)]).toEqual([429, 30])
    expect((await logIn(HERSHEL.email, HERSHEL.password)).status).toBe(429)
    restume.clock.advance(30_000)
    expect((await logIn('hershel', 'not this one')).status).toBe(401)
    expect(retryAfter(await logIn('hershel', 'not this one'))).toBe(60)
    expect((await logIn(RUTH.username, RUTH.password)).status).toBe(401)
  })

  test('a name that nobody has is counted just the same', async () => {
    for (let tries = 0; tries < 5; tries += 1) await logIn('nobody', 'not this one')
    const answer = await logIn('nobody', 'not this one')
    expect([answer.status, retryAfter(answer)]).toEqual([429, 30])
  })

  test('the owner is never shut out for good (row 170)', async () => {
    for (let tries = 0; tries < 40; tries += 1) {
      await logIn('hershel', 'not this one')
      restume.clock.advance(15 * MINUTE)
    }
    expect((await logIn('hershel', HERSHEL.password)).status).toBe(200)
    expect((await logIn('hershel', 'not this one')).status).toBe(401)
  })

  test('a password that was counted as wrong while it was being checked is not forgiven by a burst', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => logIn('hershel', `guess ${index}`)))
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(25)
  })
})

describe('credentials', () => {
  test('a session lasts an hour and not a second more', async () => {
    const session = await restume.logIn()
    restume.clock.advance(60 * MINUTE - 1000)
    expect((await get(ACCOUNT, session)).status).toBe(200)
    restume.clock.advance(1000)
    const ended = await get(ACCOUNT, session)
    expect(ended.status).toBe(401)
    expect(ended.headers.get('www-authenticate')).toMatch(/^Bearer /)
  })

  test.each([
    ['none', {}],
    ['an empty bearer', { authorization: 'Bearer ' }],
    ['a key as a bearer', bearer(`rst_${'0'.repeat(64)}`)],
    ['another scheme', { authorization: 'Basic YTpi' }],
    ['a key that nobody has', { 'x-api-key': `rst_${'0'.repeat(64)}` }],
    ['a key of another service', { 'x-api-key': `zec_${'0'.repeat(64)}` }],
  ])('%s opens nothing', async (_, headers) => {
    for (const [method, path] of [
      ['GET', ACCOUNT],
      ['GET', '/v1/me/profile'],
      ['GET', '/v1/me/insights'],
      ['GET', '/v1/admin/users'],
      ['POST', '/v1/me/google/unlink'],
      ['GET', KEYS],
      ['POST', KEYS],
      ['DELETE', `${KEYS}/x`],
    ] as const) {
      const answer = await restume.call(method, path, { headers: headers as Record<string, string> })
      expect([path, answer.status]).toEqual([path, 401])
    }
  })

  test('two credentials at once are refused: it would be a guess which is meant', async () => {
    const session = await restume.logIn()
    const { raw_key } = await restume.createKey(session)
    expect((await get(ACCOUNT, { ...session, 'x-api-key': raw_key })).status).toBe(401)
  })

  test('a disabled account is refused by every way in, and only who knows the password is told so (rows 137 and 171)', async () => {
    await restume.verify()
    const session = await restume.logIn()
    const { raw_key } = await restume.createKey(session)
    expect(restume.service.disable(HERSHEL.email)).toBe(true)
    const refused = [403, 'this account is inactive']
    expect(detailOf(await get(ACCOUNT, session))).toEqual(refused)
    expect(detailOf(await get(ACCOUNT, { 'x-api-key': raw_key }))).toEqual(refused)
    expect(detailOf(await logIn('hershel', HERSHEL.password))).toEqual(refused)
    expect(detailOf(await restume.withGoogle())).toEqual(refused)
    expect((await logIn('hershel', 'not this one')).status).toBe(401)
    expect(restume.service.disable('nobody@example.com')).toBe(false)
  })

  test.each([
    ['/v1/me/insights', 'insights belong to the Pro plan, and this account is on the free one'],
    ['/v1/admin/users', 'this is for administrators'],
  ])('%s is for others, whichever credential asks', async (path, detail) => {
    const session = await restume.logIn()
    const { raw_key } = await restume.createKey(session)
    expect(detailOf(await get(path, session))).toEqual([403, detail])
    expect(detailOf(await get(path, { 'x-api-key': raw_key }))).toEqual([403, detail])
  })
})

describe('API keys', () => {
  let session: { authorization: string }
  beforeEach(async () => {
    session = await restume.logIn()
  })

  test('are managed by a session alone: a key gets 403', async () => {
    const { id, raw_key } = await restume.createKey(session)
    const headers = { 'x-api-key': raw_key }
    const refused = [403, 'this needs a JWT from POST /v1/auth/login; an API key is not enough']
    expect(detailOf(await restume.call('POST', KEYS, { body: { name: 'x' }, headers }))).toEqual(refused)
    expect(detailOf(await get(KEYS, headers))).toEqual(refused)
    expect(detailOf(await restume.call('DELETE', `${KEYS}/${id}`, { headers }))).toEqual(refused)
  })

  test('are shown once, and never again by any call', async () => {
    const { raw_key, prefix } = await restume.createKey(session)
    const list = await get(KEYS, session)
    expect(list.text).toContain(prefix)
    expect(list.text).not.toContain(raw_key.slice(prefix.length))
  })

  test('sign as their owner', async () => {
    const { raw_key } = await restume.createKey(session)
    expect((await get('/v1/me/profile', { 'x-api-key': raw_key })).json).toMatchObject({ username: 'hershel' })
  })

  test('are dead as soon as they are revoked, and gone from the list', async () => {
    const { id, raw_key } = await restume.createKey(session)
    const revoke = () => restume.call('DELETE', `${KEYS}/${id}`, { headers: session })
    expect((await revoke()).status).toBe(204)
    expect((await get(ACCOUNT, { 'x-api-key': raw_key })).status).toBe(401)
    expect((await get(KEYS, session)).json).toEqual([])
    expect(detailOf(await revoke())).toEqual([404, 'you have no API key with this id'])
  })

  test("can't be seen or revoked by another, who is told what is told of one that is not there (row 143)", async () => {
    const { id, raw_key } = await restume.createKey(session)
    await restume.register(RUTH)
    const ruth = await restume.logIn(RUTH)
    const foreign = await restume.call('DELETE', `${KEYS}/${id}`, { headers: ruth })
    const nowhere = await restume.call('DELETE', `${KEYS}/00000000-0000-4000-8000-000000000000`, { headers: ruth })
    expect([foreign.status, foreign.text]).toEqual([404, nowhere.text])
    expect((await get(KEYS, ruth)).json).toEqual([])
    expect((await get(ACCOUNT, { 'x-api-key': raw_key })).status).toBe(200)
  })

  test.each([
    ['no name', {}, 'missing'],
    ['an empty name', { name: '' }, 'value_error'],
    ['a name of 101 characters', { name: 'x'.repeat(101) }, 'value_error'],
    ['a list for a name', { name: ['x'] }, 'string_type'],
  ])('are not made with %s', async (_, body, type) => {
    const answer = await restume.call('POST', KEYS, { body, headers: session })
    expect(fieldsOf(answer)).toEqual([422, `body.name: ${type}`])
  })

  test('have a thousand requests a day between them; a session and another account have their own', async () => {
    const keys = [await restume.createKey(session), await restume.createKey(session)]
    const use = (index: number) => get('/v1/me/profile', { 'x-api-key': keys[index % 2]!.raw_key })
    for (let index = 0; index < 1000; index += 1) expect((await use(index)).status).toBe(200)
    const over = await use(0)
    // 10:00 UTC: fourteen hours are left of the day.
    expect([over.status, retryAfter(over)]).toEqual([429, 14 * 60 * 60])
    expect(over.json.detail).toContain('1000 requests')
    expect((await get(ACCOUNT, session)).status).toBe(200)
    await restume.register(RUTH)
    const { raw_key: other } = await restume.createKey(await restume.logIn(RUTH))
    expect((await get(ACCOUNT, { 'x-api-key': other })).status).toBe(200)
    restume.clock.advance(14 * 60 * MINUTE)
    expect((await use(1)).status).toBe(200)
  }, 30_000)
})

test('the known account can sign in at once, and is made once', async () => {
  const { username, password } = await restume.service.seed()
  await restume.service.seed()
  expect((await logIn(username ?? '', password)).status).toBe(200)
  expect((await get(ACCOUNT, await restume.logIn({ username: 'dev@example.com', password }))).json).toMatchObject({
    username: 'dev',
    email_verified: true,
  })
})

test('accounts and keys are the same after they were saved and put in force again', async () => {
  const { raw_key } = await restume.createKey(await restume.logIn())
  const saved = JSON.parse(JSON.stringify(restume.service.state?.save()))
  expect(JSON.stringify(saved)).not.toContain(raw_key.slice(12))
  const next = makeRestumeHalf()
  next.service.state?.prepare(saved)?.()
  expect((await next.call('GET', ACCOUNT, { headers: { 'x-api-key': raw_key } })).json).toMatchObject({
    username: 'hershel',
  })
  expect((await next.call('GET', KEYS, { headers: await next.logIn() })).json).toHaveLength(1)
  expect(next.service.state?.prepare({ accounts: [{}] })).toBeNull()
})

test('nothing that a caller can do makes the server stumble (rows 158 and 159)', async () => {
  const deep = `{"__proto__":{"username":"x"},"username":"x","password":${'['.repeat(7000)}${']'.repeat(7000)}}`
  expect(fieldsOf(await restume.call('POST', LOGIN, { body: deep }))).toEqual([422, 'body.password: string_type'])
  for (const body of ['[]', 'null', '"x"', '7']) {
    expect((await restume.call('POST', LOGIN, { body })).status).toBe(422)
  }
  expect((await restume.call('POST', LOGIN, { body: '{' })).status).toBe(400)
  expect((await logIn('hershel', 'x'.repeat(10_000))).status).toBe(422)
  for (const id of ['%00', '%zz', 'constructor']) {
    const headers = await restume.logIn()
    expect((await restume.call('DELETE', `${KEYS}/${id}`, { headers })).status).toBe(404)
  }
  expect(restume.faults).toEqual([])
})
