import type { App } from '../app.ts'
import type { BrowserSignIn } from '../services/service.ts'
import type { Kept } from '../session/keep.ts'
import type { Waiting } from '../session/poll.ts'
import { type SignInEvents, signInByBrowser } from '../session/sign-in.ts'
import type { Target } from '../session/target.ts'
import { countdown, spokenTime, type Wording } from '../terminal/live-line.ts'
import { clean } from '../vocabulary/clean.ts'
import type { Clock } from '../vocabulary/clock.ts'
import { isFailure } from '../vocabulary/failure.ts'
import type { LinkOptions } from './link.ts'
import { createPageWait } from './page-wait.ts'
import { makeSooner } from './sooner.ts'

/** The browser sign-in as a person sees it: the link, the check phrase, one line that lives, keys. */
export const signInOnPage = async (
  app: App,
  target: Target,
  flow: BrowserSignIn,
  deviceName: string,
  options: LinkOptions,
): Promise<Kept> => {
  const page = await createPageWait(app, options)
  const sooner = makeSooner(app.wait)
  const told = makeWording(app.clock)
  const events: SignInEvents = {
    link: ({ code, ...link }) =>
      page.begin({
        ...link,
        ...{ code: null, copies: code, opens: true, portable: true, askNow: sooner.now, wording: told.wording },
      }),
    waiting: told.observe,
    pause: sooner.wait,
    over: page.end,
  }
  try {
    const kept = await signInByBrowser(app, target, flow, deviceName, events)
    await page.callBack(`signed in to ${target.service.title}`)
    return kept
  } catch (error) {
    if (isFailure(error, 'sign_in_expired', 'sign_in_denied')) await page.callBack(error.message)
    throw error
  }
}

const AWAITED = 'waiting for your approval'

/** Puts each answer of the service into words, which go on being true between two of them. */
export const makeWording = (clock: Clock): { observe(waiting: Waiting): void; wording(): Wording } => {
  let last: (Waiting & { endsAt: number }) | null = null
  let answeredAt: number | null = null
  return {
    observe: (waiting) => {
      const now = clock.monotonic()
      last = { ...waiting, endsAt: now + waiting.millisecondsLeft }
      if (!waiting.offline) answeredAt = now
    },
    wording: () => {
      if (last === null) return { line: AWAITED, sentence: null, topic: '' }
      const now = clock.monotonic()
      const { trouble, offline } = last
      const left = last.endsAt - now
      const reason = trouble === null ? null : clean(trouble, 120)
      const head = offline ? 'offline, trying again' : reason === null ? AWAITED : 'trouble, trying again'
      const answer =
        answeredAt === null ? 'no answer yet' : `last answer ${Math.floor((now - answeredAt) / 1000)} s ago`
      return {
        line: [head, `${countdown(left)} left`, answer, ...(reason === null ? [] : [reason])].join(' · '),
        sentence: `${reason === null ? AWAITED : `${head} (${reason})`}; ${spokenTime(left)} left`,
        topic: reason === null ? 'waiting' : 'trouble',
      }
    },
  }
}
