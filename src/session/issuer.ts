/** The OpenID provider's side of a Google sign-in, by oauth4webapi; loaded only when somebody signs in that way. */
import * as oauth from 'oauth4webapi'
import { addressFault, isLoopback } from '../vocabulary/address.ts'
import { clean } from '../vocabulary/clean.ts'
import { Failure, isFailure } from '../vocabulary/failure.ts'
import { Secret } from '../vocabulary/secret.ts'
import type { GoogleClient, GoogleContext } from './google.ts'

const SCOPE = 'openid email profile'
const SECOND = 1000
const REQUEST_TIMEOUT = 10 * SECOND
/** RFC 8628 §3.2 and §3.5: five seconds unless the answer says otherwise, and five more for good when asked to slow down. */
const INTERVAL = 5
const LONGEST_INTERVAL = 60
const LONGEST_LIFE = 30 * 60

export interface Issuer {
  state: string
  authorize(redirectUri: string): Promise<{ url: string; finish(answer: URL): Promise<Secret> }>
  device(): Promise<{ url: string; code: string; finish(): Promise<Secret> }>
}

export const openIssuer = async (context: GoogleContext, google: GoogleClient): Promise<Issuer> => {
  const fault = addressFault(google.issuer)
  if (fault !== null) throw new Failure('usage', `"${clean(google.issuer)}" can't be an issuer: ${fault}`)
  const issuer = new URL(google.issuer)
  const options = () => requestOptions(context, issuer)
  const server = await told(issuer, async () =>
    oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options())),
  )
  const client: oauth.Client = { client_id: google.clientId }
  const proof = google.clientSecret === null ? oauth.None() : oauth.ClientSecretPost(google.clientSecret.reveal())
  const state = oauth.generateRandomState()

  const idTokenOf = (answer: oauth.TokenEndpointResponse): Secret => {
    if (answer.id_token !== undefined) return new Secret(answer.id_token)
    throw new Failure('bad_answer', `${issuer.origin} answered without an ID token`)
  }

  return {
    state,
    authorize: async (redirectUri) => {
      const verifier = oauth.generateRandomCodeVerifier()
      const nonce = oauth.generateRandomNonce()
      const url = new URL(usable(issuer, server.authorization_endpoint, 'authorization'))
      const challenge = await oauth.calculatePKCECodeChallenge(verifier)
      for (const [name, value] of Object.entries({
        client_id: google.clientId,
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: SCOPE,
        code_challenge: challenge,
        code_challenge_method: 'S256',
        state,
        nonce,
      })) {
        url.searchParams.set(name, value)
      }
      return {
        url: url.href,
        finish: (came) =>
          told(issuer, async () => {
            const params = oauth.validateAuthResponse(server, client, came, state)
            const answer = await oauth.authorizationCodeGrantRequest(
              ...([server, client, proof, params, redirectUri, verifier, options()] as const),
            )
            const judging = { expectedNonce: nonce, requireIdToken: true }
            return idTokenOf(await oauth.processAuthorizationCodeResponse(server, client, answer, judging))
          }),
      }
    },
    device: async () => {
      const begun = await told(issuer, async () => {
        const answer = await oauth.deviceAuthorizationRequest(server, client, proof, { scope: SCOPE }, options())
        return oauth.processDeviceAuthorizationResponse(server, client, await withGooglesName(answer))
      })
      const link = usable(issuer, begun.verification_uri_complete ?? begun.verification_uri, 'verification')
      return {
        url: link,
        code: clean(begun.user_code, 40),
        finish: () =>
          pollForToken(context, begun, async () => {
            const answer = await oauth.deviceCodeGrantRequest(server, client, proof, begun.device_code, options())
            return idTokenOf(await oauth.processDeviceCodeResponse(server, client, answer))
          }),
      }
    },
  }
}

/** Google calls it `verification_url`; RFC 8628 §3.2 calls it `verification_uri`. */
const withGooglesName = async (answer: Response): Promise<Response> => {
  if (!answer.ok) return answer
  const body = (await answer.json()) as Record<string, unknown>
  return Response.json({ verification_uri: body.verification_url, ...body }, { status: answer.status })
}

const usable = (issuer: URL, link: string | undefined, what: string): string => {
  const fault = link === undefined ? 'there is none' : addressFault(link)
  if (link !== undefined && fault === null) return new URL(link).href
  throw new Failure('bad_answer', `${issuer.origin} names no ${what} address that can be opened: ${fault}`)
}

