import { beforeEach, describe, expect, test } from 'vitest'
import { DAY, MINUTE } from '../server/hand-clock.ts'
import { BOB, bearer, type CurateMeHalf, codeOf, makeCurateMeHalf, type Tokens } from './curate-me-half.ts'

let curateMe: CurateMeHalf
let tokens: Tokens
const begin = async (rotate: boolean) => {
  curateMe = makeCurateMeHalf({ rotate })
  await curateMe.register()
  tokens = await curateMe.logIn()
}

const dead = [401, 'INVALID_REFRESH_TOKEN']
const logOut = ({ access_token, refresh_token }: Tokens) =>
  curateMe.call('POST', '/api/v1/auth/logout', { body: { refresh_token }, headers: bearer(access_token) })
const isAlive = async (access_token: string) => (await curateMe.profile(access_token)).status === 200

describe('a session', () => {
  beforeEach(() => begin(false))

  test('has an access token of thirty minutes and not a second more', async () => {
    curateMe.clock.advance(30 * MINUTE - 1000)
    expect(await isAlive(tokens.access_token)).toBe(true)
    curateMe.clock.advance(1000)
    expect(codeOf(await curateMe.profile(tokens.access_token))).toEqual([401, 'UNAUTHORIZED'])
  })

  test('has a refresh token of seven days and not a second more', async () => {
    curateMe.clock.advance(7 * DAY - 1000)
    const { json } = await curateMe.refresh(tokens.refresh_token)
    curateMe.clock.advance(1000)
    expect(codeOf(await curateMe.refresh(tokens.refresh_token))).toEqual(dead)
    expect(await isAlive(json.access_token)).toBe(true)
  })

  test('renews with one refresh token as often as it likes, and gets no other', async () => {
    for (let index = 0; index < 3; index += 1) {
      curateMe.clock.advance(30 * MINUTE)
      const { json } = await curateMe.refresh(tokens.refresh_token)
      expect(Object.keys(json)).toEqual(['access_token', 'token_type', 'expires_in'])
      expect(await isAlive(json.access_token)).toBe(true)
    }
  })

  test('leaves the access token it had before as good as it was', async () => {
    const { json } = await curateMe.refresh(tokens.refresh_token)
    expect(json.access_token).not.toBe(tokens.access_token)
    expect(await isAlive(tokens.access_token)).toBe(true)
  })

  test.each<[string, (tokens: Tokens) => string]>([
    ['an access token', ({ access_token }) => access_token],
    ['no token at all', () => 'refresh'],
    ['a token with another signature', ({ refresh_token }) => refresh_token.replace(/[^.]+$/, 'c2ln')],
    [
      'one that claims to be unsigned',
      ({ refresh_token }) => refresh_token.replace(/^[^.]+/, Buffer.from('{"alg":"none"}').toString('base64url')),
    ],
  ])('is not renewed with %s (row 134)', async (_, tokenOf) => {
    expect(codeOf(await curateMe.refresh(tokenOf(tokens)))).toEqual(dead)
  })

  test('asks for the field by its name', async () => {
    const { json } = await curateMe.call('POST', '/api/v1/auth/refresh', { body: { token: tokens.refresh_token } })
    expect(json).toEqual({ error: '"refresh_token" is missing or not as documented', code: 'INVALID_REQUEST' })
  })
})

describe('logging out', () => {
  beforeEach(() => begin(false))

  test('ends both tokens at once, and every access token that came of the session (row 137)', async () => {
    const { json } = await curateMe.refresh(tokens.refresh_token)
    expect((await logOut(tokens)).status).toBe(204)
    for (const token of [tokens.access_token, json.access_token]) expect(await isAlive(token)).toBe(false)
    expect(codeOf(await curateMe.refresh(tokens.refresh_token))).toEqual(dead)
    expect(codeOf(await logOut(tokens))).toEqual([401, 'UNAUTHORIZED'])
  })

  test('ends no other session of the account', async () => {
    const other = await curateMe.logIn()
    await logOut(tokens)
    expect(await isAlive(other.access_token)).toBe(true)
    expect((await curateMe.refresh(other.refresh_token)).status).toBe(200)
  })

  test('with the refresh token of another session ends that one too', async () => {
    const other = await curateMe.logIn()
    expect((await logOut({ ...tokens, refresh_token: other.refresh_token })).status).toBe(204)
    expect(await isAlive(tokens.access_token)).toBe(false)
    expect(await isAlive(other.access_token)).toBe(false)
  })

  test('with a refresh token that is good for nothing ends the session all the same', async () => {
    expect((await logOut({ ...tokens, refresh_token: 'gone' })).status).toBe(204)
    expect(codeOf(await curateMe.refresh(tokens.refresh_token))).toEqual(dead)
  })

  test("with another's refresh token ends nothing", async () => {
    const { json: bob } = await curateMe.register(BOB)
    expect(codeOf(await logOut({ ...tokens, refresh_token: bob.refresh_token }))).toEqual([403, 'FORBIDDEN'])
    expect(await isAlive(tokens.access_token)).toBe(true)
    expect(await isAlive(bob.access_token)).toBe(true)
  })

  test('wants an access token that has not ended', async () => {
    curateMe.clock.advance(30 * MINUTE)
    expect(codeOf(await logOut(tokens))).toEqual([401, 'UNAUTHORIZED'])
    expect((await curateMe.refresh(tokens.refresh_token)).status).toBe(200)
  })
})

