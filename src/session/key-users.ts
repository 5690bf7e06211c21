/** Which profiles on this machine sign with which of the keys that a service lists. */
import { findProfile, type Profile } from '../settings/settings.ts'
import { addressText } from '../vocabulary/address.ts'
import { listedKey } from '../vocabulary/credential.ts'
import { isFailure } from '../vocabulary/failure.ts'
import type { Key } from '../vocabulary/key.ts'
import type { SessionContext } from './context.ts'
import { readRecord } from './entry.ts'
import type { InForce } from './in-force.ts'
import { loginCommand } from './target.ts'

export interface KeyUser {
  key: Key
  profile: string
  /** The command that signs in to it. */
  login: string
}

/** With a credential from the environment nothing here is looked into. */
export const keyUsers = async (context: SessionContext, inForce: InForce, keys: readonly Key[]): Promise<KeyUser[]> => {
  const { service, base, credential, source } = inForce
  if (source === 'env') return []
  const settings = await context.settings.read()
  const own = findProfile(settings, inForce.profile ?? '')
  const users: KeyUser[] = []
  for (const [profile, existing] of Object.entries(settings.profiles)) {
    if (existing.service !== service.name || existing.url !== addressText(base)) continue
    if (isAnotherAccount(existing, own)) continue
    const held = profile === inForce.profile ? credential : await heldBy(context, profile, existing)
    const key = held?.kind === 'api_key' ? listedKey(keys, held.key.reveal()) : null
    if (key !== null) users.push({ key, profile, login: loginCommand({ service, profile, base, existing }) })
  }
  return users
}

/** Its key is in no list of this one's. */
const isAnotherAccount = ({ user }: Profile, own: Profile | null): boolean => {
  const [id, ownId] = [user?.id ?? null, own?.user?.id ?? null]
  return id !== null && ownId !== null && id !== ownId
}

/** A store that can't be used tells nothing; it is not what the person came for. */
const heldBy = async (context: SessionContext, profile: string, { store }: Profile) => {
  try {
    return (await readRecord(await context.openStore(store), profile, context.signal))?.credential ?? null
  } catch (error) {
    context.signal.throwIfAborted()
    if (!isFailure(error)) throw error
    return null
  }
}

/** What the end of a key means to them. */
export const usersWords = (what: string, users: readonly KeyUser[]): string => {
  const names = users.map(({ profile }) => profile).join(', ')
  const use = users.length === 1 ? `profile ${names} uses` : `profiles ${names} use`
  const logins = users.map(({ login }) => login).join('; ')
  return `${what} is the key that ${use}: you will have to sign in again (${logins})`
}
