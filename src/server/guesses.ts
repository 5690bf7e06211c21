import type { Clock } from '../vocabulary/clock.ts'
import { makeAddressLimit } from './address-limit.ts'
import { Refusal } from './refusal.ts'

/** So many wrong passwords in a row are answered as such; the next one has to wait. */
const FREE = 5
const FIRST_WAIT = 30_000
/** The wait doubles up to here and no further: nobody can shut an owner out for good. */
const LONGEST_WAIT = 15 * 60_000
const FORGOTTEN_AFTER = 60 * 60_000
const MOST_NAMES = 10_000
/** So many for one name may stand in line for the guesses before them. */
const MOST_IN_LINE = 64

/** Whose password somebody guesses at, and the address that it comes from, as the socket says. */
export interface Guess {
  name: string
  from: string
}

interface Count {
  wrong: number
  lastAt: number
  /** Under way, and not known to be wrong or right. */
  checking: number
  inLine: (() => void)[]
}

/**
 * Slows down whoever guesses at the password of one name, whether or not there is an account of that name. No more are
 * under way at once than could be wrong, so a burst gets no further than one after the other; and the rest of a burst
 * stands in line, so that an owner who signs in many times at once is not taken for somebody who guesses.
 */
export const makeGuesses = (clock: Clock) => {
  const counts = new Map<string, Count>()
  const limitAddress = makeAddressLimit(clock)

  const waitAfter = (wrong: number): number =>
    wrong < FREE ? 0 : Math.min(FIRST_WAIT * 2 ** (wrong - FREE), LONGEST_WAIT)

  const countOf = (name: string): Count => {
    const known = counts.get(name)
    if (known && (known.checking > 0 || clock.monotonic() < known.lastAt + FORGOTTEN_AFTER)) return known
    return { wrong: 0, lastAt: 0, checking: 0, inLine: [] }
  }
  const keep = (name: string, count: Count): void => {
    counts.delete(name)
    if (count.wrong > 0 || count.checking > 0) counts.set(name, count)
    // The one that was quiet for longest.
    const [oldest] = counts.keys()
    if (counts.size > MOST_NAMES && oldest !== undefined) counts.delete(oldest)
  }

  /** The count with this guess in it, as soon as it may be checked. */
  const turn = async (name: string): Promise<Count> => {
    for (;;) {
      const count = countOf(name)
      const left = count.lastAt + waitAfter(count.wrong) - clock.monotonic()
      if (left > 0) {
        throw new Refusal(429, 'TOO_MANY_ATTEMPTS', 'too many wrong passwords; try again later', {
          'retry-after': String(Math.ceil(left / 1000)),
        })
      }
      if (count.checking === 0 || count.wrong + count.checking < FREE) {
        count.checking += 1
        keep(name, count)
        return count
      }
      if (count.inLine.length >= MOST_IN_LINE) {
        throw new Refusal(503, 'BUSY', 'too many passwords are being checked', { 'retry-after': '1' })
      }
      await new Promise<void>((go) => count.inLine.push(go))
    }
  }

  const checkInTurn = async <T>(name: string, check: () => Promise<T | null>): Promise<T | null> => {
    const count = await turn(name)
    try {
      const found = await check()
      if (found === null) {
        count.wrong += 1
        count.lastAt = clock.monotonic()
      } else count.wrong = 0
      return found
    } finally {
      // What could not be checked was no guess.
      count.checking -= 1
      if (counts.get(name) === count) keep(name, count)
      // All of them: each looks for itself whether it is its turn now.
      for (const go of count.inLine.splice(0)) go()
    }
  }

  return {
    /** What `check` finds; a `Refusal` with `Retry-After` instead, when too many before it found `null`. */
    guess: <T>({ name, from }: Guess, check: () => Promise<T | null>): Promise<T | null> =>
      limitAddress(from, () => checkInTurn(name, check)),
    /** A new password was set: guesses at the old one say nothing about it. */
    forget(name: string): void {
      const count = counts.get(name)
      if (count) count.wrong = 0
    },
  }
}

export type Guesses = ReturnType<typeof makeGuesses>
