import { beforeEach, describe, expect, test } from 'vitest'
import { makeAddressLimit } from '../../src/server/address-limit.ts'
import { networkOf } from '../../src/server/network.ts'
import { Refusal } from '../../src/server/refusal.ts'
import { type HandClock, MINUTE, makeHandClock } from './hand-clock.ts'

describe('an address stands for', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['127.0.0.1', '127.0.0.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
    ['2001:db8::3', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['', ''],
  ])('%s: %s (row 170)', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })
})

describe('wrong passwords from one address', () => {
  const HERE = '2001:db8:1:2::1'
  let clock: HandClock
  let limit: ReturnType<typeof makeAddressLimit>
  beforeEach(() => {
    clock = makeHandClock()
    limit = makeAddressLimit(clock)
  })
  /** `wrong`, `right`, or the seconds that it takes until the next is checked. */
  const ask = async (check: () => Promise<string | null> = async () => null, from = HERE) => {
    try {
      return (await limit(from, check)) ?? 'wrong'
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return error.code === 'BUSY' ? 'busy' : Number(error.headers['retry-after'])
    }
  }
  const right = async () => 'right'
  const busy = async () => {
    throw new Refusal(503, 'BUSY', 'busy')
  }
  const many = async (count: number, check?: () => Promise<string | null>) =>
    new Set(await Promise.all(Array.from({ length: count }, () => ask(check))))

  test('are checked two thousand times, in a burst too, and then one at a time (row 170)', async () => {
    expect(await many(2_000)).toEqual(new Set(['wrong']))
    expect(await ask()).toBe(1)
    clock.advance(1_000)
    expect([await ask(), await ask(), await ask()]).toEqual(['wrong', 'wrong', 1])
  })

  test('are those of all who share 64 bits of an IPv6 address, and of nobody else (row 170)', async () => {
    await many(2_000)
    expect(await ask(right, '2001:db8:1:2:ffff::1')).toBe(1)
    expect(await ask(right, '2001:db8:1:3::1')).toBe('right')
  })

  test('shut nobody out for good: a quarter of an hour later all is forgotten (row 170)', async () => {
    await many(2_000)
    clock.set(-60 * MINUTE)
    clock.advance(1_000)
    expect(await ask(right)).toBe('right')
    clock.advance(15 * MINUTE)
    expect(await many(2_000)).toEqual(new Set(['wrong']))
  })

  test('are not what was right, nor what could not be checked', async () => {
    await many(1_999)
    for (let index = 0; index < 20; index += 1) expect([await ask(busy), await ask(right)]).toEqual(['busy', 'right'])
    expect([await ask(), await ask()]).toEqual(['wrong', 1])
  })

  test('are forgotten of those that were quiet for longest, when very many addresses come', async () => {
    await many(2_000)
    for (let index = 0; index < 10_000; index += 1) await ask(undefined, `10.${index >> 8}.${index & 255}.1`)
    expect(await ask()).toBe('wrong')
  })
})
