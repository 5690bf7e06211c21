import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { checkPhrase } from '../../src/vocabulary/check-phrase.ts'
import { MINUTE } from '../server/hand-clock.ts'
import { ALICE, codeOf, makeZectreHalf, type ZectreHalf } from './zectre-half.ts'

let zectre: ZectreHalf
beforeEach(async () => {
  zectre = makeZectreHalf()
  expect((await zectre.signUp()).status).toBe(201)
})

const KEYS = '/api/v1/api-keys'

describe('the sign-in of a command line', () => {
  test('goes from pending to completed, and the key can be read until the code ends (rows 5 and 11)', async () => {
    const { code } = await zectre.initiate({ device_name: 'dev@laptop (linux)' })
    const completed = await zectre.complete(code)
    const first = await zectre.status(code)
    expect(first.json).toEqual({ status: 'completed', api_key: completed.json.api_key, user: completed.json.user })
    zectre.clock.advance(10 * MINUTE - 1)
    expect((await zectre.status(code)).text).toBe(first.text)
    zectre.clock.advance(1)
    expect((await zectre.status(code)).json).toEqual({ status: 'expired', api_key: null, user: null })
    const user = await zectre.call('GET', '/api/v1/user', { headers: { 'x-api-key': completed.json.api_key } })
    expect(user.status).toBe(200)
  })

  test('the key is named for the device and the day, shows when it was used last, and ends when it is revoked (row 175)', async () => {
    const { code } = await zectre.initiate({ device_name: 'dev@laptop (linux)' })
    const { json } = await zectre.complete(code)
    const headers = { 'x-api-key': json.api_key }
    zectre.clock.advance(MINUTE)
    const keys = await zectre.call('GET', KEYS, { headers })
    const about = { name: 'dev@laptop (linux) 2026-03-27', scopes: ['*'], expires_at: null }
    expect(keys.json.data).toMatchObject([{ ...about, last_used_at: '2026-03-27T10:01:00Z' }])
    expect((await zectre.call('DELETE', `${KEYS}/${keys.json.data[0].id}`, { headers })).status).toBe(204)
    expect((await zectre.call('GET', KEYS, { headers })).status).toBe(401)
  })

  test('needs no device name and no body at all', async () => {
    const answer = await zectre.call('POST', '/api/v1/auth/cli/initiate')
    expect(answer.status).toBe(200)
    expect(answer.json).not.toHaveProperty('poll_bound')
  })

  test.each([
    ['completing', () => zectre.complete('no-such-code')],
    ['asking for its status', () => zectre.status('no-such-code')],
  ])('an unknown code is refused when %s', async (_, ask) => {
    expect(codeOf(await ask())).toEqual([404, 'INVALID_CODE'])
  })

  test('a code ends after ten minutes (row 5)', async () => {
    const { code } = await zectre.initiate()
    zectre.clock.advance(10 * MINUTE)
    expect(codeOf(await zectre.complete(code))).toEqual([410, 'CODE_EXPIRED'])
    expect((await zectre.status(code)).json.status).toBe('expired')
  })

  test.each([
    ['set back an hour', (half: ZectreHalf) => half.clock.set(-60 * MINUTE)],
    ['left alone', () => {}],
  ])('a code ends after ten minutes with a wall clock that is %s (row 162)', async (_, meddle) => {
    const { code } = await zectre.initiate()
    meddle(zectre)
    zectre.clock.advance(10 * MINUTE)
    expect((await zectre.status(code)).json.status).toBe('expired')
  })

  test('a wrong password leaves the sign-in waiting', async () => {
    const { code } = await zectre.initiate()
    const wrong = await zectre.complete(code, { ...ALICE, password: 'not this one' })
    expect(codeOf(wrong)).toEqual([401, 'INVALID_CREDENTIALS'])
    expect((await zectre.complete(code)).status).toBe(200)
  })

  test('a code is good for one completion, however many ask at once (row 10)', async () => {
    const { code } = await zectre.initiate()
    const answers = await Promise.all(Array.from({ length: 20 }, () => zectre.complete(code)))
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    // 429: so many passwords at once for one account are guesses.
    expect(statuses.filter((status) => status === 409 || status === 429)).toHaveLength(19)
    expect(codeOf(await zectre.complete(code))).toEqual([409, 'SESSION_USED'])
    const keys = await zectre.call('GET', KEYS, { headers: await zectre.logIn() })
    expect(keys.json.data).toHaveLength(1)
  })

  test('a key that was revoked meanwhile is not handed out', async () => {
    const { code } = await zectre.initiate()
    const { json } = await zectre.complete(code)
    const headers = { 'x-api-key': json.api_key }
    const [{ id }] = (await zectre.call('GET', KEYS, { headers })).json.data
    await zectre.call('DELETE', `${KEYS}/${id}`, { headers })
    expect((await zectre.status(code)).json).toEqual({ status: 'expired', api_key: null, user: null })
  })

  test('one that was turned down is expired, and says why', async () => {
    const { code } = await zectre.initiate()
    zectre.service.approval?.deny(code)
    expect((await zectre.status(code)).json).toEqual({ status: 'expired', api_key: null, user: null, reason: 'denied' })
    expect(codeOf(await zectre.complete(code))).toEqual([410, 'CODE_EXPIRED'])
  })

  test('the helper for tests approves as the page would, password and all', async () => {
    const { code } = await zectre.initiate()
    const wrong = zectre.service.approval?.approve(code, { ...ALICE, password: 'not this one' })
    await expect(wrong).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' })
    await zectre.service.approval?.approve(code, ALICE)
    expect((await zectre.status(code)).json.status).toBe('completed')
  })

  test.each<[string, (code: string) => string]>([
    ['its check phrase', checkPhrase],
    ['its first half', (code) => code.slice(0, 21)],
    ['all but its last letter', (code) => code.slice(0, -1)],
    [
      'its letters in the other case',
      (code) => code.replace(/[a-z]/gi, (c) => (c > 'Z' ? c.toUpperCase() : c.toLowerCase())),
    ],
    ['a dash more', (code) => `${code.slice(0, 4)}-${code.slice(4)}`],
    ['a space before it', (code) => ` ${code}`],
    ['another padding', (code) => `${code}=`],
    ['full-width letters', (code) => code.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0))],
  ])('%s names no sign-in: only the whole code does (rows 3 and 4)', async (_, misspelt) => {
    const { code } = await zectre.initiate()
    const given = misspelt(code)
    expect(codeOf(await zectre.status(encodeURIComponent(given)))).toEqual([404, 'INVALID_CODE'])
    expect(codeOf(await zectre.complete(given))).toEqual([404, 'INVALID_CODE'])
    expect((await zectre.status(code)).json.status).toBe('pending')
  })

  test('codes are 256 bits, and no two alike (row 2)', async () => {
    const codes = new Set<string>()
    for (let index = 0; index < 200; index += 1) codes.add((await zectre.initiate()).code)
    expect(codes.size).toBe(200)
    for (const code of codes) expect(Buffer.from(code, 'base64url')).toHaveLength(32)
  })
})

