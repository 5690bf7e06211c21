import type { Clock } from '../vocabulary/clock.ts'
import type { Terminal } from './terminal.ts'

const A_MINUTE = 60_000

/** One line that tells how a wait goes. */
export interface LiveLine {
  show(text: string): void
  /** Leaves the terminal as it was. */
  clear(): void
}

/** On a terminal a line that lives; elsewhere the same text once a minute. */
export const startLiveLine = async (terminal: Terminal, clock: Clock): Promise<LiveLine> => {
  if (!terminal.animated) return slowLine(terminal, clock)
  const { default: ora } = await import('ora')
  // stdin stays alone: Ctrl-C must go on being a signal.
  const spinner = ora({ stream: terminal.streams.stderr as NodeJS.WriteStream, discardStdin: false, isEnabled: true })
  return {
    show: (text) => {
      spinner.text = text
      if (!spinner.isSpinning) spinner.start()
    },
    clear: () => void spinner.stop(),
  }
}

const slowLine = (terminal: Terminal, clock: Clock): LiveLine => {
  let last = Number.NEGATIVE_INFINITY
  return {
    show: (text) => {
      if (clock.monotonic() - last < A_MINUTE) return
      last = clock.monotonic()
      terminal.say(text)
    },
    clear: () => {},
  }
}

/** Minutes and seconds as a countdown shows them: 04:12. */
export const countdown = (milliseconds: number): string => {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`
}
