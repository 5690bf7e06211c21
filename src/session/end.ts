import type { Outgoing } from '../secrets/record.ts'
import { findService } from '../services/registry.ts'
import type { Service } from '../services/service.ts'
import { type ApiKeyCredential, beginsLike, type Credential, type SessionCredential } from '../vocabulary/credential.ts'
import { isFailure } from '../vocabulary/failure.ts'
import type { Key } from '../vocabulary/key.ts'
import type { Endpoint, SessionContext } from './context.ts'

/** What became of a credential at the service. */
export interface Ending {
  kind: Credential['kind']
  /** The key as the service lists it, where it could be found there. */
  key: Key | null
  ended: boolean
  /** Why it was not ended; `null` when it was. */
  reason: string | null
  /** The failure behind that reason, where it was one. */
  failure: unknown
}

const endingOf = (
  kind: Credential['kind'],
  key: Key | null,
  reason: string | null = null,
  failure: unknown = null,
): Ending => ({ kind, key, ended: reason === null, reason, failure })

/** Ends a stored credential where it can be ended, using that credential itself; never throws a `Failure`. */
export const endAtService = async (
  context: SessionContext,
  { service: name, url, adminUrl, credential }: Outgoing,
): Promise<Ending> => {
  const service = findService(name)
  const endpoint = { base: new URL(url), adminBase: adminUrl ? new URL(adminUrl) : null, org: null }
  return credential.kind === 'api_key'
    ? revokeItself(context, service, endpoint, credential)
    : endSession(context, service, endpoint, credential)
}

const revokeItself = async (
  context: SessionContext,
  service: Service,
  endpoint: Endpoint,
  credential: ApiKeyCredential,
): Promise<Ending> => {
  const done = (key: Key | null) => endingOf('api_key', key)
  const alive = (key: Key | null, reason: string, failure: unknown = null) => endingOf('api_key', key, reason, failure)
  const { listKeys, revokeKey } = await service.client()
  if (listKeys === null || revokeKey === null) return alive(null, `${service.title} documents no way to revoke a key`)
  if (service.operations['revoke-key']?.needs === 'session') {
    return alive(null, `${service.title} wants a session to revoke a key, and this is the key itself`)
  }
  let key: Key | null = null
  try {
    const http = context.connect(endpoint, credential)
    const raw = credential.key.reveal()
    const fitting = (await listKeys(http)).filter((each) => beginsLike(each, raw))
    if (fitting.length !== 1) return alive(null, fitting.length === 0 ? NOT_LISTED : severalFit(fitting))
    key = fitting[0] ?? null
    await revokeKey(http, fitting[0]!.id)
    return done(key)
  } catch (error) {
    context.signal.throwIfAborted()
    // Refused, or gone since it was listed, means that it opens nothing any more, which is all that was wanted.
    const isGone = isFailure(error, 'refused') && error.status === 404 && key !== null
    if (isFailure(error, 'credential_refused') || isGone) return done(key)
    if (isFailure(error)) return alive(key, error.message, error)
    throw error
  }
}

const NOT_LISTED = 'the service does not list it among the keys of this account'
const severalFit = (keys: Key[]): string =>
  `${keys.length} keys begin with "${keys[0]?.prefix}", and only one of them is meant`

const endSession = async (
  context: SessionContext,
  service: Service,
  endpoint: Endpoint,
  session: SessionCredential,
): Promise<Ending> => {
  const result = (reason: string | null, failure: unknown = null) => endingOf('session', null, reason, failure)
  const { signOut, refresh } = await service.client()
  if (signOut === null || refresh === null || session.refresh === null) {
    return result(`${service.title} has no call that ends a session before its time`)
  }
  try {
    await signOut(context.connect(endpoint, session), session.refresh)
    return result(null)
  } catch (error) {
    context.signal.throwIfAborted()
    if (!isFailure(error)) throw error
    if (!isFailure(error, 'credential_refused')) return result(error.message, error)
  }
  try {
    // The access token has ended by itself; the refresh token lives much longer and must go too.
    const renewed = await refresh(context.connect(endpoint, null), session.refresh)
    await signOut(context.connect(endpoint, renewed), renewed.refresh ?? session.refresh)
    return result(null)
  } catch (error) {
    context.signal.throwIfAborted()
    if (isFailure(error, 'credential_refused')) return result(null)
    if (isFailure(error)) return result(error.message, error)
    throw error
  }
}
