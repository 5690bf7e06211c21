import type { Clock } from '../vocabulary/clock.ts'
import { Refusal } from './refusal.ts'

/** So many wrong passwords in a row are answered as such; the next one has to wait. */
const FREE = 5
const FIRST_WAIT = 30_000
/** The wait doubles up to here and no further: nobody can shut an owner out for good. */
const LONGEST_WAIT = 15 * 60_000
const FORGOTTEN_AFTER = 60 * 60_000
const MOST_NAMES = 10_000

interface Count {
  wrong: number
  lastAt: number
}

/**
 * Slows down whoever guesses at the password of one name, whether or not there is an account of that name. A guess counts
 * before it is checked, so that a burst of them gets no further than one after the other.
 */
export const makeGuesses = (clock: Clock) => {
  const counts = new Map<string, Count>()

  const waitAfter = (wrong: number): number =>
    wrong < FREE ? 0 : Math.min(FIRST_WAIT * 2 ** (wrong - FREE), LONGEST_WAIT)

  const countOf = (name: string): Count => {
    const known = counts.get(name)
    return known && clock.now() < known.lastAt + FORGOTTEN_AFTER ? known : { wrong: 0, lastAt: 0 }
  }
  const keep = (name: string, count: Count): void => {
    counts.delete(name)
    if (count.wrong > 0) counts.set(name, count)
    // The one that was quiet for longest.
    const [oldest] = counts.keys()
    if (counts.size > MOST_NAMES && oldest !== undefined) counts.delete(oldest)
  }

  return {
    /** What `check` finds; a `Refusal` with `Retry-After` instead, when too many before it found `null`. */
    async guess<T>(name: string, check: () => Promise<T | null>): Promise<T | null> {
      const before = countOf(name)
      const left = before.lastAt + waitAfter(before.wrong) - clock.now()
      if (left > 0) {
        throw new Refusal(429, 'TOO_MANY_ATTEMPTS', 'too many wrong passwords; try again later', {
          'retry-after': String(Math.ceil(left / 1000)),
        })
      }
      keep(name, { wrong: before.wrong + 1, lastAt: clock.now() })
      try {
        const found = await check()
        if (found !== null) counts.delete(name)
        return found
      } catch (error) {
        // It was not checked, so it was no guess.
        const { wrong, lastAt } = countOf(name)
        keep(name, { wrong: wrong - 1, lastAt })
        throw error
      }
    },
    /** A new password was set: guesses at the old one say nothing about it. */
    forget(name: string): void {
      counts.delete(name)
    },
  }
}

export type Guesses = ReturnType<typeof makeGuesses>
