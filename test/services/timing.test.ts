import { expect, test } from 'vitest'
import { makePasswords } from '../../src/server/passwords.ts'
import { services } from '../../src/services/registry.ts'
import { makeServerContext } from '../server/context.ts'
import { DAY } from '../server/hand-clock.ts'
import { makeZectreHalf } from './zectre-half.ts'

const TRIES = 500
const CLOSE = 0.05
/** Milliseconds that nobody can tell apart through a socket: for calls that take no longer than a tenth of one. */
const TOO_LITTLE_TO_TELL = 0.01
/** A busy machine may disturb a measurement; a difference that is there is there every time. */
const ROUNDS = 4

const SEEDED = 'dev@example.com'
const NEW = { username: 'new', email: 'new@example.com', password: 'a long password', full_name: 'New' }

/** Calls that name an account, the status that both kinds of address get, and an address that has one. */
const CALLS = [
  ['restume', '/v1/auth/login', 401, SEEDED],
  ['restume', '/v1/auth/forgot-password', 200, SEEDED],
  ['restume', '/v1/auth/resend-verification', 200, NEW.email],
  ['restume', '/v1/auth/verify-email', 422, NEW.email],
  ['zectre', '/api/v1/auth/login', 401, SEEDED],
  ['curate-me', '/api/v1/auth/login', 401, SEEDED],
] as const

const median = (times: number[]): number => times.sort((one, other) => one - other)[Math.floor(times.length / 2)] ?? 0

/** Whether in some round the medians of what both took are too close to be told apart. */
const isAlike = async (one: () => Promise<number>, other: (index: number) => Promise<number>): Promise<boolean> => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const [ones, others]: [number[], number[]] = [[], []]
    for (let index = 0; index < TRIES; index += 1) {
      ones.push(await one())
      others.push(await other(index))
    }
    const difference = Math.abs(median(ones) - median(others))
    if (difference < Math.max(median(others) * CLOSE, TOO_LITTLE_TO_TELL)) return true
  }
  return false
}

test.each(CALLS)(
  'time does not tell which accounts %s has, by %s (row 168)',
  async (name, path, status, email) => {
    const context = makeServerContext({ passwords: makePasswords(2 ** 9) })
    const service = services.find((each) => each.name === name)!
    const half = (await service.server())(context)
    await half.seed()
    const send = (to: string, body: object) =>
      half.listeners[0]!.fetch(
        new Request(`http://localhost:1${to}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
        { address: '' },
      )
    if (name === 'restume') await send('/v1/auth/register', NEW)

    const ask = async (who: string): Promise<number> => {
      // So that nobody is made to wait for guessing, and what the last one left behind is done.
      context.clock.advance(DAY)
      await new Promise((resolve) => setImmediate(resolve))
      const began = performance.now()
      const answer = await send(path, { email: who, username: who, password: 'wrong password', code: '000000' })
      const took = performance.now() - began
      expect(answer.status).toBe(status)
      return took
    }
    // As long as the other, and a new one each time.
    const unknown = (index: number) => ask(`${String(index).padStart(3, '0')}@example.com`)
    expect(await isAlike(() => ask(email), unknown)).toBe(true)
  },
  60_000,
)

test('time does not tell a sign-in that waits from one that never was, to who has not its secret (row 18)', async () => {
  const zectre = makeZectreHalf()
  const { code } = await zectre.initiate({ poll_challenge: 'c'.repeat(43) })
  const ask = async (asked: string): Promise<number> => {
    const began = performance.now()
    const answer = await zectre.status(asked, { 'x-cli-verifier': 'wrong' })
    const took = performance.now() - began
    expect(answer.status).toBe(404)
    return took
  }
  expect(
    await isAlike(
      () => ask(code),
      (index) => ask(String(index).padStart(43, 'x')),
    ),
  ).toBe(true)
})
