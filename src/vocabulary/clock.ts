/** Time, handed in: nothing in the rooms reads a clock or waits by itself. */
export interface Clock {
  /** Milliseconds since 1970, as this machine believes it. For showing, never for waiting. */
  now(): number
  /** Milliseconds that only ever grow, whatever happens to the wall clock. */
  monotonic(): number
}

/** Ends after so many milliseconds, or throws the signal's reason as soon as it aborts. */
export type Wait = (milliseconds: number, signal: AbortSignal) => Promise<void>
