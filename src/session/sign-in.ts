import { createHash, randomBytes } from 'node:crypto'
import type { Outgoing, PendingSignIn, SecretRecord } from '../secrets/record.ts'
import type { BrowserSignIn, SignInStatus } from '../services/service.ts'
import { addressText } from '../vocabulary/address.ts'
import { checkPhrase } from '../vocabulary/check-phrase.ts'
import type { Wait } from '../vocabulary/clock.ts'
import { Failure, isFailure } from '../vocabulary/failure.ts'
import { Secret } from '../vocabulary/secret.ts'
import type { SessionContext } from './context.ts'
import { changeEntry } from './entry.ts'
import { type Kept, keep } from './keep.ts'
import { judgeLink } from './link.ts'
import { poll, type Waiting } from './poll.ts'
import { addressesOf, loginCommand, type Target } from './target.ts'
import { keyOf, unclaimed } from './unclaimed.ts'

const POLL_TIMEOUT = 10_000

export interface SignInLink {
  url: string
  code: string
  phrase: string
  /** When this sign-in was begun, if that was an earlier run. */
  resumedFrom: string | null
}

export interface SignInEvents {
  /** Shown before anything is opened; what opens it must not be waited for. */
  link(link: SignInLink): void
  waiting(waiting: Waiting): void
  /** How the pauses between two questions are waited for, where somebody may cut them short. */
  pause?: Wait
  /** Called once when the waiting is over, however it ends. */
  over(): void
}

type Done = Extract<SignInStatus, { status: 'completed' }>

/** The hand-off through the browser: begin or go on, show the link, ask until it is done, keep what came. */
export const signInByBrowser = async (
  context: SessionContext,
  target: Target,
  flow: BrowserSignIn,
  deviceName: string,
  events: SignInEvents,
): Promise<Kept> => {
  const earlier = resumable(target)
  let done: Done | null = null
  try {
    if (earlier !== null)
      done = await waitFor(context, target, flow, { pending: earlier, serviceNow: null }, true, events)
    if (done === null) {
      const begun = await begin(context, target, flow, deviceName)
      done = await waitFor(context, target, flow, begun, false, events)
    }
  } finally {
    events.over()
  }
  if (done === null) throw new Error('a new sign-in ends by being done or by a failure')
  return keepKey(context, target, done)
}

/** The same hand-off with no page: what the page would have sent is sent from here. */
export const signInInTerminal = async (
  context: SessionContext,
  target: Target,
  flow: BrowserSignIn,
  deviceName: string,
  askPerson: () => Promise<{ email: string; password: Secret }>,
): Promise<Kept> => {
  const person = await askPerson()
  const left = await unclaimed(context, target.record)
  const begun = await begin(context, target, flow, deviceName, left)
  // From here on a key may be made at any moment: no stop comes before it is kept.
  return context.finish((unstopped) => completeHere({ ...context, ...unstopped }, target, flow, begun, person))
}

const completeHere = async (
  context: SessionContext,
  target: Target,
  flow: BrowserSignIn,
  { pending, serviceNow }: Begun,
  person: { email: string; password: Secret },
): Promise<Kept> => {
  let done: SignInStatus = { status: 'pending' }
  let lost: Failure | null = null
  try {
    done = await flow.complete(context.connect(target, null), { code: pending.code, ...person })
  } catch (error) {
    // The answer may be what was lost, not the question: the status tells, as long as the code lives.
    if (!isFailure(error, 'unreachable', 'timed_out', 'service_error', 'bad_answer')) {
      await forgetPending(context, target, pending)
      throw error
    }
    lost = error
  }
  if (done.status === 'completed') return keepKey(context, target, done)
  const atMost = lost === null ? 0 : LOST_ANSWER
  const polled = { ...pending, serviceNow, resumed: false, again: loginCommand(target), atMost }
  try {
    const status = await poll(pollContext(context, target), flow, polled, () => {})
    return await keepKey(context, target, assertDone(status, loginCommand(target)))
  } catch (error) {
    if (!isFailure(error, 'sign_in_expired')) throw error
    throw lost ?? new Failure('bad_answer', 'the service said that it is done, and neither it nor its status had a key')
  }
}

/** For how long the status may tell what an answer that was lost would have told. */
const LOST_ANSWER = 10_000

const keepKey = (context: SessionContext, target: Target, { key, account }: Done): Promise<Kept> =>
  keep(context, target, { kind: 'api_key', key, origin: 'sign-in' }, account, { isFetched: true })

interface Begun {
  pending: PendingSignIn
  /** The service's clock at the beginning; not known to a run that goes on with what another began. */
  serviceNow: number | null
}

