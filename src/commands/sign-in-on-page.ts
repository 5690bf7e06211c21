import type { App } from '../app.ts'
import type { BrowserSignIn } from '../services/service.ts'
import type { Kept } from '../session/keep.ts'
import type { Waiting } from '../session/poll.ts'
import { type SignInEvents, type SignInLink, signInByBrowser } from '../session/sign-in.ts'
import type { Target } from '../session/target.ts'
import { countdown, startLiveLine } from '../terminal/live-line.ts'
import { clean } from '../vocabulary/clean.ts'
import { isFailure } from '../vocabulary/failure.ts'

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
      showLink(app, link)
      open(app, link.url, noBrowser ? '--no-browser says so' : app.browserObstacle)
    },
    waiting: (waiting) => line.show(waitingLine(waiting)),
    over: () => line.clear(),
  }
  return signInByBrowser(app, target, flow, deviceName, events)
}

const showLink = ({ terminal }: App, { url, phrase, resumedFrom }: SignInLink): void => {
  const { bold, cyan } = terminal.style.err
  if (resumedFrom !== null) terminal.say(`going on with the sign-in begun at ${clean(resumedFrom)}`)
  terminal.say()
  terminal.say('open this address and approve there:')
  terminal.say()
  // Alone on its line and never wrapped, so that a terminal and a mouse take it whole.
  terminal.insist(cyan(url))
  terminal.say()
  terminal.say(`the page must show the same two words: ${bold(phrase)}`)
  terminal.say()
}

/** Whatever becomes of the browser, nobody waits for it: only the service knows whether a person approved. */
const open = (app: App, url: string, obstacle: string | null): void => {
  if (obstacle !== null) {
    app.terminal.say(`no browser is opened from here: ${obstacle}`)
    return
  }
  app.openBrowser(url).catch((error: unknown) => {
    if (isFailure(error)) throw error
    app.terminal.say('the browser could not be started; open the address yourself')
  })
}

const waitingLine = ({ millisecondsLeft, trouble }: Waiting): string => {
  const left = `the code lives ${countdown(millisecondsLeft)} longer`
  return trouble === null
    ? `waiting for your approval; ${left}`
    : `waiting, trying again (${clean(trouble, 120)}); ${left}`
}
