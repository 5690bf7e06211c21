import type { Clock, Wait } from '../vocabulary/clock.ts'

/** What the files need of the world around them, handed in once by whoever composes the program. */
export interface FileTools {
  clock: Clock
  wait: Wait
  /** For a person: something was repaired or set aside on the way, and the work goes on. */
  tell(message: string): void
  /** To know a lock whose holder has died from one whose holder is only slow. */
  processes: { pid: number; isRunning(pid: number): boolean }
}