/** Our transport behind oauth4webapi's fetch: deadlines, no redirects, a limit on what is read, TLS that is checked. */
const requestOptions = ({ transport, signal }: GoogleContext, issuer: URL) => ({
  [oauth.allowInsecureRequests]: isLoopback(issuer),
  [oauth.customFetch]: async (address: string, init: oauth.CustomFetchOptions<string, unknown>): Promise<Response> => {
    const url = new URL(address)
    if (url.protocol === 'http:' && !isLoopback(url)) {
      throw new Failure('bad_answer', `${issuer.origin} sends to plain http at ${clean(url.host)}`)
    }
    const sent = init.body instanceof URLSearchParams ? init.body.toString() : null
    const headers = Object.fromEntries(new Headers(init.headers as Record<string, string>))
    const limited = AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT)])
    const answer = await transport({ method: init.method, url, headers, body: sent }, limited)
    const body = [204, 304].includes(answer.status) ? null : answer.body
    return new Response(body, { status: answer.status, headers: answer.headers })
  },
})

/** Asks until the person has typed the code (RFC 8628 §3.4 and §3.5), surviving what may pass. */
const pollForToken = async (
  { clock, wait, signal }: GoogleContext,
  begun: oauth.DeviceAuthorizationResponse,
  ask: () => Promise<Secret>,
): Promise<Secret> => {
  const life = Math.min(Math.max(begun.expires_in, 1), LONGEST_LIFE) * SECOND
  const end = clock.monotonic() + life
  let interval = Math.min(Math.max(begun.interval ?? INTERVAL, 1), LONGEST_INTERVAL)
  while (clock.monotonic() < end) {
    await wait(Math.min(interval * SECOND, end - clock.monotonic()), signal)
    try {
      return await ask()
    } catch (error) {
      const code = error instanceof oauth.ResponseBodyError ? error.error : null
      if (code === 'slow_down') interval = Math.min(interval + INTERVAL, LONGEST_INTERVAL)
      else if (code !== 'authorization_pending' && !passes(error, signal)) throw inOurWords(error)
    }
  }
  throw new Failure('sign_in_expired', 'the code ended before it was typed', { hint: START_AGAIN })
}

const START_AGAIN = 'start again: keyturn login --google'

/** A network or a provider that fails for a moment ends nothing while the code lives. */
const passes = (error: unknown, signal: AbortSignal): boolean => {
  if (signal.aborted) return false
  if (isFailure(error, 'unreachable', 'timed_out')) return true
  if (error instanceof DOMException && error.name === 'TimeoutError') return true
  const status = error instanceof oauth.ResponseBodyError ? error.status : statusOf(error)
  return status !== null && (status >= 500 || status === 429)
}

const statusOf = (error: unknown): number | null =>
  error instanceof oauth.OperationProcessingError && error.cause instanceof Response ? error.cause.status : null

/** What the protocol's library throws, as a failure that names who said what. */
const told = async <T>(issuer: URL, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw inOurWords(error, issuer)
  }
}

const inOurWords = (error: unknown, issuer?: URL): unknown => {
  if (isFailure(error)) return error
  const who = issuer?.origin ?? 'the provider'
  if (error instanceof oauth.AuthorizationResponseError || error instanceof oauth.ResponseBodyError) {
    if (error.error === 'access_denied') {
      return new Failure('sign_in_denied', 'the sign-in was turned down in the browser', { hint: START_AGAIN })
    }
    if (error.error === 'expired_token') {
      return new Failure('sign_in_expired', 'the code ended before it was typed', { hint: START_AGAIN })
    }
    const said = clean(`${error.error}${error.error_description ? `: ${error.error_description}` : ''}`)
    return new Failure('refused', `${who} refused the sign-in: ${said}`, { cause: error })
  }
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return new Failure('timed_out', `${who} gave no whole answer in time`, { hint: 'try again', cause: error })
  }
  if (error instanceof oauth.OperationProcessingError || error instanceof oauth.WWWAuthenticateChallengeError) {
    return new Failure('bad_answer', `${who} answered in a way that can't be trusted: ${clean(error.message)}`, {
      cause: error,
    })
  }
  return error
}
