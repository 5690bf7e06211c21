import type { Command } from 'commander'
import type { App } from '../app.ts'
import { relativeTime } from '../terminal/relative-time.ts'
import { clean } from '../vocabulary/clean.ts'

/** How somebody wants to get to a page; the same words for every way of signing in that has one. */
export interface LinkOptions {
  browser?: boolean
  qr?: boolean
  copy?: boolean
}

export const declareLinkOptions = (command: Command): Command =>
  command
    .option('--no-browser', 'show the address and open nothing')
    .option('--qr', 'show the address as a QR code too, for a phone')
    .option('--copy', 'put the address into the clipboard')

export interface ShownLink {
  url: string
  /** When an earlier run began what this link goes on with. */
  resumedFrom: string | null
  /** What the page shows too. */
  phrase: string | null
  /** What is to be typed there. */
  code: string | null
}

export const showLink = (
  { terminal, clock }: Pick<App, 'terminal' | 'clock'>,
  { url, resumedFrom, phrase, code }: ShownLink,
): void => {
  const { bold, cyan } = terminal.style.err
  if (resumedFrom !== null)
    terminal.say(`going on with the sign-in begun ${clean(relativeTime(resumedFrom, clock.now()))}`)
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

/** As a picture that a phone reads; asked for, it is shown wherever stderr goes. */
export const showQrCode = async ({ terminal }: App, url: string): Promise<void> => {
  const { qrCode } = await import('../terminal/qr-code.ts')
  const columns = terminal.streams.stderr.columns || 80
  // Colour is what `bold` would leave a mark of.
  const coloured = terminal.style.err.bold(' ') !== ' '
  terminal.insist(qrCode(url, columns, coloured) ?? `a QR code of the address needs more than ${columns} columns`)
}

/** Copies, and gives the words that say what became of it. */
export const copied = async (app: App, what: string, text: string): Promise<string> => {
  const clipboard = await app.copy(text)
  if (clipboard === null) return `${what} can't be copied: no clipboard is in reach`
  return clipboard === 'machine' ? `${what} is in the clipboard` : `${what} went to the terminal, for its clipboard`
}
