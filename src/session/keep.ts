import type { SecretRecord } from '../secrets/record.ts'
import type { ProfileUser } from '../settings/settings.ts'
import type { Account } from '../vocabulary/account.ts'
import type { Credential } from '../vocabulary/credential.ts'
import { detailsOf, Failure, isFailure } from '../vocabulary/failure.ts'
import type { SessionContext } from './context.ts'
import { changeEntry, readRecord } from './entry.ts'
import { endOutgoing, isSame, outgoingOf, type Replaced } from './outgoing.ts'
import { remember } from './remember.ts'
import { addressesOf, loginCommand, type Target } from './target.ts'
import { unclaimed } from './unclaimed.ts'
import { whoIs } from './who-is.ts'

export interface Kept {
  credential: Credential
  /** `null` when the service told nobody's name, before or after. */
  account: Account | null
  /** Who the profile belonged to before, when that is somebody else. */
  before: ProfileUser | null
  /** What became of those that this one took the place of, as far as there is something to tell. */
  replaced: Replaced[]
  /** What could not be done and must be said. */
  notes: string[]
}

export interface KeepWishes {
  /** The service has said already whose it is. */
  isChecked?: boolean
  /** A key that somebody gave is ended too when this one takes its place. */
  endsGiven?: boolean
  becomesCurrent?: boolean
  /** It is what the code that waits in the store was for. */
  isFetched?: boolean
}

/**
 * Keeps a new credential: stored and read back first, then asked about, then made a profile; what it replaces goes
 * last, so that whatever happens in between leaves the old one whole or the new one whole. What is to be ended stands
 * beside the new one until it is, so that a stop in between is made up for by the next run.
 */
export const keep = async (
  context: SessionContext,
  target: Target,
  credential: Credential,
  said: Account | null,
  { isChecked = false, endsGiven = false, becomesCurrent = true, isFetched = false }: KeepWishes = {},
): Promise<Kept> => {
  const { profile, store, existing } = target
  const entry = { store, profile }
  const notes: string[] = []
  const other = await otherCopy(context, target, notes)
  const left = isFetched ? [] : await unclaimed(context, target.record)
  const isShared = existing === null && (await isHeldByAnother(context, target))
  const made = (old: SecretRecord | null): SecretRecord => ({
    ...addressesOf(target),
    credential,
    pending: null,
    outgoing: outgoingOf(credential, [old, other], { endsGiven, isShared, unclaimed: left }),
  })
  const old = await changeEntry(context, entry, made)
  // Before anybody is asked anything, so that a stop from here on leaves a profile and its credential whole.
  const forget = await remember(context, target, said, { becomesCurrent })
  const told = isChecked
    ? null
    : await askWhoIs(context, target, credential, notes, async () => {
        const before = old ?? { ...addressesOf(target), credential: null, outgoing: [] }
        const back = { ...before, pending: null, outgoing: [...before.outgoing, ...left] }
        await changeEntry(context, entry, (now) => (isSame(now?.credential, credential) ? back : now))
        await forget()
      })
  if (told !== null) await remember(context, target, told, { becomesCurrent })
  if (other !== null) await removeOtherCopy(context, target, notes)
  const account = told ?? said
  const before = existing?.user ?? null
  return {
    credential,
    account,
    before: before !== null && account !== null && before.id !== account.id ? before : null,
    replaced: await endOutgoing(context, entry, made(old).outgoing),
    notes,
  }
}

/** What lies under a name that no profile has may be the copy that a renaming could not remove. */
const isHeldByAnother = async (context: SessionContext, { record, store, profile }: Target): Promise<boolean> => {
  const credential = record?.credential ?? null
  if (credential === null) return false
  const { profiles } = await context.settings.read()
  const others = Object.keys(profiles).filter((name) => name !== profile && profiles[name]?.store === store.name)
  for (const name of others) {
    if (isSame((await readRecord(store, name, context.signal))?.credential, credential)) return true
  }
  return false
}

/** Only a service that refuses the new credential brings the old one back; a bad network costs nobody a key. */
const askWhoIs = async (
  context: SessionContext,
  target: Target,
  credential: Credential,
  notes: string[],
  bringBack: () => Promise<void>,
): Promise<Account | null> => {
  const { service } = target
  try {
    return await whoIs(service, credential.kind, context.connect(target, credential))
  } catch (error) {
    context.signal.throwIfAborted()
    if (!isFailure(error)) throw error
    if (isFailure(error, 'credential_refused')) {
      await bringBack()
      throw new Failure(
        'credential_refused',
        `what ${service.title} has just given, it does not accept: ${error.message}`,
        {
          hint: `it is not kept, and what was kept before still is; start again: ${loginCommand(target)}`,
          ...detailsOf(error),
        },
      )
    }
    notes.push(`the key is kept, but the service could not be asked whose it is: ${error.message}`)
    return null
  }
}

/** What a profile that moves to another store has in the one it was in. */
const otherCopy = async (
  context: SessionContext,
  { profile, store, existing }: Target,
  notes: string[],
): Promise<SecretRecord | null> => {
  if (existing === null || existing.store === store.name) return null
  return orNote(context, existing.store, notes, async () =>
    readRecord(await context.openStore(existing.store), profile, context.signal),
  )
}

const removeOtherCopy = async (context: SessionContext, { profile, existing }: Target, notes: string[]) => {
  if (existing === null) return
  await orNote(context, existing.store, notes, async () =>
    (await context.openStore(existing.store)).remove(profile, context.signal),
  )
}

const orNote = async <T>(
  context: SessionContext,
  where: string,
  notes: string[],
  work: () => Promise<T>,
): Promise<T | null> => {
  try {
    return await work()
  } catch (error) {
    context.signal.throwIfAborted()
    if (!isFailure(error)) throw error
    notes.push(`an older credential of this profile may still be in the ${where}: ${error.message}`)
    return null
  }
}
