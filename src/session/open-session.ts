import type { Http } from '../http/http.ts'
import type { Service, ServiceClient } from '../services/service.ts'
import type { Unfinished } from '../settings/unfinished.ts'
import type { SessionCredential } from '../vocabulary/credential.ts'
import { Failure, isFailure } from '../vocabulary/failure.ts'
import type { SessionContext } from './context.ts'
import { credentialInForce, type InForce } from './in-force.ts'

const TOO_CLOSE = 60_000

/** True when the access token will have ended by then, by the service's clock. */
export const endsWithin = (milliseconds: number, session: SessionCredential, now: number): boolean => {
  const end = Date.parse(session.expiresAt ?? '')
  return !Number.isNaN(end) && end - (now + (session.clockOffset ?? 0)) <= milliseconds
}

interface OpenSession {
  inForce: InForce
  client: ServiceClient
  http: Http
}

/** The credential in force, and its service, ready to be asked. */
export const openSession = async (context: SessionContext): Promise<OpenSession> => {
  const inForce = await credentialInForce(context, (service, base) => void prepare(context, service, base))
  const http = signed(context, inForce)
  const left = await leftUnfinished(context, inForce)
  if (left.length + inForce.outgoing.length > 0) await (await import('./settle.ts')).settle(context, inForce, left)
  return { inForce, client: await inForce.service.client(), http }
}

/** What can't be loaded fails when it is needed, and says so then. */
const prepare = (context: SessionContext, service: Service, base: URL): Promise<unknown> =>
  Promise.all([service.client(), context.transport.prepare?.(base)]).catch(() => {})

/** The profile's own. Notes that can't be read are no reason for a command to fail. */
const leftUnfinished = async ({ unfinished, tell }: SessionContext, { profile }: InForce): Promise<Unfinished[]> => {
  if (profile === null) return []
  try {
    return (await unfinished.left()).filter((note) => note.profile === profile)
  } catch (error) {
    if (!isFailure(error)) throw error
    tell(error.message)
    return []
  }
}

const mayRenew = ({ credential, profile, service }: InForce): boolean =>
  credential.kind === 'session' &&
  credential.refresh !== null &&
  profile !== null &&
  service.operations.refresh !== null

/** The credential in force, renewed first when it is about to end; one that has ended and can't be renewed is none. */
export const freshened = async (context: SessionContext, inForce: InForce): Promise<InForce> => {
  const { credential, profile } = inForce
  if (credential.kind !== 'session' || profile === null) return inForce
  if (mayRenew(inForce))
    return endsWithin(TOO_CLOSE, credential, context.clock.now()) ? renewed(context, inForce) : inForce
  if (endsWithin(0, credential, context.clock.now())) throw ended(inForce)
  return inForce
}

/** A connection that signs with the credential in force: renewed before it ends, and once more when it is refused. */
export const signed = (context: SessionContext, given: InForce, signal = context.signal): Http => {
  let inForce = given
  let http = context.connect(inForce, inForce.credential, { signal })
  const use = (now: InForce) => {
    if (now === inForce) return
    inForce = now
    http = context.connect(inForce, inForce.credential, { signal })
  }
  return {
    org: given.org,
    clockOffset: () => http.clockOffset(),
    send: async (call) => {
      if (call.signed === false) return http.send(call)
      use(await freshened(context, inForce))
      const answer = await http.send(call)
      if (answer.status !== 401 || !mayRenew(inForce)) return answer
      use(await renewed(context, inForce))
      return http.send(call)
    },
  }
}

/** Loaded when a session needs it, which an API key never does. */
const renewed = async (context: SessionContext, inForce: InForce): Promise<InForce> =>
  (await import('./renew.ts')).renew(context, inForce)

export const ended = ({ profile, service }: InForce): Failure =>
  new Failure('sign_in_needed', `the session of profile "${profile}" has ended`, {
    hint: `sign in again: keyturn login ${service.name} --profile ${profile}`,
  })
