import type { SecretRecord } from '../secrets/record.ts'
import type { ProfileUser } from '../settings/settings.ts'
import type { Account } from '../vocabulary/account.ts'
import { addressText } from '../vocabulary/address.ts'
import { type Credential, credentialSecret } from '../vocabulary/credential.ts'
import { Failure, isFailure } from '../vocabulary/failure.ts'
import type { SessionContext } from './context.ts'
import { type Ending, endAtService } from './end.ts'
import { changeEntry, readRecord } from './entry.ts'
import { addressesOf, type Target } from './target.ts'
import { whoIs } from './who-is.ts'

export interface Kept {
  credential: Credential
  /** `null` when the service told nobody's name, before or after. */
  account: Account | null
  /** Who the profile belonged to before, when that is somebody else. */
  before: ProfileUser | null
  /** What became of the key that this one took the place of; `null` when there was none that keyturn had made. */
  replaced: Ending | null
  /** What could not be done and must be said. */
  notes: string[]
}

/**
 * Keeps a new credential: stored and read back first, then asked about, then made a profile; what it replaces goes
 * last, so that whatever happens in between leaves the old one whole or the new one whole.
 */
export const keep = async (
  context: SessionContext,
  target: Target,
  credential: Credential,
  said: Account | null,
  { isChecked = false }: { isChecked?: boolean } = {},
): Promise<Kept> => {
  const { profile, store, existing } = target
  const notes: string[] = []
  const record = { ...addressesOf(target), credential, pending: null }
  const old = await changeEntry(context, { store, profile }, () => record)
  // Before anybody is asked anything, so that a stop from here on leaves a profile and its credential whole.
  const forget = await remember(context, target, said)
  const told = isChecked
    ? null
    : await askWhoIs(context, target, credential, notes, async () => {
        await changeEntry(context, { store, profile }, (now) =>
          isSame(now?.credential, credential) ? withoutPending(old) : now,
        )
        await forget()
      })
  if (told !== null) await remember(context, target, told)
  const account = told ?? said
  const replaced = (await takeOtherCopy(context, target, notes)) ?? old
  const before = existing?.user ?? null
  return {
    credential,
    account,
    before: before !== null && account !== null && before.id !== account.id ? before : null,
    replaced: await endReplaced(context, replaced, credential),
    notes,
  }
}

const isSame = (one: Credential | null | undefined, other: Credential): boolean =>
  one != null && credentialSecret(one).reveal() === credentialSecret(other).reveal()

const withoutPending = (record: SecretRecord | null): SecretRecord | null => record && { ...record, pending: null }

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
          hint: `it is not kept, and what was kept before still is; start again: keyturn login ${service.name}`,
          ...(error.status === null ? {} : { status: error.status }),
          cause: error,
        },
      )
    }
    notes.push(`the key is kept, but the service could not be asked whose it is: ${error.message}`)
    return null
  }
}

/** Makes the profile the current one; gives what undoes that. */
const remember = async (
  context: SessionContext,
  target: Target,
  account: Account | null,
): Promise<() => Promise<void>> => {
  const { profile, base, adminBase, org, service, store, existing } = target
  const user = account === null ? null : userOf(account)
  const created_at = existing?.created_at ?? new Date(context.clock.now()).toISOString()
  const addresses = { url: addressText(base), admin_url: adminBase === null ? null : addressText(adminBase) }
  const entry = { ...existing, service: service.name, ...addresses, org, store: store.name, user, created_at }
  let before: string | null = null
  await context.settings.change((settings) => {
    before = settings.current
    return { ...settings, current: profile, profiles: { ...settings.profiles, [profile]: entry } }
  })
  return async () => {
    await context.settings.change((settings) => {
      const { [profile]: _, ...others } = settings.profiles
      return { ...settings, current: before, profiles: existing === null ? others : { ...others, [profile]: existing } }
    })
  }
}

const userOf = ({ id, email, username, name }: Account): ProfileUser => ({ id, email, username, name })

/** A profile that moves to another store leaves nothing behind in the one it was in. */
const takeOtherCopy = async (
  context: SessionContext,
  { profile, store, existing }: Target,
  notes: string[],
): Promise<SecretRecord | null> => {
  if (existing === null || existing.store === store.name) return null
  try {
    const other = await context.openStore(existing.store)
    const record = await readRecord(other, profile, context.signal)
    await other.remove(profile, context.signal)
    return record?.credential ? record : null
  } catch (error) {
    context.signal.throwIfAborted()
    if (!isFailure(error)) throw error
    notes.push(`an older credential of this profile may still be in the ${existing.store}: ${error.message}`)
    return null
  }
}

/** A key that somebody gave may be in use elsewhere; what keyturn had made goes when its successor is kept. */
const endReplaced = async (
  context: SessionContext,
  replaced: SecretRecord | null,
  successor: Credential,
): Promise<Ending | null> => {
  const credential = replaced?.credential ?? null
  if (replaced === null || credential === null) return null
  if (credential.kind === 'api_key' && credential.origin !== 'sign-in') return null
  if (isSame(credential, successor)) return null
  const ending = await endAtService(context, replaced)
  // A session that can't be ended ends by itself soon; that is no news to anybody.
  return ending.ended || credential.kind === 'api_key' ? ending : null
}
