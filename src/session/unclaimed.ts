/** Keys that were made for a sign-in which was cut off before it had them. */
import type { Outgoing, PendingSignIn, SecretRecord } from '../secrets/record.ts'
import { findService } from '../services/registry.ts'
import { isFailure } from '../vocabulary/failure.ts'
import type { Secret } from '../vocabulary/secret.ts'
import type { SessionContext } from './context.ts'

/** It is not what the person came for, or the program is on its way out: either way it must not hold them up. */
const PATIENCE = 2000

/** The key that this code still fetches, `null` when nobody has approved, and `unknown` when the service did not say. */
export const keyOf = async (
  context: SessionContext,
  { service, url, code, verifier }: PendingSignIn,
  changes: { signal?: AbortSignal; timeoutMilliseconds?: number } = {},
): Promise<Secret | null | 'unknown'> => {
  const { browserSignIn: flow } = await findService(service).client()
  if (flow === null) return null
  const endpoint = { base: new URL(url), adminBase: null, org: null }
  try {
    const http = context.connect(endpoint, null, { timeoutMilliseconds: PATIENCE, ...changes })
    const answer = await flow.askStatus(http, code, verifier)
    if (answer.status === 404 || answer.status === 410) return null
    const said = flow.judgeStatus(answer)
    return said.status === 'completed' ? said.key : null
  } catch (error) {
    if (changes.signal === undefined) context.signal.throwIfAborted()
    if (!isFailure(error)) throw error
    return 'unknown'
  }
}

/** What a sign-in of an earlier run left to be fetched, to be ended when another credential takes its place. */
export const unclaimed = async (context: SessionContext, record: SecretRecord | null): Promise<Outgoing[]> => {
  const pending = record?.pending ?? null
  const key = pending && (await keyOf(context, pending))
  if (pending === null || key === null || key === 'unknown') return []
  const { service, url } = pending
  return [{ service, url, adminUrl: null, credential: { kind: 'api_key', key, origin: 'sign-in' } }]
}
