import type { Clock } from '../vocabulary/clock.ts'
import { networkOf } from './network.ts'
import { Refusal } from './refusal.ts'

/** So many wrong passwords from one address at once; then as many again in a quarter of an hour, one at a time. */
const MOST = 2_000
const FORGOTTEN_WITHIN = 15 * 60_000
const MOST_ADDRESSES = 10_000

interface Count {
  wrong: number
  at: number
}

/**
 * Slows down whoever tries one password on very many names. Generous, for an address may be a whole office's; nobody
 * behind it is shut out for longer than a moment, since each wrong one is forgotten by itself.
 */
export const makeAddressLimit = (clock: Clock) => {
  const counts = new Map<string, Count>()

  const wrongOf = (network: string): number => {
    const { wrong, at } = counts.get(network) ?? { wrong: 0, at: 0 }
    return Math.max(0, wrong - ((clock.monotonic() - at) * MOST) / FORGOTTEN_WITHIN)
  }
  const add = (network: string, change: number): void => {
    const wrong = wrongOf(network) + change
    counts.delete(network)
    if (wrong > 0) counts.set(network, { wrong, at: clock.monotonic() })
    // The one that was quiet for longest.
    const [oldest] = counts.keys()
    if (counts.size > MOST_ADDRESSES && oldest !== undefined) counts.delete(oldest)
  }

  /** What `check` finds; a `Refusal` with `Retry-After` instead, when too many from there found `null`. */
  return async <T>(address: string, check: () => Promise<T | null>): Promise<T | null> => {
    const network = networkOf(address)
    const excess = wrongOf(network) + 1 - MOST
    if (excess > 0) {
      throw new Refusal(429, 'TOO_MANY_ATTEMPTS', 'too many wrong passwords came from your network; try again later', {
        'retry-after': String(Math.ceil((excess * FORGOTTEN_WITHIN) / MOST / 1000)),
      })
    }
    // Counted while it is checked, so that a burst gets no further; one that is right, or could not be checked, is none.
    add(network, 1)
    let isWrong = false
    try {
      const found = await check()
      isWrong = found === null
      return found
    } finally {
      if (!isWrong) add(network, -1)
    }
  }
}
