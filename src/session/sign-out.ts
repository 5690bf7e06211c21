import { findProfile } from '../settings/settings.ts'
import { Failure, isFailure } from '../vocabulary/failure.ts'
import type { SessionContext } from './context.ts'
import { type Ending, endAtService } from './end.ts'
import { readRecord, wishedStore } from './target.ts'

export interface SignedOut {
  profile: string
  /** What became of the credential at the service; `null` when it was only to be forgotten. */
  ending: Ending | null
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
export const signOut = (context: SessionContext, profile: string, wishes: SignOutWishes): Promise<SignedOut> =>
  // A refresh under way is waited for, and one that comes later finds nothing to renew.
  context.exclusively(profile, () => endAndForget(context, profile, wishes))

const endAndForget = async (context: SessionContext, profile: string, wishes: SignOutWishes): Promise<SignedOut> => {
  const known = findProfile(await context.settings.read(), profile)
  // A first sign-in that was cut off has left its code in the store, and no profile yet.
  const store = await context.openStore(wishedStore(context, known))
  const record = await readRecord(store, profile, context.signal)
  if (record === null) throw notSignedIn(profile)
  const { credential } = record
  let ending: Ending | null = null
  if (credential !== null && !wishes.local) {
    const given = credential.kind === 'api_key' && credential.origin === 'given'
    if (!given || (await wishes.mayEndGiven())) {
      ending = await endAtService(context, record)
    }
  }
  await store.remove(profile, context.signal)
  if ((await store.read(profile, context.signal)) !== null) {
    throw new Failure('store_unusable', `${store.where} still holds the credential of "${profile}" after removing it`)
  }
  await context.settings.change((settings) => ({
    ...settings,
    profiles: known === null ? settings.profiles : { ...settings.profiles, [profile]: { ...known, user: null } },
  }))
  return { profile, ending, where: store.where }
}

const notSignedIn = (profile: string): Failure =>
  new Failure('sign_in_needed', `profile "${profile}" is not signed in, so there is nothing to sign out of`)

/** What a script should learn when the service could not be told: the first failure's own exit code. */
export const failureOf = ({ ending }: SignedOut): Failure | null =>
  ending !== null && !ending.ended && isFailure(ending.failure) ? ending.failure : null
