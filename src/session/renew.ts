import type { Http } from '../http/http.ts'
import { encodeRecord } from '../secrets/record.ts'
import type { ServiceClient } from '../services/service.ts'
import type { SessionCredential } from '../vocabulary/credential.ts'
import { Failure, isFailure } from '../vocabulary/failure.ts'
import type { SessionContext } from './context.ts'
import { credentialInForce, type InForce } from './in-force.ts'
import { readRecord } from './target.ts'

const TOO_CLOSE = 60_000

/** True when the access token has ended, or will within the minute, by the service's clock. */
export const endsSoon = (session: SessionCredential, now: number): boolean => {
  const end = Date.parse(session.expiresAt ?? '')
  return !Number.isNaN(end) && end - (now + (session.clockOffset ?? 0)) <= TOO_CLOSE
}

export interface OpenSession {
  inForce: InForce
  client: ServiceClient
  http: Http
}

/** The credential in force, and its service, ready to be asked. */
export const openSession = async (context: SessionContext): Promise<OpenSession> => {
  const inForce = await credentialInForce(context)
  return { inForce, client: await inForce.service.client(), http: signed(context, inForce) }
}

const mayRenew = ({ credential, profile, service }: InForce): boolean =>
  credential.kind === 'session' &&
  credential.refresh !== null &&
  profile !== null &&
  service.operations.refresh !== null

/** The credential in force, renewed first when it is about to end. */
export const freshened = async (context: SessionContext, inForce: InForce): Promise<InForce> => {
  const { credential } = inForce
  const due = credential.kind === 'session' && mayRenew(inForce) && endsSoon(credential, context.clock.now())
  return due ? renew(context, inForce) : inForce
}

/** A connection that signs with the credential in force: renewed before it ends, and once more when it is refused. */
export const signed = (context: SessionContext, given: InForce): Http => {
  let inForce = given
  let http = context.connect(inForce, inForce.credential)
  const use = (renewed: InForce) => {
    if (renewed === inForce) return
    inForce = renewed
    http = context.connect(inForce, inForce.credential)
  }
  return {
    org: given.org,
    clockOffset: () => http.clockOffset(),
    send: async (call) => {
      if (call.signed === false) return http.send(call)
      use(await freshened(context, inForce))
      const answer = await http.send(call)
      if (answer.status !== 401 || !mayRenew(inForce)) return answer
      use(await renew(context, inForce))
      return http.send(call)
    },
  }
}

/**
 * Renews a stored session, one process at a time. What another process has renewed meanwhile is taken as it is; the new
 * pair is kept, as one entry, before anybody uses it; only the service's own "invalid", said of the pair that is still
 * the stored one, signs anybody out.
 */
export const renew = (context: SessionContext, inForce: InForce): Promise<InForce> => {
  const { profile, service, credential: tried } = inForce
  if (profile === null || tried.kind !== 'session') throw new Error('a stored session is what is renewed')
  return context.exclusively(profile, async () => {
    const stored = await storedSession(context, inForce)
    if (stored.access.reveal() !== tried.access.reveal()) return { ...inForce, credential: stored }
    const { refresh } = await service.client()
    if (refresh === null || stored.refresh === null) throw ended(inForce)
    const http = context.connect(inForce, null)
    const renewed = await orRefused(() => refresh(http, stored.refresh!))
    // Whatever is stored now is what counts: a sign-in may have come in between.
    const now = await storedSession(context, inForce)
    if (now.access.reveal() !== stored.access.reveal()) return { ...inForce, credential: now }
    if (renewed === null) {
      await keepSession(context, inForce, null)
      throw ended(inForce)
    }
    const session = { ...renewed, clockOffset: http.clockOffset() }
    await keepSession(context, inForce, session)
    return { ...inForce, credential: session }
  })
}

/** `null` when the service says that what was sent is no good any more; every other failure stays one. */
const orRefused = async <T>(work: () => Promise<T>): Promise<T | null> => {
  try {
    return await work()
  } catch (error) {
    if (isFailure(error, 'credential_refused')) return null
    throw error
  }
}

const storedSession = async (context: SessionContext, inForce: InForce): Promise<SessionCredential> => {
  const record = await readRecord(await openOwn(context, inForce), inForce.profile ?? '', context.signal)
  if (record?.credential?.kind !== 'session') throw ended(inForce)
  return record.credential
}

const keepSession = async (
  context: SessionContext,
  inForce: InForce,
  session: SessionCredential | null,
): Promise<void> => {
  const store = await openOwn(context, inForce)
  const profile = inForce.profile ?? ''
  const record = await readRecord(store, profile, context.signal)
  if (record === null) throw ended(inForce)
  await store.write(profile, encodeRecord({ ...record, credential: session }), context.signal)
}

const openOwn = async (context: SessionContext, { source }: InForce) => {
  if (source === 'env') throw new Error('what comes from the environment is kept nowhere')
  return context.openStore(source)
}

const ended = ({ profile, service }: InForce): Failure =>
  new Failure('sign_in_needed', `the session of profile "${profile}" has ended`, {
    hint: `sign in again: keyturn login ${service.name} --profile ${profile}`,
  })
