import type { SessionCredential } from '../vocabulary/credential.ts'
import { isFailure } from '../vocabulary/failure.ts'
import type { SessionContext } from './context.ts'
import { changeLocked, readRecord } from './entry.ts'
import { assertMadeFor, type InForce } from './in-force.ts'
import { ended } from './open-session.ts'

/**
 * Renews a stored session, one process at a time. What another process has renewed meanwhile is taken as it is; the new
 * pair is kept, as one entry, before anybody uses it; only the service's own "invalid", said of the pair that is still
 * the stored one, signs anybody out.
 */
export const renew = (context: SessionContext, inForce: InForce): Promise<InForce> => {
  const { profile, service, credential: tried } = inForce
  if (profile === null || tried.kind !== 'session') throw new Error('a stored session is what is renewed')
  return context.exclusively(profile, async () => {
    const stored = await storedSession(context, inForce, context.signal)
    if (stored.access.reveal() !== tried.access.reveal()) return { ...inForce, credential: stored }
    const { refresh } = await service.client()
    const token = stored.refresh
    if (refresh === null || token === null) throw ended(inForce)
    // Between the question and the write the old token may be spent and the new one not kept: no stop comes there.
    return context.finish(async ({ signal }) => {
      const http = context.connect(inForce, null, { signal })
      const renewed = await orRefused(() => refresh(http, token))
      const session = renewed && { ...renewed, clockOffset: http.clockOffset() }
      return { ...inForce, credential: await keepRenewed(context, inForce, stored, session, signal) }
    })
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

const storedSession = async (
  context: SessionContext,
  inForce: InForce,
  signal: AbortSignal,
): Promise<SessionCredential> => {
  const record = await readRecord(await openOwn(context, inForce), inForce.profile ?? '', signal)
  if (record?.credential?.kind !== 'session') throw ended(inForce)
  assertMadeFor(record, inForce)
  return record.credential
}

/** Keeps what came, unless somebody has signed in or out meanwhile: then what is stored now is what counts. */
const keepRenewed = async (
  context: SessionContext,
  inForce: InForce,
  tried: SessionCredential,
  renewed: SessionCredential | null,
  signal: AbortSignal,
): Promise<SessionCredential> => {
  const store = await openOwn(context, inForce)
  const entry = { store, profile: inForce.profile ?? '' }
  await changeLocked(entry, signal, (now) =>
    now?.credential?.kind === 'session' && now.credential.access.reveal() === tried.access.reveal()
      ? { ...now, credential: renewed }
      : now,
  )
  return storedSession(context, inForce, signal)
}

const openOwn = async (context: SessionContext, { source }: InForce) => {
  if (source === 'env') throw new Error('what comes from the environment is kept nowhere')
  return context.openStore(source)
}
