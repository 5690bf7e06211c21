import type { Wait } from '../vocabulary/clock.ts'

/** The shortest pause that anybody's hurry can make. */
const AT_LEAST = 1000

/** A way of waiting that a person can cut short: to one second, and no more than that. */
export const makeSooner = (wait: Wait): { wait: Wait; now(): void } => {
  let hurried = new AbortController()
  return {
    now: () => hurried.abort(),
    wait: async (milliseconds, signal) => {
      await wait(Math.min(milliseconds, AT_LEAST), signal)
      const rest = milliseconds - AT_LEAST
      if (rest > 0 && !hurried.signal.aborted) {
        await wait(rest, AbortSignal.any([signal, hurried.signal])).catch(() => signal.throwIfAborted())
      }
      hurried = new AbortController()
    },
  }
}
