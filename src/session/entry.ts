import { decodeRecord, encodeRecord, type SecretRecord } from '../secrets/record.ts'
import type { Store } from '../secrets/store.ts'
import type { SessionContext } from './context.ts'

export const readRecord = async (store: Store, profile: string, signal: AbortSignal): Promise<SecretRecord | null> => {
  const text = await store.read(profile, signal)
  return text === null ? null : decodeRecord(text, profile, store.where)
}

export interface Entry {
  store: Store
  profile: string
}

/**
 * Changes what a store holds for a profile: as it is now, not as it was when a command began, because others may have
 * signed in, out or anew meanwhile. Gives what was there before. Whoever has the profile's lock already calls this;
 * everybody else `changeEntry`.
 */
export const changeLocked = async (
  { store, profile }: Entry,
  signal: AbortSignal,
  change: (now: SecretRecord | null) => SecretRecord | null,
): Promise<SecretRecord | null> => {
  const before = await readRecord(store, profile, signal)
  const after = change(before)
  if (after === before) return before
  if (after === null || isEmpty(after)) await store.remove(profile, signal)
  else await store.write(profile, encodeRecord(after), signal)
  return before
}

const isEmpty = ({ credential, pending, outgoing }: SecretRecord): boolean =>
  credential === null && pending === null && outgoing.length === 0

export const changeEntry = (
  context: SessionContext,
  entry: Entry,
  change: (now: SecretRecord | null) => SecretRecord | null,
  signal = context.signal,
): Promise<SecretRecord | null> => context.exclusively(entry.profile, () => changeLocked(entry, signal, change))
