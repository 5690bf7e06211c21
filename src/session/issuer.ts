/** The OpenID provider's side of a Google sign-in, by oauth4webapi; loaded only when somebody signs in that way. */
import * as oauth from 'oauth4webapi'
import { serviceTime } from '../http/retry-after.ts'
import type { WireAnswer } from '../http/transport.ts'
import { addressFault, isLoopback, shownAddress } from '../vocabulary/address.ts'
import { clean } from '../vocabulary/clean.ts'
import { Failure } from '../vocabulary/failure.ts'
import { Secret } from '../vocabulary/secret.ts'
import type { GoogleClient, GoogleContext } from './google.ts'
import { passes, START_AGAIN, told } from './issuer-words.ts'

const SCOPE = 'openid email profile'
/** What OpenID providers sign with. Metadata may name more, "none" among it, which is no reason to take it (RFC 8725 §3.1). */
const ALGORITHMS = ['RS256', 'ES256']
/** Seconds that two clocks may differ by. */
const SKEW = 60
const SECOND = 1000
const REQUEST_TIMEOUT = 10 * SECOND
/** RFC 8628 §3.2 and §3.5: five seconds unless the answer says otherwise, and five more for good when asked to slow down. */
const INTERVAL = 5
const LONGEST_INTERVAL = 60
const LONGEST_LIFE = 30 * 60

export interface Issuer {
  state: string
  authorize(redirectUri: string): Promise<{ url: string; finish(answer: URL): Promise<Secret> }>
  /** `life`: milliseconds until the code ends. */
  device(): Promise<{ url: string; code: string; life: number; finish(): Promise<Secret> }>
}

export const openIssuer = async (context: GoogleContext, google: GoogleClient): Promise<Issuer> => {
  const fault = addressFault(google.issuer)
  if (fault !== null) throw new Failure('usage', `${shownAddress(google.issuer)} can't be an issuer: ${fault}`)
  const issuer = new URL(google.issuer)
  const client: oauth.Client = { client_id: google.clientId, [oauth.clockTolerance]: SKEW }
  // The issuer's tokens are judged by the issuer's clock: this machine's may be wrong by days.
  const readClock = (answer: WireAnswer) => {
    const now = serviceTime(answer.headers) ?? context.clock.now()
    client[oauth.clockSkew] = Math.round((now - Date.now()) / SECOND)
  }
  const options = () => requestOptions(context, issuer, readClock)
  const metadata = await told(issuer, async () =>
    oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options())),
  )
  const server = { ...metadata, id_token_signing_alg_values_supported: ALGORITHMS }
  const proof = google.clientSecret === null ? oauth.None() : oauth.ClientSecretPost(google.clientSecret.reveal())
  const state = oauth.generateRandomState()

  /** TLS could stand in for the signature (OpenID Connect Core 1.0 §3.1.3.7), but an issuer on this machine has none. */
  const idTokenOf = async (came: Response, answer: oauth.TokenEndpointResponse): Promise<Secret> => {
    if (answer.id_token === undefined) {
      throw new Failure('bad_answer', `${issuer.origin} answered without an ID token`)
    }
    await oauth.validateApplicationLevelSignature(server, came, options())
    return new Secret(answer.id_token)
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
            return idTokenOf(answer, await oauth.processAuthorizationCodeResponse(server, client, answer, judging))
          }),
      }
    },
    device: async () => {
      if (server.device_authorization_endpoint === undefined) {
        throw new Failure('unsupported', `${issuer.origin} has no sign-in by a code`, { hint: 'leave out --device' })
      }
      const begun = await told(issuer, async () => {
        const answer = await oauth.deviceAuthorizationRequest(server, client, proof, { scope: SCOPE }, options())
        return oauth.processDeviceAuthorizationResponse(server, client, await withGooglesName(answer))
      })
      const link = usable(issuer, begun.verification_uri_complete ?? begun.verification_uri, 'verification')
      return {
        url: link,
        code: clean(begun.user_code, 40),
        life: lifeOf(begun),
        finish: () =>
          told(issuer, async () => {
            const { came, answer } = await pollForToken(context, begun, async () => {
              const came = await oauth.deviceCodeGrantRequest(server, client, proof, begun.device_code, options())
              return { came, answer: await oauth.processDeviceCodeResponse(server, client, came) }
            })
            // Not while it polls: a code that has brought a token brings no second one.
            return idTokenOf(came, answer)
          }),
      }
    },
  }
}

