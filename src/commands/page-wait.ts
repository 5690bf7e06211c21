import type { App } from '../app.ts'
import { CTRL_C, CTRL_Z, ESCAPE, readKeys } from '../terminal/keys.ts'
import { createLiveLine, type Wording } from '../terminal/live-line.ts'
import { wrap } from '../terminal/wrap.ts'
import { Failure } from '../vocabulary/failure.ts'
import { copied, type LinkOptions, openLink, type ShownLink, showLink, showQrCode } from './link.ts'

export interface AwaitedPage extends ShownLink {
  /** What `c` copies. */
  copies: string | null
  /** A browser on this machine is of use; with a code to type elsewhere it is not. */
  opens: boolean
  /** The page may be opened on another device. */
  portable: boolean
  /** What `n` does. */
  askNow: (() => void) | null
  wording: () => Wording
}

/** A page that waits for a person, and a terminal that waits with it: the link, one line that lives, keys. */
export interface PageWait {
  begin(page: AwaitedPage): void
  end(): void
  /** Calls back a person who has been away for longer than it takes to look at a page. */
  callBack(words: string): Promise<void>
}

const AWAY_AFTER = 5000

export const createPageWait = async (app: App, options: LinkOptions): Promise<PageWait> => {
  const { terminal, clock } = app
  const line = await createLiveLine(terminal, app)
  let begunAt = clock.monotonic()
  let releaseKeys = () => {}
  return {
    begin: (page) => {
      begunAt = clock.monotonic()
      showLink(app, page)
      if (options.qr) void showQrCode(app, page.url)
      if (options.copy) void copied(app, 'the address', page.url).then(terminal.say)
      openLink(app, page.url, !page.opens || options.browser === false)
      if (terminal.interactive && terminal.animated) releaseKeys = offerKeys(app, page, line)
      line.start(page.wording)
    },
    end: () => {
      releaseKeys()
      line.stop()
    },
    callBack: async (words) => {
      if (clock.monotonic() - begunAt < AWAY_AFTER) return
      const { notify } = await import('../terminal/notify.ts')
      notify(terminal, app.env, words)
    },
  }
}

interface Key {
  label: string
  press: () => unknown
}

/** Says which keys there are, and does what they say until it is released. */
const offerKeys = (
  app: App,
  page: AwaitedPage,
  line: { note(text: string): void; hide(): void; show(): void },
): (() => void) => {
  const { terminal, jobs, signal } = app
  const keys = keysOf(app, page, line.note)
  const onKey = (key: string) => {
    if (key === CTRL_C) jobs.stop(new Failure('interrupted', 'stopped by Ctrl-C'))
    else if (key === ESCAPE) jobs.stop(new Failure('interrupted', 'cancelled'))
    else if (key === CTRL_Z) suspend()
    else void keys[key.toLowerCase()]?.press()
  }
  let letGo = readKeys(terminal.streams.stdin, onKey)
  const labels = [...Object.entries(keys).map(([key, { label }]) => `${key} ${label}`), 'Esc cancel']
  // On a narrow terminal a line ends between two keys.
  const unbroken = labels.map((label) => label.replaceAll(' ', '\u00a0')).join('  ')
  for (const words of wrap(unbroken, terminal.streams.stderr.columns || 80))
    terminal.say(terminal.style.err.dim(words.replaceAll('\u00a0', ' ').trimEnd()))
  const takeBack = () => {
    letGo()
    letGo = readKeys(terminal.streams.stdin, onKey)
    line.show()
  }
  const suspend = () => {
    letGo()
    line.hide()
    jobs.suspend()
    // Where no shell could continue it, the system has not suspended it.
    takeBack()
  }
  // Whatever suspended it, the shell has had the terminal meanwhile.
  const stopListening = jobs.onContinue(takeBack)
  const release = () => {
    signal.removeEventListener('abort', release)
    stopListening()
    letGo()
  }
  // At once, so that a second Ctrl-C is the terminal's own again.
  signal.addEventListener('abort', release)
  return release
}

const keysOf = (app: App, page: AwaitedPage, note: (text: string) => void): Record<string, Key> => {
  const { url, copies, askNow } = page
  const copy = async (what: string, text: string) => note(await copied(app, what, text))
  const open = () => {
    note('opening the page again')
    openLink(app, url, false)
  }
  const ask = () => {
    note('asking now')
    askNow?.()
  }
  return {
    ...(page.opens && app.browserObstacle === null && { o: { label: 'open again', press: open } }),
    ...(copies !== null && { c: { label: 'copy code', press: () => copy('the code', copies) } }),
    u: { label: 'copy address', press: () => copy('the address', url) },
    ...(page.portable && { q: { label: 'QR code', press: () => showQrCode(app, url) } }),
    ...(askNow !== null && { n: { label: 'ask now', press: ask } }),
  }
}
