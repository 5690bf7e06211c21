import type { SecretRecord } from '../secrets/record.ts'
import type { Store, StoreName } from '../secrets/store.ts'
import { findService, services } from '../services/registry.ts'
import type { Service } from '../services/service.ts'
import { findProfile, type Profile } from '../settings/settings.ts'
import { addressText, serviceAddress } from '../vocabulary/address.ts'
import { Failure } from '../vocabulary/failure.ts'
import { shellWord } from '../vocabulary/shell-word.ts'
import type { Endpoint, SessionContext, Wishes } from './context.ts'

/** Where a sign-in goes: a service at an address, kept under a profile's name in a store. */
export interface Target extends Endpoint {
  service: Service
  profile: string
  store: Store
  /** What the store holds for this profile now. */
  record: SecretRecord | null
  /** The profile as it stands in the settings; `null` when this sign-in makes it. */
  existing: Profile | null
}

/** Which service a command is for: the word given, then what was wished, then the profile's own. */
export const chooseService = async (context: SessionContext, word: string | null = null): Promise<Service> => {
  const { wishes } = context
  const named = word ?? wishes.service
  if (named !== null) return findService(named)
  const settings = await context.settings.read()
  const profile = wishes.profile ?? settings.current
  const known = profile === null ? null : findProfile(settings, profile)
  if (known !== null) return findService(known.service)
  throw new Failure('input_needed', 'which service?', {
    hint: `name it with --service: ${services.map(({ name }) => name).join(', ')}`,
  })
}

/** The store for a profile: demanded, else where the profile is kept, else the keychain. */
export const wishedStore = (context: SessionContext, existing: Profile | null): StoreName =>
  context.wishes.store ?? existing?.store ?? 'keychain'

/** A sign-in that was cut off goes on where it was, so its address comes before the profile's. */
export const chooseEndpoint = (
  wishes: Wishes,
  service: Service,
  record: SecretRecord | null,
  existing: Profile | null,
): Endpoint => {
  const pending = record?.pending?.service === service.name ? record.pending.url : null
  const known = existing?.service === service.name ? existing : null
  const base = serviceAddress(wishes.url ?? pending ?? known?.url ?? service.url)
  const sameAddress = known !== null && known.url === addressText(base)
  return {
    base,
    adminBase: adminAddress(wishes, service, base, sameAddress ? (known.admin_url ?? null) : null),
    org: wishes.org ?? known?.org ?? null,
  }
}

/** An address given alone serves B2B calls too; the service's own two hosts go together. */
export const adminAddress = (wishes: Wishes, service: Service, base: URL, known: string | null): URL | null => {
  if (wishes.adminUrl !== null) return serviceAddress(wishes.adminUrl)
  if (known !== null) return serviceAddress(known)
  const usual = addressText(base) === addressText(new URL(service.url))
  return usual && service.adminUrl !== null ? serviceAddress(service.adminUrl) : null
}

/** What the secret is kept with: it goes to these addresses and to no other. */
export const addressesOf = ({ service, base, adminBase }: Pick<Target, 'service' | 'base' | 'adminBase'>) => ({
  service: service.name,
  url: addressText(base),
  adminUrl: adminBase === null ? null : addressText(adminBase),
})

/** What a command to type needs behind it to get to this address; nothing where it gets there by itself. */
export const toAddress = (service: Service, base: URL, known: Profile | null): string => {
  const byItself = known?.service === service.name ? known.url : addressText(new URL(service.url))
  return addressText(base) === byItself ? '' : ` --url ${shellWord(addressText(base))}`
}

/** The command that signs in there under that name. */
export const loginCommand = ({
  service,
  profile,
  base,
  existing,
}: Pick<Target, 'service' | 'profile' | 'base' | 'existing'>): string => {
  const named = profile === service.name ? '' : ` --profile ${profile}`
  return `keyturn login ${service.name}${named}${toAddress(service, base, existing)}`
}

/** The same for what was called without signing in. */
export const loginThere = async (
  { wishes, settings }: SessionContext,
  service: Service,
  { base }: Endpoint,
): Promise<string> => {
  const profile = wishes.profile ?? service.name
  return loginCommand({ service, profile, base, existing: findProfile(await settings.read(), profile) })
}
