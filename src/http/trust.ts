import type { ConnectionOptions, SecureContext } from 'node:tls'
import type { Environment } from '../vocabulary/environment.ts'
import { isFailure } from '../vocabulary/failure.ts'

/**
 * Whoever answers is checked: by Node's own authorities unless there are others. Said aloud, so that
 * NODE_TLS_REJECT_UNAUTHORIZED=0 in some profile file can't switch it off.
 */
export const checkedBy = (authorities?: SecureContext): ConnectionOptions & { rejectUnauthorized: true } => ({
  rejectUnauthorized: true,
  ...(authorities && { secureContext: authorities }),
})

/** What Node says of a certificate that none of the authorities it asked has signed. */
const UNKNOWN = [
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
]

/** Whom this system trusts besides Node, when that may be what a connection failed by; `null` when it is not. */
export const authoritiesAfter = async (error: unknown, env: Environment): Promise<SecureContext | null> => {
  const cause = isFailure(error, 'unreachable') ? error.cause : null
  if (!UNKNOWN.includes((cause as NodeJS.ErrnoException | null)?.code ?? '')) return null
  return (await import('./system-authorities.ts')).systemAuthorities(env)
}

/**
 * Connects with Node's own authorities, and where they know nobody who signed, once more with the system's as well. Reading
 * those takes as long as two starts of Node, so nobody else pays for it. No request was sent by then: TLS failed first.
 */
export const trusting = (env: Environment) => {
  let authorities: SecureContext | undefined
  return async <T>(attempt: (authorities?: SecureContext) => Promise<T>): Promise<T> => {
    try {
      return await attempt(authorities)
    } catch (error) {
      const system = authorities === undefined ? await authoritiesAfter(error, env) : null
      if (system === null) throw error
      authorities = system
      return attempt(system)
    }
  }
}
