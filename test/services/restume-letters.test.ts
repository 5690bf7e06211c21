import { beforeEach, describe, expect, test } from 'vitest'
import { MINUTE } from '../server/hand-clock.ts'
import { detailOf, fieldsOf, GOOGLE, HERSHEL, makeRestumeHalf, type RestumeHalf, RUTH } from './restume-half.ts'

let restume: RestumeHalf
beforeEach(async () => {
  restume = makeRestumeHalf()
  await restume.register()
})

const post = (path: string, body: object, headers = {}) => restume.call('POST', path, { body, headers })
const verify = (code: string, email = HERSHEL.email) => post('/v1/auth/verify-email', { email, code })
const resend = (email = HERSHEL.email) => post('/v1/auth/resend-verification', { email })
const forgot = (email = HERSHEL.email) => post('/v1/auth/forgot-password', { email })
const reset = (token: string, new_password = 'another P@ss') => post('/v1/auth/reset-password', { token, new_password })
const isVerified = async () =>
  (await restume.call('GET', '/v1/me/account', { headers: await restume.logIn() })).json.email_verified
/** Another code than the right one. */
const wrong = (right: string) => right.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10))

const WRONG_CODE = [422, 'body.code: invalid_code']
const WRONG_TOKEN = [422, 'body.token: invalid_token']

describe('verifying an address', () => {
  test('takes the six digits that signing up sent', async () => {
    expect(restume.letters).toMatchObject([{ to: HERSHEL.email, code: expect.stringMatching(/^\d{6}$/) }])
    expect(await isVerified()).toBe(false)
    expect((await verify(restume.lastCode())).json).toEqual({ email: HERSHEL.email, email_verified: true })
    expect(await isVerified()).toBe(true)
  })

  test('a code is good for one time', async () => {
    const code = restume.lastCode()
    await verify(code)
    expect(fieldsOf(await verify(code))).toEqual(WRONG_CODE)
  })

  test.each([
    ['left alone', 0],
    ['set back an hour', -60 * MINUTE],
  ])('a code lives ten minutes, with a wall clock that is %s', async (_, change) => {
    restume.clock.advance(10 * MINUTE - 1)
    restume.clock.set(change)
    restume.clock.advance(1)
    expect(fieldsOf(await verify(restume.lastCode()))).toEqual(WRONG_CODE)
    await resend()
    restume.clock.advance(10 * MINUTE - 1)
    expect((await verify(restume.lastCode())).status).toBe(200)
  })

  test('a code has five tries, and the fifth still counts', async () => {
    const code = restume.lastCode()
    for (let tries = 0; tries < 4; tries += 1) expect(fieldsOf(await verify(wrong(code)))).toEqual(WRONG_CODE)
    expect((await verify(code)).status).toBe(200)
  })

  test('after five wrong ones the right one is too late', async () => {
    const code = restume.lastCode()
    for (let tries = 0; tries < 5; tries += 1) await verify(wrong(code))
    expect(fieldsOf(await verify(code))).toEqual(WRONG_CODE)
    await resend()
    expect((await verify(restume.lastCode())).status).toBe(200)
  })

  test('a fresh code puts the one before it out of use', async () => {
    const first = restume.lastCode()
    await resend()
    // One time in a million they are the same.
    if (restume.lastCode() !== first) expect(fieldsOf(await verify(first))).toEqual(WRONG_CODE)
    expect((await verify(restume.lastCode())).status).toBe(200)
  })

  test("another's code is a wrong one", async () => {
    const code = restume.lastCode()
    await restume.register(RUTH)
    if (restume.lastCode(RUTH.email) !== code) expect(fieldsOf(await verify(code, RUTH.email))).toEqual(WRONG_CODE)
    expect((await verify(code)).status).toBe(200)
  })

  test('five digits are told from a wrong code', async () => {
    expect(fieldsOf(await verify('12345'))).toEqual([422, 'body.code: value_error'])
  })

  test('an address that nobody has is answered as a wrong code is', async () => {
    const nobody = await verify('000000', 'nobody@example.com')
    expect([nobody.status, nobody.text]).toEqual([422, (await verify(wrong(restume.lastCode()))).text])
  })
})

