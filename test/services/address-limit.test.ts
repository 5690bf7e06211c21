import { expect, test } from 'vitest'
import { services } from '../../src/services/registry.ts'
import { makeServerContext } from '../server/context.ts'

const SEEDED = { email: 'dev@example.com', username: 'dev', password: 'correct horse battery' }

test.each([
  ['restume', '/v1/auth/login'],
  ['zectre', '/api/v1/auth/login'],
  ['curate-me', '/api/v1/auth/login'],
])(
  '%s takes only so many wrong passwords from one address, whatever a header says of it (row 170)',
  async (name, path) => {
    const context = makeServerContext()
    const service = services.find((each) => each.name === name)!
    const half = (await service.server())(context)
    await half.seed()
    const logIn = async (body: object, address: string, forwardedFor: string) =>
      half.listeners[0]!.fetch(
        new Request(`http://localhost:1${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-forwarded-for': forwardedFor },
          body: JSON.stringify(body),
        }),
        { address },
      )
    for (let index = 0; index < 2_000; index += 1) {
      const who = `nobody${index}@example.com`
      const answer = await logIn(
        { email: who, username: who, password: 'wrong password' },
        '192.0.2.7',
        `10.0.0.${index}`,
      )
      expect(answer.status).toBe(401)
    }
    const owner = (address: string, forwardedFor = '192.0.2.8') => logIn(SEEDED, address, forwardedFor)
    const refused = await owner('192.0.2.7')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
    expect((await owner('192.0.2.8', '192.0.2.7')).status).toBe(200)
    context.clock.advance(1_000)
    expect((await owner('192.0.2.7')).status).toBe(200)
  },
)
