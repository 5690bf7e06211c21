import type { Command } from 'commander'
import type { App } from '../app.ts'
import { readSecret } from '../terminal/read-secret.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { Secret } from '../vocabulary/secret.ts'

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
      hint: 'give --google-client-id ID, or set KEYTURN_GOOGLE_CLIENT_ID',
    })
  }
  throw new Failure('unsupported', 'not yet')
}
