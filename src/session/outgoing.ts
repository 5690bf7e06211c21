/** Credentials that were replaced: kept beside their successor until the service has ended them, so that none is lost. */
import type { Outgoing, SecretRecord } from '../secrets/record.ts'
import { clean } from '../vocabulary/clean.ts'
import { type Credential, credentialSecret } from '../vocabulary/credential.ts'
import { isFailure } from '../vocabulary/failure.ts'
import type { SessionContext } from './context.ts'
import { type Ending, endAtService } from './end.ts'
import { changeEntry, type Entry } from './entry.ts'

export const isSame = (one: Credential | null | undefined, other: Credential): boolean =>
  one != null && credentialSecret(one).reveal() === credentialSecret(other).reveal()

/** What is to be ended when this credential takes the place of those. A key that somebody gave may be in use elsewhere. */
export const outgoingOf = (
  successor: Credential,
  records: readonly (SecretRecord | null)[],
  { endsGiven, isShared, unclaimed }: { endsGiven: boolean; isShared: boolean; unclaimed: readonly Outgoing[] },
): Outgoing[] => {
  const replaced = records.flatMap((record): Outgoing[] => {
    if (record === null) return []
    const { credential, outgoing, service, url, adminUrl = null } = record
    const mayEnd =
      credential !== null &&
      !isShared &&
      (credential.kind === 'session' || credential.origin === 'sign-in' || endsGiven)
    return mayEnd ? [...outgoing, { service, url, adminUrl, credential }] : [...outgoing]
  })
  // Another sign-in may have found the key of this one unclaimed, and put it there.
  return [...replaced, ...unclaimed].filter(({ credential }) => !isSame(credential, successor))
}

/** What became of one of them. */
export interface Replaced extends Ending {
  credential: Credential
}

/** Ends them one by one; each is forgotten when it is ended, or can't be. Those that a bad day kept alive stay for the next run. */
export const endOutgoing = async (
  context: SessionContext,
  entry: Entry,
  outgoing: readonly Outgoing[],
): Promise<Replaced[]> => {
  const endings: Replaced[] = []
  for (const each of outgoing) {
    const ending = await endAtService(context, each)
    if (!mayEndLater(ending)) {
      const others = (all: readonly Outgoing[]) => all.filter(({ credential }) => !isSame(credential, each.credential))
      await changeEntry(context, entry, (now) => now && { ...now, outgoing: others(now.outgoing) })
    }
    // A session that can't be ended ends by itself soon; that is no news to anybody.
    if (ending.ended || ending.kind === 'api_key') endings.push({ ...ending, credential: each.credential })
  }
  return endings
}

const mayEndLater = ({ kind, ended, failure }: Ending): boolean =>
  kind === 'api_key' && !ended && isFailure(failure, ...PASSING)

/** What says nothing about the key itself. */
const PASSING = [
  'unreachable',
  'timed_out',
  'service_error',
  'rate_limited',
  'bad_answer',
  'interrupted',
  'terminated',
] as const

/** What a person reads of it. */
export const endingWords = (ending: Ending): string => {
  const what = ending.kind === 'session' ? 'the session that was replaced' : 'the key that was replaced'
  const name = ending.key === null ? '' : `: ${clean(ending.key.name ?? ending.key.prefix ?? ending.key.id, 80)}`
  if (ending.ended) return `${what} is ${ending.kind === 'session' ? 'ended' : 'revoked'}${name}`
  return `${what} is still alive${name}: ${clean(ending.reason ?? '')}`
}
