/** RS256 tokens of zectre-catalog, by its published keys: "Authentication", Authorization header, "when JWKS is configured". */
import type { JWTPayload, JWTVerifyGetKey } from 'jose'
import type { ServerContext } from '../../server/reference-service.ts'
import { Refusal } from '../../server/refusal.ts'
import { isLoopback } from '../../vocabulary/address.ts'
import { Failure } from '../../vocabulary/failure.ts'

const LONGEST_TOKEN = 7 * 1024
/** A header that brings its own key, or says where one is, wants the verifier led astray (RFC 8725, 3.10). */
const BRINGS_A_KEY = ['jku', 'jwk', 'x5u', 'x5c']
/** RFC 8725, 3.11: a token of a known other type (a log-out, a DPoP proof) is none to sign in with; RFC 9068, 2.1. */
const TYPES = ['jwt', 'at+jwt', 'application/at+jwt']

/** Who a token of zectre-catalog is about. */
export interface CatalogUser {
  email: string
  name: string | null
}

/** The user of a valid token, or `null`. */
export type CatalogTokens = (token: string) => Promise<CatalogUser | null>

const headerOf = (token: string): Record<string, unknown> => {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString('utf8'))
    return typeof header === 'object' && header !== null ? { ...header } : {}
  } catch {
    return {}
  }
}

/**
 * Whose token it is: an RS256 one is judged with zectre-catalog's keys and no others, whatever else is sent with our own
 * secret and no other key. So no token is ever checked by one algorithm with the other's key (RFC 8725, 3.1).
 */
export const isCatalogToken = (token: string): boolean => headerOf(token).alg === 'RS256'

const requireSafe = (url: URL): void => {
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))) return
  throw new Failure('usage', `zectre can't take keys from ${url.origin}: whoever is on the way could exchange them`, {
    hint: 'give an https:// address, or http:// on this machine: --zectre-jwks https://…/.well-known/jwks.json',
  })
}

/**
 * The page names neither issuer nor audience nor claims. Chosen: the keys at the configured address are trusted whole, a
 * token must say when it ends, and its user is the `email` claim, or `sub` where that is an address itself. An address
 * that the catalog says it has not verified is nobody's.
 */
const userIn = (claims: JWTPayload): CatalogUser | null => {
  const { email = claims.sub, email_verified, name } = claims
  if (typeof email !== 'string' || !/^[^\s@\p{C}]+@[^\s@\p{C}]+$/u.test(email) || email_verified === false) return null
  return { email, name: typeof name === 'string' ? name : null }
}

/** `null` where the server was given no JWKS: then no RS256 token is good. */
export const makeCatalogTokens = ({ clock, wishes: { zectreJwks } }: ServerContext): CatalogTokens | null => {
  if (zectreJwks === null) return null
  requireSafe(zectreJwks)
  const loaded = async () => {
    // Named one by one, so that the rest of it is not in the package.
    const { createRemoteJWKSet, errors, jwtVerify } = await import('jose')
    // It keeps the keys for ten minutes, follows no redirection, and looks again for an unknown one twice a minute at most.
    return { errors, jwtVerify, published: createRemoteJWKSet(zectreJwks) }
  }
  let loading: ReturnType<typeof loaded> | null = null

  return async (token) => {
    const { typ = 'JWT', ...header } = headerOf(token)
    if (token.length > LONGEST_TOKEN || BRINGS_A_KEY.some((name) => name in header)) return null
    if (typeof typ !== 'string' || !TYPES.includes(typ.toLowerCase())) return null
    loading ??= loaded()
    const { jwtVerify, errors, published } = await loading
    const keyOf: JWTVerifyGetKey = async (header, jws) => {
      try {
        return await published(header, jws)
      } catch (error) {
        if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error
        // Not the token's fault: a 401 would sign people out because another server is down.
        throw new Refusal(503, 'CATALOG_UNREACHABLE', "zectre-catalog's keys can't be had at the moment", {
          'retry-after': '5',
        })
      }
    }
    try {
      const checks = { algorithms: ['RS256'], requiredClaims: ['exp'], currentDate: new Date(clock.now()) }
      return userIn((await jwtVerify(token, keyOf, checks)).payload)
    } catch (error) {
      if (error instanceof Refusal) throw error
      return null
    }
  }
}