describe('a session whose refresh tokens rotate', () => {
  beforeEach(() => begin(true))
  const renew = async (refresh_token: string): Promise<Tokens> => (await curateMe.refresh(refresh_token)).json

  test('gets a new one with each renewal, which lives seven days from then', async () => {
    let { refresh_token } = tokens
    const seen = new Set([refresh_token])
    for (let index = 0; index < 5; index += 1) {
      curateMe.clock.advance(7 * DAY - 1000)
      const answer = await curateMe.refresh(refresh_token)
      expect(Object.keys(answer.json)).toEqual(['access_token', 'refresh_token', 'token_type', 'expires_in'])
      refresh_token = answer.json.refresh_token
      seen.add(refresh_token)
    }
    expect(seen.size).toBe(6)
    curateMe.clock.advance(7 * DAY)
    expect(codeOf(await curateMe.refresh(refresh_token))).toEqual(dead)
  })

  test('ends ninety days after it began, however often it is renewed (row 139)', async () => {
    let { refresh_token } = tokens
    for (let day = 6; day < 90; day += 6) {
      curateMe.clock.advance(6 * DAY)
      refresh_token = (await renew(refresh_token)).refresh_token
    }
    curateMe.clock.advance(6 * DAY)
    expect(codeOf(await curateMe.refresh(refresh_token))).toEqual(dead)
  })

  test.each([0, 1, 10, 29, 30])(
    'whose answer was lost gets the same one again %i s later (row 121)',
    async (seconds) => {
      const lost = await renew(tokens.refresh_token)
      curateMe.clock.advance(seconds * 1000)
      const again = await renew(tokens.refresh_token)
      expect(again.refresh_token).toBe(lost.refresh_token)
      expect(await isAlive(again.access_token)).toBe(true)
      expect((await curateMe.refresh(again.refresh_token)).status).toBe(200)
    },
  )

  test.each([31, 120])(
    'that uses a replaced one %i s later has ended, with all its tokens (row 138)',
    async (seconds) => {
      const next = await renew(tokens.refresh_token)
      curateMe.clock.advance(seconds * 1000)
      expect(codeOf(await curateMe.refresh(tokens.refresh_token))).toEqual([401, 'REFRESH_TOKEN_REUSED'])
      expect(codeOf(await curateMe.refresh(next.refresh_token))).toEqual(dead)
      for (const { access_token } of [tokens, next]) expect(await isAlive(access_token)).toBe(false)
    },
  )

  test('has ended when a replaced one comes after its successor was used, however soon', async () => {
    const next = await renew(tokens.refresh_token)
    const last = await renew(next.refresh_token)
    expect(codeOf(await curateMe.refresh(tokens.refresh_token))).toEqual([401, 'REFRESH_TOKEN_REUSED'])
    expect(codeOf(await curateMe.refresh(last.refresh_token))).toEqual(dead)
  })

  test('gets one successor for many that ask at the same moment', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => renew(tokens.refresh_token)))
    expect(new Set(answers.map(({ refresh_token }) => refresh_token)).size).toBe(1)
  })

  test('ends without touching another session of the account', async () => {
    const other = await curateMe.logIn()
    await renew(tokens.refresh_token)
    curateMe.clock.advance(MINUTE)
    await renew(tokens.refresh_token)
    expect(await isAlive(other.access_token)).toBe(true)
    expect((await curateMe.refresh(other.refresh_token)).status).toBe(200)
  })

  test('is ended by logging out with a replaced one too', async () => {
    const next = await renew(tokens.refresh_token)
    expect((await logOut({ ...next, refresh_token: tokens.refresh_token })).status).toBe(204)
    expect(codeOf(await curateMe.refresh(next.refresh_token))).toEqual(dead)
  })
})
