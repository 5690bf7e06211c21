import type { Clock } from '../vocabulary/clock.ts'

const MOST_CALLS = 10_000

/** By how many seconds a call comes too soon after the last that did not; 0 when it does not itself (RFC 8628, 3.5). */
export const makePace = (seconds: number, clock: Clock) => {
  const lastAt = new Map<string, number>()
  return (call: string): number => {
    const left = (lastAt.get(call) ?? Number.NEGATIVE_INFINITY) + seconds * 1000 - clock.monotonic()
    if (left > 0) return Math.ceil(left / 1000)
    lastAt.delete(call)
    lastAt.set(call, clock.monotonic())
    // The one whose turn was longest ago.
    const [oldest] = lastAt.keys()
    if (lastAt.size > MOST_CALLS && oldest !== undefined) lastAt.delete(oldest)
    return 0
  }
}
