/** Where a command takes its credential, profile, service and address from: every source, and what became of it. */
import { findProfile, NO_SETTINGS, type Profile } from '../settings/settings.ts'
import { addressText } from '../vocabulary/address.ts'
import type { Environment } from '../vocabulary/environment.ts'
import { isFailure } from '../vocabulary/failure.ts'
import type { JsonObject } from '../vocabulary/json.ts'
import type { SessionContext } from './context.ts'
import { credentialInForce, environmentVariable, type InForce } from './in-force.ts'

export interface Source extends JsonObject {
  about: 'credential' | 'profile' | 'service' | 'address'
  source: string
  /** What stands there; of a credential only that it is there. */
  value: string | null
  /** `shadowed`: another comes first. `ignored`: does not count here, whatever it says. `unusable`: its turn, and it fails. */
  state: 'wins' | 'shadowed' | 'ignored' | 'unset' | 'unusable'
  why: string | null
}

/** What stood on the command line; the context's wishes have flags and variables as one. */
export interface Flags {
  profile?: string
  service?: string
  url?: string
}

type Candidate = readonly [source: string, value: string | null]

/** The order of the contract: the first that is set wins. */
const rank = (about: Source['about'], candidates: readonly Candidate[]): Source[] => {
  const winner = candidates.find(([, value]) => value !== null)
  return candidates.map(([source, value]) => {
    if (value === null) return { about, source, value, state: 'unset', why: null }
    if (source === winner?.[0]) return { about, source, value, state: 'wins', why: null }
    return { about, source, value, state: 'shadowed', why: `${winner?.[0]} comes first` }
  })
}

const ignored = (sources: Source[], why: string): Source[] =>
  sources.map((source) => (source.value === null ? source : { ...source, state: 'ignored', why }))

/** Whoever wins can't be used after all. */
const failing = (sources: Source[], why: string): Source[] =>
  sources.map((source) => (source.state === 'wins' ? { ...source, state: 'unusable', why } : source))

/** It asks no service. A keychain is asked only where its turn comes. */
export const explain = async (context: SessionContext, flags: Flags, env: Environment): Promise<Source[]> => {
  const { wishes } = context
  const variable = environmentVariable(wishes)
  const needed = variable === null || wishes.service === null
  const settings = await context.settings.read().catch((error) => {
    if (needed || !isFailure(error) || context.signal.aborted) throw error
    return NO_SETTINGS
  })
  const profiles = rank('profile', [
    ['--profile', flags.profile ?? null],
    ['KEYTURN_PROFILE', env.KEYTURN_PROFILE || null],
    ['the current profile', settings.current],
  ])
  const name = wishes.profile ?? settings.current
  const known = name === null ? null : findProfile(settings, name)
  const outcome = await inForceOrWhy(context)
  return [
    ...credentialSources(context, known, outcome),
    ...(needed
      ? name !== null && known === null
        ? failing(profiles, 'there is no such profile')
        : profiles
      : ignored(profiles, `${variable} is set and the service is named, so no profile is needed`)),
    ...targetSources({ known: needed ? known : null, flags, env, variable, outcome }),
  ]
}

/** What commands themselves would take, so that this can't tell another story. */
const inForceOrWhy = async (context: SessionContext): Promise<InForce | string> => {
  try {
    return await credentialInForce(context)
  } catch (error) {
    if (!isFailure(error) || context.signal.aborted) throw error
    return error.message
  }
}

const KINDS = { api_key: 'an API key', session: 'a session' }

const credentialSources = ({ wishes }: SessionContext, known: Profile | null, outcome: InForce | string): Source[] => {
  const stored = known === null ? null : `the profile's ${known.store}`
  const isItsTurn = wishes.apiKey === null && wishes.token === null
  const found = typeof outcome === 'string' ? 'nothing that can be used' : KINDS[outcome.credential.kind]
  const inStore = isItsTurn ? found : 'not looked into'
  const ranked = rank('credential', [
    ['KEYTURN_API_KEY', wishes.apiKey && 'set'],
    ['KEYTURN_TOKEN', wishes.token && 'set'],
    [stored ?? "a profile's store", stored && inStore],
  ])
  return typeof outcome === 'string' ? failing(ranked, outcome) : ranked
}

interface TargetFacts {
  /** The profile that counts; `null` where none does. */
  known: Profile | null
  flags: Flags
  env: Environment
  variable: string | null
  outcome: InForce | string
}

const targetSources = ({ known, flags, env, variable, outcome }: TargetFacts): Source[] => {
  const services: Candidate[] = [
    ['--service', flags.service ?? null],
    ['KEYTURN_SERVICE', env.KEYTURN_SERVICE || null],
  ]
  const addresses: Candidate[] = [
    ['--url', flags.url ?? null],
    ['KEYTURN_URL', env.KEYTURN_URL || null],
  ]
  const own: [Candidate, Candidate] = [
    ['the profile', known?.service ?? null],
    ['the profile', known?.url ?? null],
  ]
  if (variable === null) {
    const why = 'a stored credential goes where it was made for'
    return [
      ...ignored(rank('service', services), why),
      ...rank('service', [own[0]]),
      ...ignored(rank('address', addresses), why),
      ...rank('address', [own[1]]),
    ]
  }
  const usual = typeof outcome === 'string' ? null : addressText(new URL(outcome.service.url))
  return [
    ...rank('service', [...services, own[0]]),
    ...rank('address', [...addresses, own[1], ["the service's usual address", usual]]),
  ]
}
