import type { App } from '../app.ts'
import { clean } from '../vocabulary/clean.ts'

interface ShownLink {
  url: string
  /** When an earlier run began what this link goes on with. */
  resumedFrom: string | null
  /** What the page shows too. */
  phrase: string | null
  /** What is to be typed there. */
  code: string | null
}

export const showLink = ({ terminal }: App, { url, resumedFrom, phrase, code }: ShownLink): void => {
  const { bold, cyan } = terminal.style.err
  if (resumedFrom !== null) terminal.say(`going on with the sign-in begun at ${clean(resumedFrom)}`)
  terminal.say()
  terminal.say('open this address and approve there:')
  terminal.say()
  // Alone on its line and never wrapped, so that a terminal and a mouse take it whole.
  terminal.insist(cyan(url))
  terminal.say()
  if (phrase !== null) terminal.say(`the page must show the same two words: ${bold(phrase)}`)
  if (code !== null) terminal.insist(`type this code there: ${bold(code)}`)
  terminal.say()
}

/** Whatever becomes of the browser, nobody waits for it: only the service knows whether a person approved. */
export const openLink = (app: App, url: string, notWanted: boolean): void => {
  const obstacle = notWanted ? 'none is wanted' : app.browserObstacle
  if (obstacle !== null) {
    app.terminal.say(`no browser is opened from here: ${obstacle}`)
    return
  }
  app.openBrowser(url).catch(() => {
    app.terminal.say('the browser could not be started; open the address yourself')
  })
}
