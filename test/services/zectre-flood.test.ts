import { beforeEach, describe, expect, test } from 'vitest'
import { makeApiKeys } from '../../src/server/api-keys.ts'
import type { Refusal } from '../../src/server/refusal.ts'
import { makeAccounts } from '../../src/services/zectre/server-accounts.ts'
import { makeSignIns } from '../../src/services/zectre/server-sign-ins.ts'
import { makeServerContext } from '../server/context.ts'
import { MINUTE } from '../server/hand-clock.ts'
import { ALICE, codeOf, makeZectreHalf, type ZectreHalf } from './zectre-half.ts'

const INITIATE = '/api/v1/auth/cli/initiate'
let zectre: ZectreHalf
beforeEach(() => {
  zectre = makeZectreHalf()
})
const initiate = (from: string) => zectre.call('POST', INITIATE, { from })

describe('many sign-ins that wait (row 19)', () => {
  test('one client may have a thousand, and another is not the worse for it', async () => {
    const codes = []
    for (let index = 0; index < 1_000; index += 1) codes.push((await zectre.initiate({}, '127.0.0.2')).code)
    const full = await initiate('127.0.0.2')
    expect(codeOf(full)).toEqual([429, 'TOO_MANY_SIGN_INS'])
    expect(full.headers.get('retry-after')).toBe('60')
    expect((await initiate('127.0.0.3')).status).toBe(200)
    // Those that were answered wait no longer.
    zectre.service.approval?.deny(codes[0] ?? '')
    expect([(await initiate('127.0.0.2')).status, (await initiate('127.0.0.2')).status]).toEqual([200, 429])
    zectre.clock.advance(10 * MINUTE)
    expect((await initiate('127.0.0.2')).status).toBe(200)
  })

  test('all clients together may have ten thousand, and a hundred thousand that ask are no burden', () => {
    const context = makeServerContext()
    const keys = makeApiKeys('zec_', context.clock)
    const signIns = makeSignIns(context, makeAccounts(context), keys)
    const before = process.memoryUsage().rss
    const ask = (from: string) => signIns.initiate({ deviceName: 'x'.repeat(200), challenge: null, from })
    const outcomes: Record<string, number> = {}
    for (let index = 0; index < 100_000; index += 1) {
      let outcome = 'taken'
      try {
        ask(`10.0.${index % 100}.1`)
      } catch (error) {
        outcome = (error as Refusal).code
      }
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
      // Twenty minutes in all: what has ended makes room twice.
      if (index % 5_000 === 4_999) context.clock.advance(MINUTE)
    }
    expect(outcomes).toEqual({ taken: 20_000, TOO_MANY_SIGN_INS: 80_000 })
    expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1024 * 1024)
  }, 20_000)

  test('an ended one is told from one that never was, for an hour', async () => {
    const { code } = await zectre.initiate()
    zectre.clock.advance(69 * MINUTE)
    expect((await zectre.status(code)).json.status).toBe('expired')
    zectre.clock.advance(MINUTE)
    expect(codeOf(await zectre.status(code))).toEqual([404, 'INVALID_CODE'])
  })
})

test('who guessed too often has to wait on every path that takes the password, and what is signed in stays so (row 171)', async () => {
  await zectre.signUp(ALICE)
  const session = await zectre.logIn()
  const waiting = await zectre.initiate()
  const approved = await zectre.initiate()
  await zectre.complete(approved.code)
  const logIn = (password: string) =>
    zectre.call('POST', '/api/v1/auth/login', { body: { email: ALICE.email, password } })
  for (let index = 0; index < 5; index += 1) await logIn('a wrong password')
  const form_token = /name="form_token" value="([^"]+)"/.exec(
    (await zectre.visit('GET', `/auth/cli?code=${waiting.code}`)).text,
  )?.[1]
  const form = { code: waiting.code, form_token: form_token ?? '', decision: 'approve', ...ALICE }
  const refused = [
    await logIn(ALICE.password),
    await zectre.complete(waiting.code),
    await zectre.visit('POST', '/auth/cli', { form }),
  ]
  expect(refused.map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual(Array(3).fill([429, '30']))
  expect((await zectre.status(waiting.code)).json.status).toBe('pending')
  const { api_key } = (await zectre.status(approved.code)).json
  for (const headers of [session, { 'x-api-key': api_key }]) {
    expect((await zectre.call('GET', '/api/v1/user', { headers })).status).toBe(200)
  }
})

describe('what is decided stays decided, in whatever order it is asked for (row 12)', () => {
  const decisions: Record<string, (code: string) => unknown> = {
    approve: (code) => zectre.complete(code),
    deny: (code) => zectre.service.approval?.deny(code),
    end: () => zectre.clock.advance(10 * MINUTE),
  }
  const names = Object.keys(decisions)
  const orders = names.flatMap((one) => names.flatMap((other) => names.map((last) => [one, other, last] as const)))
  const first = { approve: 'completed', deny: 'denied', end: 'expired' }

  test.each(orders)('%s, %s, %s', async (...order) => {
    await zectre.signUp(ALICE)
    const { code } = await zectre.initiate()
    for (const name of order) {
      try {
        await decisions[name]?.(code)
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/SESSION_USED|CODE_EXPIRED/) })
      }
    }
    const { status, reason } = (await zectre.status(code)).json
    const state = reason ?? status
    // A key is not handed out after the code's end, and was handed out to whoever asked before.
    const isOver = order.includes('end')
    expect(state).toBe(order[0] === 'approve' && isOver ? 'expired' : first[order[0] as keyof typeof first])
    const session = await zectre.logIn()
    const keys = await zectre.call('GET', '/api/v1/api-keys', { headers: session })
    expect(keys.json.data).toHaveLength(order[0] === 'approve' ? 1 : 0)
  })
})
