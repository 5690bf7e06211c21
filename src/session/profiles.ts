/** What the person does to profiles by name: choose one, remove one, rename one. */
import { decodeRecord } from '../secrets/record.ts'
import type { Store } from '../secrets/store.ts'
import { assertProfileName, findProfile, type Profile, type Settings } from '../settings/settings.ts'
import { clean } from '../vocabulary/clean.ts'
import { Failure, isFailure } from '../vocabulary/failure.ts'
import { nearest } from '../vocabulary/nearest.ts'
import type { SessionContext } from './context.ts'
import { readRecord } from './entry.ts'

/** The profile of that name, or the failure that says which one may have been meant. */
export const existingProfile = (settings: Settings, name: string): Profile => {
  const found = findProfile(settings, name)
  if (found !== null) return found
  assertProfileName(name)
  const meant = nearest(name, Object.keys(settings.profiles))
  throw new Failure('usage', `there is no profile "${clean(name)}"`, {
    hint: meant === null ? 'see which there are: keyturn profile list' : `did you mean ${meant}?`,
  })
}

export const useProfile = (context: SessionContext, name: string): Promise<Settings> =>
  context.settings.change((settings) => {
    existingProfile(settings, name)
    return settings.current === name ? settings : { ...settings, current: name }
  })

const without = (settings: Settings, name: string): Settings => {
  const { [name]: _, ...profiles } = settings.profiles
  return { ...settings, profiles, current: settings.current === name ? null : settings.current }
}

/** Forgets a profile and its secret, the secret first; asks nothing of the service. */
export const removeProfile = (context: SessionContext, name: string): Promise<Settings> =>
  context.exclusively(name, () =>
    context.finish(async ({ signal, settings }) => {
      const store = await context.openStore(existingProfile(await settings.read(), name).store)
      await removeEntry(store, name, signal)
      const left = await settings.change((now) => without(now, name))
      await dropNotes(context, name)
      return left
    }),
  )

/** Only commands of that profile would have come back to them. */
const dropNotes = async ({ unfinished, tell }: SessionContext, profile: string): Promise<void> => {
  try {
    for (const note of await unfinished.left()) {
      if (note.profile !== profile) continue
      await unfinished.drop(note.id)
      const key = `the key "${clean(note.name, 80)}"`
      tell(
        `an earlier keyturn may have had ${key} made and shown it to nobody; look on the dashboard of ${note.service}`,
      )
    }
  } catch (error) {
    if (!isFailure(error)) throw error
    tell(error.message)
  }
}

const removeEntry = async (store: Store, name: string, signal: AbortSignal): Promise<void> => {
  await store.remove(name, signal)
  if ((await store.read(name, signal)) === null) return
  throw new Failure('store_unusable', `${store.where} still holds the secret of "${name}" after removing it`, {
    hint: `try again: keyturn logout --local --profile ${name}`,
  })
}

/**
 * The secret is written under the new name and read back, then the settings are changed, then the old secret goes: at any
 * moment at least one of the two is whole.
 */
export const renameProfile = async (context: SessionContext, from: string, to: string): Promise<Settings> => {
  assertProfileName(to)
  const known = await context.settings.read()
  existingProfile(known, from)
  // Whoever has a lock already must not wait for it, so no name is locked twice.
  assertFree(known, to)
  return bothLocked(context, from, to, () =>
    context.finish(async ({ signal, settings: file }) => {
      const settings = await file.read()
      const { store: where } = existingProfile(settings, from)
      const store = await context.openStore(where)
      const secret = await store.read(from, signal)
      if (secret === null) return file.change((now) => renamed(now, from, to))
      await copyEntry(store, secret, from, to, signal)
      try {
        await file.change((now) => renamed(now, from, to))
      } catch (error) {
        await store.remove(to, signal)
        throw error
      }
      await removeOld(store, from, to, signal)
      await context.unfinished.rename(from, to)
      return file.read()
    }),
  )
}

/** In one order whichever is the old name, so that two renamings never wait for each other. */
const bothLocked = <T>(context: SessionContext, from: string, to: string, work: () => Promise<T>): Promise<T> => {
  const [first, second] = [from, to].sort() as [string, string]
  return context.exclusively(first, () => context.exclusively(second, work))
}

/** Some keychains and file systems know no difference between capitals and small letters, so names must differ in more. */
const assertFree = ({ profiles }: Settings, name: string): void => {
  const taken = Object.keys(profiles).find((other) => other.toLowerCase() === name.toLowerCase())
  if (taken === undefined) return
  throw new Failure('usage', `there is a profile "${taken}" already`, {
    hint: `take another name, or remove that one first: keyturn profile remove ${taken}`,
  })
}

const copyEntry = async (
  store: Store,
  secret: string,
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<void> => {
  decodeRecord(secret, from, store.where)
  const there = await store.read(to, signal)
  // The same secret is what a renaming that was killed has left.
  if (there !== null && there !== secret) {
    throw new Failure('usage', `${store.where} holds a sign-in to "${to}" that was cut off`, {
      hint: `take another name, or forget it first: keyturn logout --local --profile ${to}`,
    })
  }
  await store.write(to, secret, signal)
  if ((await store.read(to, signal)) === secret) return
  throw new Failure('store_unusable', `${store.where} does not give back what was written for "${to}"`, {
    hint: `nothing was changed; try again: keyturn profile rename ${from} ${to}`,
  })
}

const removeOld = async (store: Store, from: string, to: string, signal: AbortSignal): Promise<void> => {
  try {
    await removeEntry(store, from, signal)
  } catch (error) {
    if (!isFailure(error)) throw error
    const said = `profile "${from}" is "${to}" now, but a copy of its secret is still there under the old name`
    throw new Failure(error.code, `${said}: ${error.message}`, {
      hint: `remove it when the store can be used again: keyturn logout --local --profile ${from}`,
      cause: error,
    })
  }
}

const renamed = (settings: Settings, from: string, to: string): Settings => {
  const profile = existingProfile(settings, from)
  assertFree(settings, to)
  const entries = Object.entries(settings.profiles).map(([name, other]) =>
    name === from ? [to, profile] : [name, other],
  )
  return {
    ...settings,
    current: settings.current === from ? to : settings.current,
    profiles: Object.fromEntries(entries),
  }
}

/** What a removal would leave alive at the service; `null` when nothing. */
export const credentialOf = async (context: SessionContext, name: string) => {
  const profile = existingProfile(await context.settings.read(), name)
  const record = await readRecord(await context.openStore(profile.store), name, context.signal)
  return record?.credential ?? null
}
