import type { Clock, Wait } from '../../src/vocabulary/clock.ts'

/** Time in the test's hand: waiting makes it pass, and nothing else does. */
export const handTime = (start = Date.parse('2026-03-27T10:00:00Z')) => {
  let passed = 0
  let offset = 0
  const waits: number[] = []
  const clock: Clock = { now: () => start + passed + offset, monotonic: () => passed }
  const wait: Wait = async (milliseconds, signal) => {
    signal.throwIfAborted()
    waits.push(milliseconds)
    passed += milliseconds
  }
  return {
    clock,
    wait,
    waits,
    pass: (milliseconds: number) => {
      passed += milliseconds
    },
    /** What a laptop's sleep or a wrong clock does: the wall moves, the monotonic clock does not. */
    moveWall: (milliseconds: number) => {
      offset += milliseconds
    },
  }
}