const begin = async (
  context: SessionContext,
  target: Target,
  flow: BrowserSignIn,
  deviceName: string,
  left: readonly Outgoing[] = [],
): Promise<Begun> => {
  const verifier = randomBytes(32).toString('base64url')
  const pollChallenge = createHash('sha256').update(verifier).digest('base64url')
  const { serviceNow, code, ...started } = await flow.initiate(context.connect(target, null), {
    deviceName,
    pollChallenge,
  })
  const pending: PendingSignIn = {
    ...started,
    authUrl: new Secret(judgeLink(started.authUrl, target.base)),
    code,
    verifier: new Secret(verifier),
    startedAt: new Date(context.clock.now()).toISOString(),
    service: target.service.name,
    url: addressText(target.base),
  }
  // The code is as good as the key that it will fetch, so it waits where keys are kept.
  await changeEntry(context, target, (now) => withPending(target, now, pending, left))
  return { pending, serviceNow }
}

/** Beside the credential that the profile has had so far, which stays what it is until a new one is kept. */
const withPending = (
  target: Target,
  now: SecretRecord | null,
  pending: PendingSignIn,
  left: readonly Outgoing[],
): SecretRecord => {
  const outgoing = [...(now?.outgoing ?? []), ...left]
  return now !== null && now.credential !== null
    ? { ...now, pending, outgoing }
    : { ...addressesOf(target), credential: null, pending, outgoing }
}

const resumable = ({ record, service, base }: Target): PendingSignIn | null =>
  record?.pending?.service === service.name && record.pending.url === addressText(base) ? record.pending : null

/** `null` when a sign-in of an earlier run turns out to have ended. */
const waitFor = async (
  context: SessionContext,
  target: Target,
  flow: BrowserSignIn,
  { pending, serviceNow }: Begun,
  resumed: boolean,
  events: SignInEvents,
): Promise<Done | null> => {
  let shown = false
  const show = () => {
    if (!shown) events.link(linkOf(pending, resumed))
    shown = true
  }
  if (!resumed) show()
  try {
    const polled = { ...pending, serviceNow, resumed, again: loginCommand(target) }
    const polling = { ...pollContext(context, target), wait: events.pause ?? context.wait }
    const status = await poll(polling, flow, polled, (waiting) => {
      show()
      events.waiting(waiting)
    })
    // An earlier run's code that is dead at the first question is no news to anybody: a new one is made.
    if (status.status === 'expired' && resumed && !shown) return null
    if (status.status === 'completed') return status
    return assertDone(status, loginCommand(target))
  } catch (error) {
    if (!isFailure(error) || isFailure(error, 'terminated')) throw error
    // Approved in the moment of Ctrl-C, its key would be nobody's: the code stays, and the next sign-in has the key.
    const last = { signal: new AbortController().signal, timeoutMilliseconds: LAST_LOOK }
    if (context.signal.aborted && (await keyOf(context, pending, last)) !== null) throw error
    await forgetPending(context, target, pending)
    // A code of an earlier run that is refused at the first question is no news either.
    if (resumed && !shown && !context.signal.aborted) return null
    throw error
  }
}

const assertDone = (status: Exclude<SignInStatus, { status: 'pending' }>, again: string): Done => {
  if (status.status === 'completed') return status
  const hint = `start again: ${again}`
  throw status.denied
    ? new Failure('sign_in_denied', 'the sign-in was turned down on the page', { hint })
    : new Failure('sign_in_expired', 'the sign-in ended before it was approved', { hint })
}

const linkOf = ({ authUrl, code, startedAt }: PendingSignIn, resumed: boolean): SignInLink => ({
  url: authUrl.reveal(),
  code: code.reveal(),
  phrase: checkPhrase(code.reveal()),
  resumedFrom: resumed ? startedAt : null,
})

const pollContext = (context: SessionContext, target: Target) => ({
  http: context.connect(target, null, { timeoutMilliseconds: POLL_TIMEOUT }),
  clock: context.clock,
  wait: context.wait,
  signal: context.signal,
})

/** After Ctrl-C the program is on its way out, and what it still does must not hold it up. */
const LAST_WORDS = 1000
const LAST_LOOK = 400

/** Its own code and nothing else: another process may have signed in, or begun anew, since. */
const forgetPending = async (context: SessionContext, target: Target, mine: PendingSignIn): Promise<void> => {
  const signal = AbortSignal.timeout(LAST_WORDS)
  const isMine = (now: SecretRecord | null) => now?.pending?.code.reveal() === mine.code.reveal()
  try {
    await changeEntry(context, target, (now) => (now !== null && isMine(now) ? { ...now, pending: null } : now), signal)
  } catch (error) {
    // The code ends by itself within minutes; what went wrong before this is what the person should read.
    if (!isFailure(error) && !signal.aborted && !context.signal.aborted) throw error
  }
}
