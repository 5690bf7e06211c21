import type { Outgoing, SecretRecord } from '../secrets/record.ts'
import { anyService, findService, services } from '../services/registry.ts'
import type { Service } from '../services/service.ts'
import { assertProfileName, findProfile, type Profile, type Settings } from '../settings/settings.ts'
import { serviceAddress } from '../vocabulary/address.ts'
import { type Credential, type CredentialSource, isHeaderSafe } from '../vocabulary/credential.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { JsonObject } from '../vocabulary/json.ts'
import { nearest } from '../vocabulary/nearest.ts'
import { Secret } from '../vocabulary/secret.ts'
import { tokenExpiry } from '../vocabulary/token-expiry.ts'
import type { Endpoint, SessionContext, Wishes } from './context.ts'
import { readRecord } from './entry.ts'
import { addressesOf, adminAddress, chooseEndpoint } from './target.ts'

/** The credential that a command will use, and how it came by it. */
export interface InForce extends Endpoint {
  profile: string | null
  service: Service
  credential: Credential
  source: CredentialSource
  /** What this credential took the place of, and what may still be alive. */
  outgoing: readonly Outgoing[]
}

/** The variable whose credential wins over every profile's; `null` when none is set. */
export const environmentVariable = (wishes: Wishes): string | null =>
  wishes.apiKey !== null ? 'KEYTURN_API_KEY' : wishes.token !== null ? 'KEYTURN_TOKEN' : null

/** `meanwhile` is called while a store is waited for: the keychain's helper takes longer than all that a command loads. */
export const credentialInForce = async (
  context: SessionContext,
  meanwhile?: (service: Service, base: URL) => void,
): Promise<InForce> => {
  const { wishes } = context
  const fromEnvironment = environmentCredential(wishes)
  if (fromEnvironment !== null) {
    const target = await environmentTarget(context)
    assertOwnKey(wishes, target.service)
    return { profile: null, ...target, credential: fromEnvironment, source: 'env', outgoing: [] }
  }
  const settings = await context.settings.read()
  const profile = profileName(wishes, settings)
  const known = findProfile(settings, profile)
  if (known === null)
    throw signInNeeded(profile, 'there is no such profile', nearest(profile, Object.keys(settings.profiles)))
  const store = await context.openStore(known.store)
  const service = findService(known.service)
  const { base, adminBase, org } = chooseEndpoint(storedOnly(wishes), service, null, known)
  const reading = readRecord(store, profile, context.signal)
  meanwhile?.(service, base)
  const record = await reading
  if (record === null || record.credential === null) throw signInNeeded(profile, 'it holds no credential')
  assertMadeFor(record, { service, base, adminBase, profile })
  const { credential, outgoing } = record
  return { profile, service, base, adminBase, org, credential, source: store.name, outgoing }
}

/** A credential goes to the addresses that it was made for, whatever the settings say by now. */
export const assertMadeFor = (
  record: SecretRecord,
  wanted: Pick<InForce, 'service' | 'base' | 'adminBase' | 'profile'>,
): void => {
  const { service, url, adminUrl } = addressesOf(wanted)
  if (record.service === service && record.url === url && (record.adminUrl ?? null) === adminUrl) return
  throw new Failure('sign_in_needed', `the credential of profile "${wanted.profile}" was made for another address`, {
    hint: `sign in where it should go now: keyturn login ${service} --profile ${wanted.profile}`,
  })
}

/** A stored credential goes where it was made for, whatever addresses are wished for now. */
const storedOnly = (wishes: Wishes): Wishes => ({ ...wishes, url: null, adminUrl: null })

/** A key that begins like another service's is not shown to this one. */
const assertOwnKey = ({ apiKey }: Wishes, service: Service): void => {
  const other = services.find(({ name, keyPrefix }) => name !== service.name && apiKey?.startsWith(keyPrefix))
  if (other === undefined) return
  throw new Failure('usage', `KEYTURN_API_KEY holds a key of ${other.title}, and this would go to ${service.title}`, {
    hint: `say which service is meant: KEYTURN_SERVICE=${other.name}`,
  })
}

const environmentCredential = ({ apiKey, token }: Wishes): Credential | null => {
  if (apiKey !== null)
    return { kind: 'api_key', key: new Secret(headerSafe(apiKey, 'KEYTURN_API_KEY')), origin: 'given' }
  if (token === null) return null
  const access = headerSafe(token, 'KEYTURN_TOKEN')
  return { kind: 'session', access: new Secret(access), refresh: null, expiresAt: tokenExpiry(access) }
}

const headerSafe = (value: string, variable: string): string => {
  if (isHeaderSafe(value)) return value
  throw new Failure(
    'usage',
    `${variable} holds something that is no key and no token: it has blanks or odd characters`,
    {
      hint: `set it to the secret alone: ${variable}="$(cat FILE)"`,
    },
  )
}

/** With a credential in the environment no profile is needed, and where service and address are named none is read. */
const environmentTarget = async (context: SessionContext): Promise<Endpoint & { service: Service }> => {
  const { wishes } = context
  const known = wishes.service === null ? await requiredProfile(context) : null
  const service = findService(wishes.service ?? known?.service ?? '')
  const base = serviceAddress(wishes.url ?? known?.url ?? service.url)
  const adminBase = adminAddress(wishes, service, base, wishes.url === null ? (known?.admin_url ?? null) : null)
  return { service, base, adminBase, org: wishes.org ?? known?.org ?? null }
}

/** The profile that a command is about, where there is one. */
export const knownProfile = async ({ wishes, settings }: SessionContext): Promise<Profile | null> => {
  const stored = await settings.read()
  const name = wishes.profile ?? stored.current
  return name === null ? null : findProfile(stored, name)
}

const requiredProfile = async (context: SessionContext): Promise<Profile> => {
  const profile = await knownProfile(context)
  if (profile !== null) return profile
  throw new Failure(
    'usage',
    `${environmentVariable(context.wishes)} is set, and nothing says which service it is for`,
    {
      hint: 'name it: KEYTURN_SERVICE=zectre (and KEYTURN_URL=… where it is not the usual address)',
    },
  )
}

/** `--profile`, then `KEYTURN_PROFILE`, then the current one. */
export const profileName = (wishes: Wishes, settings: Settings): string => {
  const name = wishes.profile ?? settings.current
  if (name !== null) {
    assertProfileName(name)
    return name
  }
  const [known] = Object.keys(settings.profiles)
  if (known !== undefined) {
    throw new Failure('sign_in_needed', 'no profile is in use', { hint: `choose one: keyturn profile use ${known}` })
  }
  throw new Failure('sign_in_needed', 'nobody is signed in', {
    hint: `sign in to ${anyService()}: keyturn login`,
  })
}

const signInNeeded = (profile: string, why: string, meant: string | null = null): Failure =>
  new Failure('sign_in_needed', `profile "${profile}" is not signed in: ${why}`, {
    hint: `${meant === null ? '' : `did you mean ${meant}? else `}sign in: keyturn login --profile ${profile}`,
  })

/** Who the profile belonged to when the service last said so. */
export const userLastSeen = async (context: SessionContext, { profile }: InForce): Promise<JsonObject | null> => {
  if (profile === null) return null
  const user = findProfile(await context.settings.read(), profile)?.user ?? null
  return user === null ? null : { ...user }
}