describe('no answer tells whether there is an account', () => {
  test.each([
    ['resending', () => resend, 1],
    ['recovering', () => forgot, 1],
  ])('%s: the same answer, and a letter only where there is one', async (_, ask, sent) => {
    const before = restume.letters.length
    const known = await ask()()
    const unknown = await ask()('nobody@example.com')
    expect([unknown.status, unknown.text]).toEqual([known.status, known.text])
    expect([...unknown.headers].sort()).toEqual([...known.headers].sort())
    expect(restume.letters.length - before).toBe(sent)
  })

  test('nor whether its address is verified already', async () => {
    const waiting = await resend()
    await verify(restume.lastCode())
    const before = restume.letters.length
    expect((await resend()).text).toBe(waiting.text)
    expect(restume.letters).toHaveLength(before)
  })

  test.each([
    ['resending', () => resend],
    ['recovering', () => forgot],
  ])('%s is for five letters an hour, whether or not there is an account', async (_, ask) => {
    for (const email of [HERSHEL.email, 'nobody@example.com']) {
      for (let letters = 0; letters < 5; letters += 1) expect((await ask()(email)).status).toBe(200)
      restume.clock.advance(20 * MINUTE)
      const many = await ask()(email.toUpperCase())
      expect([many.status, many.headers.get('retry-after')]).toEqual([429, '2400'])
      restume.clock.advance(40 * MINUTE)
      expect((await ask()(email)).status).toBe(200)
    }
  })
})

describe('setting a password anew', () => {
  test('takes the token that was sent, once', async () => {
    await forgot()
    const token = restume.lastCode()
    expect(token).toMatch(/^[\w-]{43}$/)
    expect((await reset(token)).status).toBe(200)
    expect(fieldsOf(await reset(token, 'a third P@ss'))).toEqual(WRONG_TOKEN)
    const { username } = HERSHEL
    expect((await post('/v1/auth/login', { username, password: HERSHEL.password })).status).toBe(401)
    expect((await post('/v1/auth/login', { username, password: 'another P@ss' })).status).toBe(200)
  })

  test('a token sets one password, however many ask at once', async () => {
    await forgot()
    const token = restume.lastCode()
    const answers = await Promise.all(['one P@ssword', 'two P@ssword'].map((password) => reset(token, password)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422])
  })

  test.each([
    ['left alone', 0],
    ['set back an hour', -60 * MINUTE],
  ])('a token lives an hour, with a wall clock that is %s', async (_, change) => {
    await forgot()
    restume.clock.advance(60 * MINUTE - 1)
    restume.clock.set(change)
    restume.clock.advance(1)
    expect(fieldsOf(await reset(restume.lastCode()))).toEqual(WRONG_TOKEN)
  })

  test('every other token of the account is dead then too, and nobody else’s', async () => {
    await restume.register(RUTH)
    await forgot()
    const first = restume.lastCode()
    await forgot()
    await forgot(RUTH.email)
    expect((await reset(restume.lastCode())).status).toBe(200)
    expect(fieldsOf(await reset(first))).toEqual(WRONG_TOKEN)
    expect((await reset(restume.lastCode(RUTH.email))).status).toBe(200)
  })

  test('a password that is no good costs no token', async () => {
    await forgot()
    const token = restume.lastCode()
    expect(fieldsOf(await reset(token, 'short'))).toEqual([422, 'body.new_password: value_error'])
    expect((await reset(token)).status).toBe(200)
  })

  test('ends every session from before, and not those after (row 137)', async () => {
    const before = await restume.logIn()
    await forgot()
    await reset(restume.lastCode())
    const after = await restume.logIn({ username: HERSHEL.username, password: 'another P@ss' })
    expect((await restume.call('GET', '/v1/me/account', { headers: before })).status).toBe(401)
    expect((await restume.call('GET', '/v1/me/account', { headers: after })).status).toBe(200)
  })

  test('lets an owner in whom somebody else’s guesses keep waiting (row 170)', async () => {
    const body = { username: HERSHEL.username, password: 'not this one' }
    for (let tries = 0; tries < 6; tries += 1) await post('/v1/auth/login', body)
    await forgot()
    await reset(restume.lastCode())
    expect((await post('/v1/auth/login', { ...body, password: 'another P@ss' })).status).toBe(200)
  })
})

test('what was sent can be read at /_outbox, oldest first', async () => {
  await forgot()
  const { json } = await restume.call('GET', '/_outbox')
  expect(json).toEqual([
    {
      to: HERSHEL.email,
      subject: 'your RESTume verification code',
      code: expect.any(String),
      sent_at: '2026-03-27T10:00:00Z',
    },
    {
      to: HERSHEL.email,
      subject: 'set your RESTume password anew',
      code: restume.lastCode(),
      sent_at: expect.any(String),
    },
  ])
  const evil = await restume.call('GET', '/_outbox', { headers: { host: 'evil.example' } })
  expect(evil.status).toBe(421)
})

