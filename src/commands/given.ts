import type { App } from '../app.ts'
import { type Kept, keep } from '../session/keep.ts'
import { loginCommand, type Target } from '../session/target.ts'
import { whoIs } from '../session/who-is.ts'
import { readSecret } from '../terminal/read-secret.ts'
import { type Credential, credentialSecret } from '../vocabulary/credential.ts'
import { Failure } from '../vocabulary/failure.ts'
import { tokenExpiry } from '../vocabulary/token-expiry.ts'

/** A key or a token that somebody has, from standard input. */
export const readGiven = async (app: App, what: 'key' | 'token'): Promise<Credential> => {
  // Typed or pasted, it is echoed no more than a password is.
  const secret = app.terminal.interactive
    ? await app.ask.password(`the ${what}`, 'it on standard input')
    : await readSecret(app.terminal, `the ${what}`, app.signal)
  if (!/^[\x21-\x7e]{8,8192}$/.test(secret.reveal())) {
    throw new Failure('usage', `what was given is no ${what}: it is too short, too long, or has odd characters`, {
      hint: `give it on standard input and nothing with it: keyturn login SERVICE --with-${what === 'key' ? 'api-key' : 'token'} < FILE`,
    })
  }
  return what === 'key'
    ? { kind: 'api_key', key: secret, origin: 'given' }
    : { kind: 'session', access: secret, refresh: null, expiresAt: tokenExpiry(secret.reveal()) }
}

/** It is checked with the service before it takes the place of anything. */
export const keepGiven = async (app: App, target: Target, credential: Credential): Promise<Kept> => {
  const { service } = target
  if (credential.kind === 'api_key' && !credentialSecret(credential).reveal().startsWith(service.keyPrefix)) {
    throw new Failure('usage', `what was given is no key of ${service.title}: those begin with ${service.keyPrefix}`, {
      hint: `for a session's token: ${loginCommand(target)} --with-token`,
    })
  }
  const account = await whoIs(service, credential.kind, app.connect(target, credential))
  return keep(app, target, credential, account, { isChecked: true })
}
