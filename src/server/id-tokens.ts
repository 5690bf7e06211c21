/** ID tokens of one OpenID provider, by its published keys (OpenID Connect Core 1.0 §3.1.3.7). Loaded only where one is named. */
import { createRemoteJWKSet, customFetch, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { addressFault, shownAddress } from '../vocabulary/address.ts'
import { clean } from '../vocabulary/clean.ts'
import type { Clock } from '../vocabulary/clock.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { GoogleIdentity, VerifyIdToken } from './reference-service.ts'
import { Refusal } from './refusal.ts'

/** The two that OpenID providers sign with; what a token's own header wishes for is never asked (RFC 8725 §3.1). */
const ID_TOKEN_ALGORITHMS = ['RS256', 'ES256']
const LONGEST_TOKEN = 8 * 1024
const SKEW = 60
/** A header that brings its own key, or says where one is, wants the verifier led astray (RFC 8725 §3.10). */
const BRINGS_A_KEY = ['jku', 'jwk', 'x5u', 'x5c']
const GOOGLE = 'https://accounts.google.com'

export interface TrustedIssuer {
  /** As it stands in its tokens. */
  issuer: string
  /** For whom its tokens must be: any other program's token is no sign-in here. */
  clientId: string
  clock: Clock
  /** Reads its metadata and keys, following no redirect. */
  fetch(url: string, init: { headers: Headers; signal: AbortSignal; redirect: 'manual' }): Promise<Response>
}

/** Checks tokens of this issuer for this client. The issuer is first asked when there is a token to check. */
export const makeIdTokenVerifier = (trusted: TrustedIssuer): VerifyIdToken => {
  requireSafe(trusted.issuer)
  let keys: Promise<JWTVerifyGetKey> | null = null
  const published: JWTVerifyGetKey = async (header, jws) => {
    try {
      keys ??= findKeys(trusted)
      return await (await keys)(header, jws)
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error
      keys = null
      // Not the token's fault: a 401 would tell a person that Google does not know them.
      throw new Refusal(503, 'ISSUER_UNREACHABLE', `the keys of ${trusted.issuer} can't be had at the moment`, {
        'retry-after': '5',
      })
    }
  }

  return async (idToken) => {
    if (idToken.length > LONGEST_TOKEN) throw refused('it is too long')
    try {
      const { payload, protectedHeader } = await jwtVerify(idToken, published, {
        algorithms: ID_TOKEN_ALGORITHMS,
        // Google's own documentation has its name without the scheme as well.
        issuer: trusted.issuer === GOOGLE ? [GOOGLE, 'accounts.google.com'] : trusted.issuer,
        audience: trusted.clientId,
        requiredClaims: ['iss', 'aud', 'exp', 'iat', 'sub'],
        clockTolerance: SKEW,
        currentDate: new Date(trusted.clock.now()),
      })
      if (BRINGS_A_KEY.some((name) => name in protectedHeader)) throw refused('it brings its own key')
      return identityIn(payload, protectedHeader.typ, trusted.clientId)
    } catch (error) {
      if (error instanceof Refusal) throw error
      throw refused(reasonOf(error))
    }
  }
}

/** What is signed with keys that anybody on the way could exchange is signed by nobody. */
const requireSafe = (issuer: string): void => {
  const fault = addressFault(issuer)
  if (fault === null) return
  throw new Failure('usage', `${shownAddress(issuer)} can't be an issuer of ID tokens: ${fault}`, {
    hint: `give an https:// address, or http:// on this machine: --google-issuer ${GOOGLE}`,
  })
}

/** OpenID Connect Discovery 1.0 §4.3: what is said at the issuer's address must be said in the issuer's name. */
const findKeys = async ({ issuer, fetch }: TrustedIssuer): Promise<JWTVerifyGetKey> => {
  const answer = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    headers: new Headers({ accept: 'application/json' }),
    signal: AbortSignal.timeout(5_000),
    redirect: 'manual',
  })
  if (answer.status !== 200) throw new Error(`the metadata came with ${answer.status}`)
  const metadata = (await answer.json()) as { issuer?: unknown; jwks_uri?: unknown } | null
  if (metadata?.issuer !== issuer) throw new Error('the metadata is of another issuer')
  const { jwks_uri } = metadata
  if (typeof jwks_uri !== 'string' || addressFault(jwks_uri) !== null) throw new Error('the keys are nowhere safe')
  // It keeps the keys for ten minutes, and looks again for an unknown one twice a minute at most.
  return createRemoteJWKSet(new URL(jwks_uri), { [customFetch]: fetch })
}

const identityIn = (claims: JWTPayload, type: string | undefined, clientId: string): GoogleIdentity => {
  const { sub = '', aud, azp, email, email_verified, name } = claims
  // RFC 8725 §3.11: a log-out token or an access token of the same issuer is signed with the same keys.
  if (type !== undefined && type.toLowerCase() !== 'jwt') throw refused('it is a token of another kind')
  if (Array.isArray(aud) && aud.length > 1 && azp !== clientId) throw refused('it is for another client')
  if (sub === '' || sub.length > 255) throw refused('it does not say who it is about')
  if (typeof email !== 'string' || email.length > 254 || !/^[^\s@\p{C}]+@[^\s@\p{C}]+$/u.test(email)) {
    throw refused('it has no email address; the sign-in must ask for the scope "email"')
  }
  const shown = typeof name === 'string' ? clean(name) : ''
  return { subject: sub, email, emailVerified: email_verified === true, name: shown === '' ? null : shown }
}

/** Which check it failed, for whoever tries the server out; nothing of the token itself. */
const reasonOf = (error: unknown): string => {
  if (error instanceof errors.JWTExpired) return 'it has ended'
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'aud') return 'it is for another client'
    return error.claim === 'iss' ? 'it is from another issuer' : `its "${clean(error.claim, 40)}" is missing or wrong`
  }
  return 'the issuer did not sign it'
}

const refused = (reason: string): Refusal =>
  new Refusal(401, 'INVALID_CREDENTIAL', `the Google credential was refused: ${reason}`)
