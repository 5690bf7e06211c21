import type { Http } from '../http/http.ts'
import { readJson } from '../http/judge.ts'
import { retryAfter, serviceTime } from '../http/retry-after.ts'
import type { WireAnswer } from '../http/transport.ts'
import type { BrowserSignIn, SignInStatus } from '../services/service.ts'
import type { Clock, Wait } from '../vocabulary/clock.ts'
import { Failure, isFailure } from '../vocabulary/failure.ts'
import type { Secret } from '../vocabulary/secret.ts'

const SECOND = 1000
/** A service may need a moment before it knows the code that it has just made. */
const TOO_EARLY = 5 * SECOND
const PATIENT_AFTER = 30 * SECOND
const LONGEST_PAUSE = 60 * SECOND
/** The page: ten minutes. A service that names more is believed up to a quarter of an hour. */
const DOCUMENTED_LIFE = 10 * 60 * SECOND
const LONGEST_LIFE = 15 * 60 * SECOND

interface PollContext {
  http: Http
  clock: Clock
  wait: Wait
  signal: AbortSignal
}

export interface Polled {
  code: Secret
  verifier: Secret
  expiresAt: string | null
  /** The service's clock when the code was made, where that is known. */
  serviceNow: number | null
  /** True when this code was made by an earlier run: then an unknown code is an ended one. */
  resumed: boolean
  /** The command that begins anew. */
  again: string
  /** Milliseconds after which no more is asked, whatever the code's own end. */
  atMost?: number
}

export interface Waiting {
  millisecondsLeft: number
  /** Why the last question got no good answer; `null` when it got one. */
  trouble: string | null
  /** The service could not be reached at all. */
  offline: boolean
}

/** Asks until the sign-in is completed or has ended, surviving everything that may pass. */
export const poll = async (
  context: PollContext,
  flow: BrowserSignIn,
  polled: Polled,
  onWaiting: (waiting: Waiting) => void,
): Promise<Exclude<SignInStatus, { status: 'pending' }>> => {
  const { clock } = context
  const started = clock.monotonic()
  const life = lifeOf(polled, clock)
  let trouble: string | null = null
  for (;;) {
    const outcome = await ask(context, flow, polled)
    if (outcome.answer !== null) life.observe(serviceTime(outcome.answer.headers))
    const age = clock.monotonic() - started
    const verdict = judge(flow, outcome, age < TOO_EARLY && !polled.resumed)
    if (verdict.status !== null && verdict.status.status !== 'pending') return verdict.status
    trouble = verdict.trouble
    const left = life.left()
    if (left <= 0) throw ended(trouble, polled.again)
    const offline = isFailure(outcome.failure, 'unreachable', 'timed_out')
    onWaiting({ millisecondsLeft: left, trouble, offline })
    const usual = age < PATIENT_AFTER ? SECOND : 2 * SECOND
    const asked = outcome.answer === null ? null : retryAfter(outcome.answer.headers, clock.now())
    const pause = asked === null ? usual : Math.min(Math.max(asked, usual), LONGEST_PAUSE)
    await context.wait(Math.min(pause, left), context.signal)
  }
}

/**
 * How long the code still lives: the service's own end against the service's own clock, seen anew with each answer and
 * never made longer, so that neither this machine's clock nor its sleep changes it.
 */
const lifeOf = ({ expiresAt, serviceNow, resumed, atMost = LONGEST_LIFE }: Polled, clock: Clock) => {
  const end = Date.parse(expiresAt ?? '')
  const said = end - (serviceNow ?? clock.now())
  // An end that is unreadable, or past when the code was just made, says nothing.
  const readable = said > 0 || (resumed && !Number.isNaN(end))
  let endsAt = clock.monotonic() + Math.min(said > 0 ? said : DOCUMENTED_LIFE, LONGEST_LIFE, atMost)
  return {
    left: () => endsAt - clock.monotonic(),
    observe: (now: number | null) => {
      // `Date` has whole seconds, so the end is up to one second later than it seems.
      if (now !== null && readable) endsAt = Math.min(endsAt, clock.monotonic() + end - now + SECOND)
    },
  }
}

type Outcome = { answer: WireAnswer; failure: null } | { answer: null; failure: Failure }

const ask = async (context: PollContext, flow: BrowserSignIn, { code, verifier }: Polled): Promise<Outcome> => {
  try {
    return { answer: await flow.askStatus(context.http, code, verifier), failure: null }
  } catch (error) {
    if (isFailure(error, 'unreachable', 'timed_out', 'bad_answer')) return { answer: null, failure: error }
    throw error
  }
}

interface Verdict {
  status: SignInStatus | null
  trouble: string | null
}

const judge = (flow: BrowserSignIn, { answer, failure }: Outcome, early: boolean): Verdict => {
  if (answer === null) return { status: null, trouble: failure.message }
  if (answer.status === 410) return { status: { status: 'expired', denied: false }, trouble: null }
  if (answer.status === 404 && !early) return { status: { status: 'expired', denied: false }, trouble: null }
  try {
    return { status: flow.judgeStatus(answer), trouble: null }
  } catch (error) {
    if (isFailure(error) && (passes(answer, early) || !isJson(answer))) return { status: null, trouble: error.message }
    throw error
  }
}

const passes = ({ status }: WireAnswer, early: boolean): boolean =>
  // A redirect is what the Wi-Fi of a hotel answers; it is not followed, and it passes.
  (status >= 300 && status < 400) || status === 408 || status === 429 || status >= 500 || (status === 404 && early)

const isJson = (answer: WireAnswer): boolean => {
  if (answer.status < 200 || answer.status >= 300) return true
  try {
    readJson(answer, '')
    return true
  } catch {
    return false
  }
}

const ended = (trouble: string | null, again: string): Failure =>
  new Failure(
    'sign_in_expired',
    `the sign-in ended before it was approved${trouble ? `; the last answer: ${trouble}` : ''}`,
    {
      hint: `start again: ${again}`,
    },
  )
