import { expect, test } from 'vitest'
import { makePasswords } from '../../src/server/passwords.ts'
import { services } from '../../src/services/registry.ts'
import { makeServerContext } from '../server/context.ts'
import { DAY } from '../server/hand-clock.ts'

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
    const isClose = async (): Promise<boolean> => {
      const known: number[] = []
      const unknown: number[] = []
      for (let index = 0; index < TRIES; index += 1) {
        known.push(await ask(email))
        // As long as the other, and a new one each time.
        unknown.push(await ask(`${String(index).padStart(3, '0')}@example.com`))
      }
      const [one, other] = [median(known), median(unknown)]
      return Math.abs(one - other) < Math.max(other * CLOSE, TOO_LITTLE_TO_TELL)
    }
    let close = false
    for (let round = 0; round < ROUNDS && !close; round += 1) close = await isClose()
    expect(close).toBe(true)
  },
  60_000,
)
