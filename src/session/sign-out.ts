import type { SecretRecord } from '../secrets/record.ts'
import { findProfile } from '../settings/settings.ts'
import type { Credential } from '../vocabulary/credential.ts'
import { Failure, isFailure } from '../vocabulary/failure.ts'
import type { SessionContext } from './context.ts'
import { type Ending, endAtService } from './end.ts'
import { readRecord } from './entry.ts'
import { wishedStore } from './target.ts'
import { unclaimed } from './unclaimed.ts'

export interface SignedOut {
  profile: string
  /** What there was to sign out of: a credential, or only a sign-in that was cut off. */
  had: Credential['kind'] | 'sign-in'
  /** What became of the credential at the service; `null` when it was only to be forgotten. */
  ending: Ending | null
  /** What became of credentials that were replaced before and not ended then. */
  outgoing: Ending[]
  where: string
}

export interface SignOutWishes {
  local: boolean
  /** Asked before a key is ended that keyturn did not have made. */
  mayEndGiven: () => Promise<boolean>
}

/**
 * Ends the credential at the service, then forgets it here; the second happens whatever became of the first, because
 * whoever signs out wants it gone from this machine.
 */
export const signOut = async (context: SessionContext, profile: string, wishes: SignOutWishes): Promise<SignedOut> => {
  const known = findProfile(await context.settings.read(), profile)
  // A first sign-in that was cut off has left its code in the store, and no profile yet.
  const store = await context.openStore(known?.store ?? wishedStore(context, null))
  const before = await readRecord(store, profile, context.signal)
  if (before === null) throw notSignedIn(profile)
  const mayEndGiven = isGiven(before) && !wishes.local && (await wishes.mayEndGiven())
  // A refresh under way is waited for, and one that comes later finds nothing to renew.
  const { ending, outgoing } = await context.exclusively(profile, async () => {
    const record = await readRecord(store, profile, context.signal)
    const credential = record?.credential ?? null
    const end = !wishes.local && (!isGiven(record) || mayEndGiven)
    const result =
      end && record !== null && credential !== null ? await endAtService(context, { ...record, credential }) : null
    const others: Ending[] = []
    const left = wishes.local ? [] : await unclaimed(context, record)
    for (const each of [...(record?.outgoing ?? []), ...left])
      others.push(wishes.local ? onlyForgotten(each.credential.kind) : await endAtService(context, each))
    await store.remove(profile, context.signal)
    if ((await readRecord(store, profile, context.signal)) !== null) {
      throw new Failure(
        'store_unusable',
        `${store.where} still holds the credential of "${profile}" after removing it`,
        {
          hint: `try again: keyturn logout --local --profile ${profile}`,
        },
      )
    }
    return { ending: result, outgoing: others }
  })
  await context.settings.change((settings) => {
    const now = findProfile(settings, profile)
    return now === null
      ? settings
      : { ...settings, profiles: { ...settings.profiles, [profile]: { ...now, user: null } } }
  })
  return { profile, had: before.credential?.kind ?? 'sign-in', ending, outgoing, where: store.where }
}

const isGiven = (record: SecretRecord | null): boolean =>
  record?.credential?.kind === 'api_key' && record.credential.origin === 'given'

const onlyForgotten = (kind: Credential['kind']): Ending => ({
  kind,
  key: null,
  ended: false,
  reason: 'it was only forgotten here',
  failure: null,
})

const notSignedIn = (profile: string): Failure =>
  new Failure('sign_in_needed', `profile "${profile}" is not signed in, so there is nothing to sign out of`)

/** What a script should learn when the service could not be told: the first failure's own exit code. */
export const failureOf = ({ ending, outgoing }: SignedOut): Failure | null => {
  const alive = [ending, ...outgoing].find((each) => each !== null && !each.ended && isFailure(each.failure))
  return isFailure(alive?.failure) ? alive.failure : null
}
