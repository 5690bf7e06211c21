import type { App } from '../app.ts'
import type { BrowserSignIn } from '../services/service.ts'
import type { Kept } from '../session/keep.ts'
import type { Waiting } from '../session/poll.ts'
import { type SignInEvents, signInByBrowser } from '../session/sign-in.ts'
import type { Target } from '../session/target.ts'
import { countdown, startLiveLine } from '../terminal/live-line.ts'
import { clean } from '../vocabulary/clean.ts'
import { openLink, showLink } from './link.ts'

/** The browser sign-in as a person sees it: the link, the check phrase, one line that lives. */
export const signInOnPage = async (
  app: App,
  target: Target,
  flow: BrowserSignIn,
  deviceName: string,
  noBrowser: boolean,
): Promise<Kept> => {
  const line = await startLiveLine(app.terminal, app.clock)
  const events: SignInEvents = {
    link: (link) => {
      showLink(app, { ...link, code: null })
      openLink(app, link.url, noBrowser)
    },
    waiting: (waiting) => line.show(waitingLine(waiting)),
    over: () => line.clear(),
  }
  return signInByBrowser(app, target, flow, deviceName, events)
}

const waitingLine = ({ millisecondsLeft, trouble }: Waiting): string => {
  const left = `the code lives ${countdown(millisecondsLeft)} longer`
  return trouble === null
    ? `waiting for your approval; ${left}`
    : `waiting, trying again (${clean(trouble, 120)}); ${left}`
}
