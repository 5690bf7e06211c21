import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../vocabulary/clock.ts'
import type { JsonObject } from '../vocabulary/json.ts'

const LONGEST_TOKEN = 4096
/** The whole header, byte for byte: whatever names another algorithm, key or type is not one of ours (RFC 8725, 3.1). */
const HEADER = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'JWT' })).toString('base64url')

/** RFC 7519, 4.1: whom it is about, when it was issued and when it ends, in seconds since 1970. */
export interface Claims extends JsonObject {
  sub: string
  iat: number
  exp: number
}

export interface Jwts {
  /** The token, and when it ends in milliseconds since 1970. */
  issue(subject: string, seconds: number): { token: string; expiresAt: number }
  /** The subject of a token of ours that has not ended, or `null`. */
  subjectOf(token: string): string | null
  /** The token that says so: the same claims give the same one. */
  sign(claims: Claims): string
  /** All that such a token says, or `null`. */
  claimsOf(token: string): Claims | null
}

/** JSON Web Tokens of one fixed algorithm (RFC 7519, RFC 7518 section 3.2), under a secret that lives as long as the process. */
export const makeJwts = (clock: Clock): Jwts => {
  const secret = randomBytes(32)
  const signatureOf = (signed: string): Buffer => createHmac('sha256', secret).update(signed).digest()

  const sign = (claims: Claims): string => {
    const signed = `${HEADER}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
    return `${signed}.${signatureOf(signed).toString('base64url')}`
  }
  const claimsOf = (token: string): Claims | null => {
    if (token.length > LONGEST_TOKEN) return null
    const [header, claims, signature, ...more] = token.split('.')
    if (header !== HEADER || !claims || !signature || more.length > 0) return null
    const expected = signatureOf(`${header}.${claims}`)
    // Compared as text: decoding forgives, and would let several spellings of one signature through.
    const given = Buffer.from(signature)
    const wanted = Buffer.from(expected.toString('base64url'))
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null
    const said = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as Claims
    return clock.now() < said.exp * 1000 ? said : null
  }

  return {
    issue(subject, seconds) {
      const now = Math.floor(clock.now() / 1000)
      const claims = { sub: subject, iat: now, exp: now + seconds }
      return { token: sign(claims), expiresAt: claims.exp * 1000 }
    },
    subjectOf: (token) => claimsOf(token)?.sub ?? null,
    sign,
    claimsOf,
  }
}
