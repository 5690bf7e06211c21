import type { Command } from 'commander'
import type { App } from '../app.ts'
import { GOOGLE_ISSUER, idTokenByBrowser, idTokenByDevice } from '../session/google.ts'
import { countdown, spokenTime, type Wording } from '../terminal/live-line.ts'
import { readSecret } from '../terminal/read-secret.ts'
import { Failure } from '../vocabulary/failure.ts'
import { Secret } from '../vocabulary/secret.ts'
import type { LinkOptions } from './link.ts'
import { createPageWait } from './page-wait.ts'

export interface GoogleOptions extends LinkOptions {
  credentialStdin?: boolean
  device?: boolean
  googleIssuer?: string
  googleClientId?: string
}

export const declareGoogleOptions = (command: Command): Command =>
  command
    .option('--device', 'with --google: a code to type on any other device, and no browser here')
    .option('--credential-stdin', 'with --google: an ID token that you have, from standard input')
    .option('--google-issuer <address>', 'who signs the ID tokens (KEYTURN_GOOGLE_ISSUER; Google unless given)')
    .option('--google-client-id <id>', 'the client that the service has with Google (KEYTURN_GOOGLE_CLIENT_ID)')

/** An ID token: given, or got from Google in the browser or by a code typed elsewhere. It is sent on and kept nowhere. */
export const googleIdToken = async (app: App, options: GoogleOptions): Promise<Secret> => {
  if (options.credentialStdin) return readSecret(app.terminal, 'the ID token', app.signal)
  const clientId = options.googleClientId ?? app.env.KEYTURN_GOOGLE_CLIENT_ID
  if (!clientId) {
    throw new Failure('input_needed', 'signing in with Google needs the client id that the service has with Google', {
      hint: 'give it: keyturn login --google --google-client-id ID, or KEYTURN_GOOGLE_CLIENT_ID=ID',
    })
  }
  const google = {
    issuer: options.googleIssuer ?? (app.env.KEYTURN_GOOGLE_ISSUER || GOOGLE_ISSUER),
    clientId,
    clientSecret: app.env.KEYTURN_GOOGLE_CLIENT_SECRET ? new Secret(app.env.KEYTURN_GOOGLE_CLIENT_SECRET) : null,
  }
  const page = await createPageWait(app, options)
  const events = {
    link: (url: string, code: string | null, life: number) => {
      const typed = code !== null
      const awaited = typed ? 'waiting for the code to be typed' : 'waiting for your answer in the browser'
      const wording = lasting(app, awaited, life)
      // An answer in the browser comes back to a port of this machine, so no other device will do.
      const way = { copies: code, opens: !typed, portable: typed, askNow: null }
      page.begin({ ...way, url, resumedFrom: null, phrase: null, code, wording })
    },
  }
  const byPage = options.device ? idTokenByDevice : idTokenByBrowser
  const idToken = await byPage(app, google, events).finally(page.end)
  await page.callBack(`${new URL(google.issuer).host} has answered`)
  return idToken
}

/** Words for a wait of which only its end is known. */
const lasting = ({ clock }: App, awaited: string, life: number): (() => Wording) => {
  const endsAt = clock.monotonic() + life
  return () => {
    const left = endsAt - clock.monotonic()
    return {
      line: `${awaited} · ${countdown(left)} left`,
      sentence: `${awaited}; ${spokenTime(left)} left`,
      topic: awaited,
    }
  }
}
