import type { Command } from 'commander'
import type { App } from '../app.ts'
import { GOOGLE_ISSUER, idTokenByBrowser, idTokenByDevice } from '../session/google.ts'
import { startLiveLine } from '../terminal/live-line.ts'
import { readSecret } from '../terminal/read-secret.ts'
import { Failure } from '../vocabulary/failure.ts'
import { Secret } from '../vocabulary/secret.ts'
import { openLink, showLink } from './link.ts'

export interface GoogleOptions {
  credentialStdin?: boolean
  device?: boolean
  googleIssuer?: string
  googleClientId?: string
  browser?: boolean
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
  const line = await startLiveLine(app.terminal, app.clock)
  const events = {
    link: (url: string, code: string | null) => {
      showLink(app, { url, resumedFrom: null, phrase: null, code })
      openLink(app, url, code !== null || options.browser === false)
      line.show(code === null ? 'waiting for your answer in the browser' : 'waiting for the code to be typed')
    },
  }
  try {
    return await (options.device ? idTokenByDevice(app, google, events) : idTokenByBrowser(app, google, events))
  } finally {
    line.clear()
  }
}
