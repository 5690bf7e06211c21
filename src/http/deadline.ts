import type { Take } from './transport.ts'

export interface Deadline {
  signal: AbortSignal
  /** The same taker, under which the time is that for one part: a long answer has it again after each. */
  forParts(take: Take): Take
  /** The head of an answer was handed on to who takes its parts, which no second try can undo. */
  isHandedOn(): boolean
  isPartTaken(): boolean
  stop(): void
}

const REQUEST_TIMEOUT = 30_000

/** How long a call may take: what was wished, unless it has a shorter time of its own. In milliseconds. */
export const timeFor = (own: number | undefined, wished: number | null): number =>
  Math.min(own ?? Number.POSITIVE_INFINITY, wished ?? REQUEST_TIMEOUT)

/** Aborts after that time, unless it was stopped before. */
export const startDeadline = (milliseconds: number): Deadline => {
  const expired = new AbortController()
  const start = () => setTimeout(() => expired.abort(), milliseconds)
  let timer = start()
  let handedOn = false
  let partTaken = false
  return {
    signal: expired.signal,
    forParts: (take) => (head) => {
      const takePart = take(head)
      handedOn ||= takePart !== null
      return (
        takePart &&
        (async (part) => {
          partTaken = true
          // Whoever takes it may be slow: that is no fault of the service.
          clearTimeout(timer)
          await takePart(part)
          timer = start()
        })
      )
    },
    isHandedOn: () => handedOn,
    isPartTaken: () => partTaken,
    stop: () => clearTimeout(timer),
  }
}
