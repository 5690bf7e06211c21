import { expect, test } from 'vitest'
import { makePasswords } from '../../src/server/passwords.ts'
import { services } from '../../src/services/registry.ts'
import { makeServerContext } from '../server/context.ts'
import { DAY } from '../server/hand-clock.ts'

const TRIES = 500
const CLOSE = 0.05
/** A busy machine may disturb a measurement; a difference that is there is there every time. */
const ROUNDS = 4
const SIGN_IN: Record<string, string> = {
  restume: '/v1/auth/login',
  zectre: '/api/v1/auth/login',
  'curate-me': '/api/v1/auth/login',
}

const median = (times: number[]): number => times.sort((one, other) => one - other)[Math.floor(times.length / 2)] ?? 0

test.each(services)(
  'time does not tell which accounts $name has (row 168)',
  async ({ name, server }) => {
    const context = makeServerContext({ passwords: makePasswords(2 ** 9) })
    const half = (await server())(context)
    const { email } = await half.seed()
    const ask = async (who: string): Promise<number> => {
      // So that nobody is made to wait for guessing.
      context.clock.advance(DAY)
      const request = new Request(`http://localhost:1${SIGN_IN[name]}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: who, username: who, password: 'wrong password' }),
      })
      const began = performance.now()
      const answer = await half.listeners[0]!.fetch(request, { address: '' })
      const took = performance.now() - began
      expect(answer.status).toBe(401)
      return took
    }
    const measure = async (): Promise<number> => {
      const known: number[] = []
      const unknown: number[] = []
      for (let index = 0; index < TRIES; index += 1) {
        known.push(await ask(email))
        // As long as the other, and a new one each time.
        unknown.push(await ask(`${String(index).padStart(3, '0')}@example.com`))
      }
      return Math.abs(median(known) / median(unknown) - 1)
    }
    let best = Number.POSITIVE_INFINITY
    for (let round = 0; round < ROUNDS && best >= CLOSE; round += 1) best = Math.min(best, await measure())
    expect(best).toBeLessThan(CLOSE)
  },
  60_000,
)
