import type { Transport } from '../http/transport.ts'
import type { Clock, Wait } from '../vocabulary/clock.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { Secret } from '../vocabulary/secret.ts'

/** Google, unless another issuer is named. */
export const GOOGLE_ISSUER = 'https://accounts.google.com'

export interface GoogleClient {
  issuer: string
  clientId: string
  /** Google wants one even of programs that people install; it keeps nothing secret. */
  clientSecret: Secret | null
}

export interface GoogleContext {
  transport: Transport
  clock: Clock
  wait: Wait
  signal: AbortSignal
}

export interface GoogleEvents {
  /** An address to open; `code` is to be typed there, where the way has one. It ends after so many milliseconds. */
  link(url: string, code: string | null, life: number): void
}

/** An ID token by the authorization code flow with PKCE (RFC 7636) on a loopback port (RFC 8252 §7.3). */
export const idTokenByBrowser = async (
  context: GoogleContext,
  google: GoogleClient,
  events: GoogleEvents,
): Promise<Secret> => {
  const [{ openIssuer }, { listenOnce }] = await Promise.all([import('./issuer.ts'), import('./loopback.ts')])
  const issuer = await openIssuer(context, google)
  const listener = await listenOnce()
  try {
    const { url, finish } = await issuer.authorize(listener.redirectUri)
    events.link(url, null, PATIENCE)
    return await finish(await answered(context, listener.answer(issuer.state)))
  } finally {
    listener.close()
  }
}

/** An ID token by a code that is typed on any other device (RFC 8628). */
export const idTokenByDevice = async (
  context: GoogleContext,
  google: GoogleClient,
  events: GoogleEvents,
): Promise<Secret> => {
  const { openIssuer } = await import('./issuer.ts')
  const issuer = await openIssuer(context, google)
  const { url, code, life, finish } = await issuer.device()
  events.link(url, code, life)
  return finish()
}

const PATIENCE = 5 * 60_000

/** The person's answer, for as long as somebody may be expected to be at it. */
const answered = async <T>({ wait, signal }: GoogleContext, answer: Promise<T>): Promise<T> => {
  const over = new AbortController()
  const late = wait(PATIENCE, AbortSignal.any([signal, over.signal])).then(() => {
    throw new Failure('sign_in_expired', 'nobody answered in the browser within five minutes', {
      hint: 'start again: keyturn login --google, or --google --device',
    })
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    over.abort()
    late.catch(() => {})
  }
}