describe('a sign-in bound to the program that started it', () => {
  const verifier = 'a verifier that only the command line knows'
  const poll_challenge = createHash('sha256').update(verifier).digest('base64url')
  const withVerifier = { 'x-cli-verifier': verifier }

  test('says so, and answers only who has the verifier; anybody else as if there were no such code (rows 1, 14, 18 and 21)', async () => {
    const { code, poll_bound } = await zectre.initiate({ poll_challenge })
    expect(poll_bound).toBe(true)
    expect((await zectre.status(code, withVerifier)).json.status).toBe('pending')
    const completed = await zectre.complete(code)
    const unknown = await zectre.status('no-such-code')
    for (const headers of [
      {},
      { 'x-cli-verifier': '' },
      { 'x-cli-verifier': 'x' },
      { 'x-cli-verifier': poll_challenge },
    ]) {
      const answer = await zectre.status(code, headers)
      expect([answer.status, answer.text]).toEqual([404, unknown.text])
    }
    expect((await zectre.status(code, withVerifier)).json.api_key).toBe(completed.json.api_key)
  })

  test("one sign-in's verifier opens no other (row 21)", async () => {
    const other = createHash('sha256').update('another verifier').digest('base64url')
    const { code } = await zectre.initiate({ poll_challenge: other })
    expect((await zectre.status(code, withVerifier)).status).toBe(404)
  })

  test('a challenge that is no SHA-256 is refused', async () => {
    const answer = await zectre.call('POST', '/api/v1/auth/cli/initiate', { body: { poll_challenge: 'short' } })
    expect(codeOf(answer)).toEqual([400, 'INVALID_REQUEST'])
  })
})
