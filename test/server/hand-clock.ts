import type { Clock } from '../../src/vocabulary/clock.ts'

/** A clock that moves only by hand. It begins at the moment that zectre's documentation speaks of. */
export const makeHandClock = (begin = '2026-03-27T10:00:00Z') => {
  let wall = Date.parse(begin)
  let steady = 5_000
  const clock: Clock = { now: () => wall, monotonic: () => steady }
  return {
    ...clock,
    /** Time goes by. */
    advance(milliseconds: number) {
      wall += milliseconds
      steady += milliseconds
    },
    /** Somebody sets the wall clock; no time goes by. */
    set(milliseconds: number) {
      wall += milliseconds
    },
  }
}

export type HandClock = ReturnType<typeof makeHandClock>

export const MINUTE = 60_000
export const DAY = 24 * 60 * MINUTE
