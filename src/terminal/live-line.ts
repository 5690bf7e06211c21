import type { Clock, Wait } from '../vocabulary/clock.ts'
import type { Terminal } from './terminal.ts'
import { cutToWidth } from './text-width.ts'

const SECOND = 1000
const A_MINUTE = 60 * SECOND
/** And until the next beat then: two seconds at most. */
const NOTE_LASTS = SECOND

/** How a wait goes, in words for both kinds of terminal. */
export interface Wording {
  /** For the line that lives: what matters most comes first, because a narrow terminal cuts the rest. */
  line: string
  /** For where nothing can be drawn twice; `null`: nothing is known yet. */
  sentence: string | null
  /** Where nothing can be drawn twice, a sentence is said again when this has changed. */
  topic: string
}

/** One line that tells how a wait goes. */
export interface LiveLine {
  start(wording: () => Wording): void
  /** An answer to a key, in the line's place for a moment. */
  note(text: string): void
  /** Leaves the terminal to somebody else until `show`. */
  hide(): void
  show(): void
  /** Leaves the terminal as it was. */
  stop(): void
}

interface Time {
  clock: Clock
  wait: Wait
  signal: AbortSignal
}

/** Draws one text in the place of the last; told of nothing else. */
interface Drawing {
  draw(): void
  erase(): void
}

/** On a terminal a line that lives; elsewhere a sentence at the beginning, once a minute, and when something changes. */
export const createLiveLine = async (terminal: Terminal, time: Time): Promise<LiveLine> => {
  const { clock } = time
  let wording: (() => Wording) | null = null
  let note: { text: string; until: number } | null = null
  const words = (): Wording | null => {
    const now = wording?.() ?? null
    return now !== null && note !== null && clock.monotonic() < note.until ? { ...now, line: note.text } : now
  }
  const { draw, erase } = terminal.animated ? await spinning(terminal, words) : slow(terminal, clock, words)
  let over = new AbortController()
  const beat = async (until: AbortSignal) => {
    try {
      for (;;) {
        draw()
        await time.wait(SECOND, until)
      }
    } catch (error) {
      if (!until.aborted) throw error
    }
  }
  return {
    start: (first) => {
      wording = first
      over = new AbortController()
      void beat(AbortSignal.any([time.signal, over.signal]))
    },
    note: (text) => {
      note = { text, until: clock.monotonic() + NOTE_LASTS }
      draw()
    },
    hide: erase,
    show: draw,
    stop: () => {
      over.abort()
      wording = null
      erase()
    },
  }
}

const SPINNER_WIDTH = 2
/**
 * A line that wraps leaves rows behind. So it is cut, a terminal that has just become narrower is told not to wrap it,
 * and the cursor rests at its beginning: whatever a terminal wraps anew by itself is below that.
 */
const NO_WRAP = '\u001b[?7l'
const WRAP = '\u001b[?7h'
const ERASE_BELOW = '\u001b[J'

const spinning = async ({ streams }: Terminal, words: () => Wording | null): Promise<Drawing> => {
  const { default: ora } = await import('ora')
  const stream = streams.stderr as NodeJS.WriteStream
  // stdin stays alone: Ctrl-C must go on being a signal.
  const spinner = ora({ stream, discardStdin: false, isEnabled: true })
  const refresh = () => {
    const text = cutToWidth(words()?.line ?? '', columnsOf(stream) - SPINNER_WIDTH - 1)
    spinner.text = `${NO_WRAP}${text}${WRAP}\r`
  }
  const resize = () => {
    refresh()
    stream.write(`${ERASE_BELOW}\r`)
  }
  return {
    draw: () => {
      if (words() === null) return
      refresh()
      if (spinner.isSpinning) return
      stream.on('resize', resize)
      spinner.start()
    },
    erase: () => {
      stream.off('resize', resize)
      spinner.stop()
    },
  }
}

const slow = (terminal: Terminal, clock: Clock, words: () => Wording | null): Drawing => {
  let last = { at: Number.NEGATIVE_INFINITY, topic: '' }
  return {
    draw: () => {
      const { sentence = null, topic = '' } = words() ?? {}
      const now = clock.monotonic()
      if (sentence === null || (topic === last.topic && now - last.at < A_MINUTE)) return
      last = { at: now, topic }
      terminal.say(sentence)
    },
    erase: () => {},
  }
}

const columnsOf = ({ columns }: { columns?: number }): number => columns || 80

/** Minutes and seconds as a countdown shows them: 04:12. */
export const countdown = (milliseconds: number): string => {
  const seconds = Math.max(0, Math.ceil(milliseconds / SECOND))
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`
}

/** The same for who reads or hears it in a sentence: "9 minutes". */
export const spokenTime = (milliseconds: number): string => {
  const minutes = Math.round(milliseconds / A_MINUTE)
  if (minutes >= 1) return minutes === 1 ? '1 minute' : `${minutes} minutes`
  return 'less than a minute'
}
