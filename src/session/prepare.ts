import { probe } from '../secrets/probe.ts'
import type { Store } from '../secrets/store.ts'
import type { Service } from '../services/service.ts'
import { assertProfileName, findProfile, type Profile } from '../settings/settings.ts'
import { type Failure, isFailure } from '../vocabulary/failure.ts'
import type { SessionContext } from './context.ts'
import { readRecord } from './entry.ts'
import { chooseEndpoint, type Target, wishedStore } from './target.ts'

/** All that must be settled before a service is asked for anything: which one, under which name, kept where. */
export const prepareTarget = async (
  context: SessionContext,
  service: Service,
  consent: (reason: Failure) => Promise<boolean>,
): Promise<Target> => {
  const settings = await context.settings.read()
  const profile = context.wishes.profile ?? service.name
  assertProfileName(profile)
  const existing = findProfile(settings, profile)
  const store = await provenStore(context, existing, settings.consents.file_store, consent)
  const record = await readRecord(store, profile, context.signal)
  return { service, profile, existing, store, record, ...chooseEndpoint(context.wishes, service, record, existing) }
}

/**
 * A store that was seen to work. One that was demanded is used or nothing is; in place of the keychain a file is used
 * only where the person has agreed to it.
 */
const provenStore = async (
  context: SessionContext,
  existing: Profile | null,
  agreed: boolean,
  consent: (reason: Failure) => Promise<boolean>,
): Promise<Store> => {
  const name = wishedStore(context, existing)
  try {
    const store = await context.openStore(name)
    await probe(store, context.signal)
    return store
  } catch (error) {
    const unusable = isFailure(error) && error.exitCode === STORE_EXIT
    if (!unusable || name === 'file' || context.wishes.store !== null) throw error
    if (!agreed && !(await consent(error))) throw error
    const file = await context.openStore('file')
    await probe(file, context.signal)
    await context.settings.change((settings) => ({ ...settings, consents: { ...settings.consents, file_store: true } }))
    return file
  }
}

const STORE_EXIT = 8
