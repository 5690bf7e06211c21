/** `TARGET:EFFECT[@N][,retry-after=S]`, as `keyturn help faults` tells it: what is to go wrong, and when. */
import { Failure } from '../vocabulary/failure.ts'
import { quoted } from '../vocabulary/quoted.ts'

export type Effect =
  | { kind: 'status'; status: number; retryAfter: number | null }
  | { kind: 'slow'; bytesPerSecond: number }
  | { kind: 'redirect'; to: string }
  | { kind: 'interval'; seconds: number }
  | { kind: (typeof PLAIN)[number] }

export interface Fault {
  /** As it was written. */
  text: string
  /** `null`: any. */
  method: string | null
  /** `*`, a path, a word of a path, or the name of a listener. */
  target: string
  effect: Effect
  /** Of the requests that it fits, the first and the last that it hits, counted from one. */
  from: number
  to: number
}

export interface Faults {
  /** What is added to the server's own time, in milliseconds. */
  clockOffset: number
  faults: readonly Fault[]
}

const PLAIN = ['drop', 'drop-after-commit', 'lost-response', 'cut', 'html', 'escape-sequences'] as const
const LONGEST_OFFSET = 10 * 366 * 24 * 60 * 60

const FORM = /^(?:(?<method>[A-Z]{3,7}) )?(?<target>\*|\/[^\s:]*|[a-z0-9_-]+):(?<rest>\S+)$/
const REST =
  /^(?<what>redirect=\S+?|[^@,\s]+)(?:@(?<from>[1-9]\d{0,8})(?<range>-(?<to>[1-9]\d{0,8})?)?)?(?<more>,retry-after\S*)?$/

/** Each in the words of its grammar, and a `Failure` for the first that is not. */
export const parseFaults = (texts: readonly string[]): Faults => {
  const clocks = texts.filter((text) => text.startsWith('clock:'))
  const faults = texts.filter((text) => !text.startsWith('clock:')).map(parseFault)
  return { clockOffset: clocks.reduce((sum, text) => sum + clockOffset(text), 0), faults }
}

const clockOffset = (text: string): number => {
  const seconds = Number(/^clock:([+-]\d{1,9})$/.exec(text)?.[1])
  if (Math.abs(seconds) <= LONGEST_OFFSET) return seconds * 1000
  throw wrong(text, 'a clock is set by seconds, ten years at most', 'clock:+86400')
}

const parseFault = (text: string): Fault => {
  // `redirect:URL` is short for `*:redirect=URL`.
  const form = FORM.exec(text.replace(/^redirect:/, '*:redirect='))?.groups
  if (!form) throw wrong(text, 'it says what it hits and what goes wrong', 'status:502')
  const rest = REST.exec(form.rest ?? '')?.groups
  if (!rest) throw wrong(text, 'what goes wrong is followed by nothing, or by which time', 'status:502@2')
  const { from, range, to } = rest
  const first = from === undefined ? 1 : Number(from)
  const last = from === undefined ? Number.POSITIVE_INFINITY : lastOf(first, range, to)
  if (last < first) throw wrong(text, `there is nothing from ${first} to ${last}`, 'status:502@2-4')
  const effect = effectOf(text, rest.what ?? '', rest.more ?? '')
  return { text, method: form.method ?? null, target: form.target ?? '*', effect, from: first, to: last }
}

const lastOf = (first: number, range: string | undefined, to: string | undefined): number => {
  if (range === undefined) return first
  return to === undefined ? Number.POSITIVE_INFINITY : Number(to)
}

const effectOf = (text: string, what: string, more: string): Effect => {
  const retryAfter = /^,retry-after=(\d{1,6})$/.exec(more)?.[1]
  const isStatus = /^[45]\d\d$/.test(what)
  if (more !== '' && (!isStatus || retryAfter === undefined)) {
    throw wrong(
      text,
      'a status may be followed by ",retry-after=SECONDS", and nothing else by anything',
      '*:429,retry-after=3',
    )
  }
  if (isStatus) return { kind: 'status', status: Number(what), retryAfter: retryAfter ? Number(retryAfter) : null }
  const plain = PLAIN.find((kind) => kind === what)
  if (plain !== undefined) return { kind: plain }
  const bytes = /^slow=([1-9]\d{0,6})b\/s$/i.exec(what)?.[1]
  if (bytes !== undefined) return { kind: 'slow', bytesPerSecond: Number(bytes) }
  const seconds = /^interval=([1-9]\d{0,5})s$/i.exec(what)?.[1]
  if (seconds !== undefined) return { kind: 'interval', seconds: Number(seconds) }
  const to = /^redirect=(https?:\/\/.+)$/.exec(what)?.[1]
  if (to !== undefined && URL.canParse(to)) return { kind: 'redirect', to: new URL(to).href }
  throw wrong(text, `nothing goes wrong by ${quoted(what)}`, 'status:502@2')
}

const wrong = (text: string, why: string, example: string): Failure =>
  new Failure('usage', `${quoted(text)} is no fault: ${why}, as in ${example}`, { hint: 'see: keyturn help faults' })