/** Google calls it `verification_url`; RFC 8628 §3.2 calls it `verification_uri`. */
const withGooglesName = async (answer: Response): Promise<Response> => {
  if (!answer.ok) return answer
  const body = (await answer
    .clone()
    .json()
    .catch(() => null)) as { verification_url?: unknown } | null
  return body?.verification_url === undefined
    ? answer
    : Response.json({ verification_uri: body.verification_url, ...body }, { status: answer.status })
}

const usable = (issuer: URL, link: string | undefined, what: string): string => {
  const fault = link === undefined ? 'there is none' : addressFault(link)
  if (link !== undefined && fault === null) return new URL(link).href
  throw new Failure('bad_answer', `${issuer.origin} names no ${what} address that can be opened: ${fault}`)
}

/** Our transport behind oauth4webapi's fetch: deadlines, no redirects, a limit on what is read, TLS that is checked. */
const requestOptions = (
  { transport, signal }: GoogleContext,
  issuer: URL,
  readClock: (answer: WireAnswer) => void,
) => ({
  [oauth.allowInsecureRequests]: isLoopback(issuer),
  [oauth.customFetch]: async (address: string, init: oauth.CustomFetchOptions<string, unknown>): Promise<Response> => {
    const url = new URL(address)
    if (url.protocol === 'http:' && !isLoopback(url)) {
      throw new Failure('bad_answer', `${issuer.origin} sends to plain http at ${clean(url.host)}`)
    }
    const form = init.body instanceof URLSearchParams ? init.body : null
    const headers = Object.fromEntries(new Headers(init.headers as Record<string, string>))
    const limited = AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT)])
    const answer = await transport({ method: init.method, url, headers, body: form?.toString() ?? null }, limited)
    readClock(answer)
    const { status } = answer
    if (status < 200 || status > 599 || BODILESS.includes(status)) {
      throw new Failure('bad_answer', `${url.origin} answered with ${status}, which is no answer to this`)
    }
    return new Response(strike(answer, form), { status, headers: answer.headers })
  },
})

const BODILESS = [204, 205, 304]
const SECRETS = ['client_secret', 'code', 'code_verifier', 'device_code']

/** An error that repeats what it was sent must not carry it further. */
const strike = ({ status, body }: WireAnswer, form: URLSearchParams | null): string =>
  SECRETS.map((name) => (status < 400 ? '' : (form?.get(name) ?? '')))
    .filter((secret) => secret.length >= 6)
    .reduce((text, secret) => text.replaceAll(secret, '[redacted]'), body)

const lifeOf = ({ expires_in }: oauth.DeviceAuthorizationResponse): number =>
  Math.min(Math.max(expires_in, 1), LONGEST_LIFE) * SECOND

/** Asks until the person has typed the code (RFC 8628 §3.4 and §3.5), surviving what may pass. */
const pollForToken = async <T>(
  { clock, wait, signal }: GoogleContext,
  begun: oauth.DeviceAuthorizationResponse,
  ask: () => Promise<T>,
): Promise<T> => {
  const end = clock.monotonic() + lifeOf(begun)
  let interval = Math.min(Math.max(begun.interval ?? INTERVAL, 1), LONGEST_INTERVAL)
  let wasTooSoon = false
  while (clock.monotonic() < end) {
    await wait(Math.min(interval * SECOND, end - clock.monotonic()), signal)
    try {
      return await ask()
    } catch (error) {
      const code = error instanceof oauth.ResponseBodyError ? error.error : null
      const isTooSoon = code === 'slow_down'
      // Too soon again at the pace that was told: this machine's clock runs faster than the issuer's.
      const drift = isTooSoon && wasTooSoon ? 1.5 : 1
      wasTooSoon = isTooSoon
      if (isTooSoon) interval = Math.min((interval + INTERVAL) * drift, LONGEST_INTERVAL)
      else if (code !== 'authorization_pending' && !passes(error, signal)) throw error
    }
  }
  throw new Failure('sign_in_expired', 'the code ended before it was typed', { hint: START_AGAIN })
}