describe('with Google', () => {
  const account = async (headers: Record<string, string>) =>
    (await restume.call('GET', '/v1/me/account', { headers })).json
  const session = async (identity = GOOGLE) => {
    const { json } = await restume.withGoogle(identity)
    return { authorization: `Bearer ${json.access_token}` }
  }
  const unlink = (headers: Record<string, string>) => restume.call('POST', '/v1/me/google/unlink', { headers })
  const NEW = { ...GOOGLE, subject: '2000', email: 'ru.th+cv@gmail.com', name: 'Ruth' }

  test('a new person is signed up, without a password', async () => {
    const headers = await session(NEW)
    expect(await account(headers)).toMatchObject({
      username: 'ruthcv',
      email: 'ru.th+cv@gmail.com',
      email_verified: true,
      google_linked: true,
      has_password: false,
      can_unlink_google: false,
      available_sign_in_methods: ['google'],
    })
    expect((await restume.call('GET', '/v1/me/profile', { headers })).json).toMatchObject({ full_name: 'Ruth' })
    expect((await post('/v1/auth/login', { username: 'ruthcv', password: '' })).status).toBe(401)
  })

  test.each([
    ['ruth@a.example', 'ruth@b.example', 'ruth', 'ruth2'],
    ['x@a.example', 'x@b.example', 'userx', 'userx2'],
    ['ラ@a.example', 'ラ@b.example', 'user', 'user2'],
    [`${'a'.repeat(60)}@a.example`, `${'a'.repeat(60)}@b.example`, 'a'.repeat(40), `${'a'.repeat(40)}2`],
  ])('two of a kind get usernames of their own: %s, %s', async (one, other, first, second) => {
    for (const [subject, email, username] of [
      ['1', one, first],
      ['2', other, second],
    ] as const) {
      expect(await account(await session({ ...NEW, subject, email }))).toMatchObject({ username })
    }
  })

  test('the same person comes back to the same account, with another address too', async () => {
    const first = await account(await session(NEW))
    expect(await account(await session({ ...NEW, email: 'moved@gmail.com', emailVerified: false }))).toEqual(first)
  })

  test('is linked to the account with the same verified address', async () => {
    await restume.verify()
    const headers = await session()
    expect(await account(headers)).toMatchObject({
      username: 'hershel',
      google_linked: true,
      can_unlink_google: true,
      available_sign_in_methods: ['password', 'google'],
    })
    expect((await unlink(headers)).json).toMatchObject({
      google_linked: false,
      available_sign_in_methods: ['password'],
    })
    expect((await unlink(headers)).status).toBe(200)
  })

  test('is not linked to an account whose address nobody verified: it may not be its owner’s', async () => {
    expect(detailOf(await restume.withGoogle())).toEqual([
      409,
      'an account has this email address but never verified it: verify it first',
    ])
    expect(await account(await restume.logIn())).toMatchObject({ google_linked: false })
  })

  test('is not linked a second time, by another Google account', async () => {
    await restume.verify()
    await session()
    expect((await restume.withGoogle({ ...GOOGLE, subject: 'another' })).status).toBe(409)
  })

  test('an address that Google has not verified is refused', async () => {
    const refused = [403, 'Google has not verified this email address']
    expect(detailOf(await restume.withGoogle({ ...NEW, emailVerified: false }))).toEqual(refused)
    await restume.verify()
    expect(detailOf(await restume.withGoogle({ ...GOOGLE, emailVerified: false }))).toEqual(refused)
  })

  test('it can’t be unlinked while it is the only way in; a recovered password makes it one of two', async () => {
    const headers = await session(NEW)
    expect(detailOf(await unlink(headers))).toEqual([
      409,
      'this account has no password yet: set one, then unlink Google',
    ])
    await forgot(NEW.email)
    await reset(restume.lastCode(NEW.email))
    const again = await restume.logIn({ username: 'ruthcv', password: 'another P@ss' })
    expect((await unlink(again)).json).toMatchObject({ google_linked: false, has_password: true })
  })

  test('a credential that the issuer does not know is refused, and an empty one by its field', async () => {
    expect((await post('/v1/auth/google', { credential: 'made up' })).status).toBe(401)
    expect(fieldsOf(await post('/v1/auth/google', { credential: '' }))).toEqual([422, 'body.credential: value_error'])
  })

  test('a server without an issuer says so', async () => {
    restume = makeRestumeHalf(undefined, { google: null })
    expect(detailOf(await post('/v1/auth/google', { credential: 'x' }))).toEqual([
      503,
      'this server was started without an issuer for Google credentials',
    ])
  })
})
