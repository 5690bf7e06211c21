/** Everything that `keyturn doctor` looks at, in the order in which it is told. Nothing is changed, and no secret is shown or sent. */
import { findProgram } from '../files/look.ts'
import { keychainOwner } from '../secrets/keychain-owner.ts'
import type { Store, StoreName } from '../secrets/store.ts'
import { anyService, services } from '../services/registry.ts'
import type { Wishes } from '../session/context.ts'
import type { Settings } from '../settings/settings.ts'
import { addressFault } from '../vocabulary/address.ts'
import type { Clock } from '../vocabulary/clock.ts'
import type { Environment } from '../vocabulary/environment.ts'
import { isFailure } from '../vocabulary/failure.ts'
import { examineFiles } from './files.ts'
import { type Finding, failure, good, type Section } from './finding.ts'
import { examineGit } from './git.ts'
import { examineKeychain, type Need } from './keychain.ts'
import { examineAuthorities, examineProxy } from './network.ts'
import { examinePlace, examineProgram, type ProgramFacts } from './program.ts'
import { examineService, type Place } from './service.ts'
import { examineBrowser, examineTerminal, type TerminalFacts } from './terminal.ts'
import { examineVariables } from './variables.ts'

export interface Patient {
  program: ProgramFacts
  terminal: TerminalFacts
  env: Environment
  platform: NodeJS.Platform
  container: boolean
  browserObstacle: string | null
  wishes: Pick<Wishes, 'apiKey' | 'token' | 'service' | 'url' | 'store'>
  configFolder(): string
  openKeychain(): Promise<Store>
  clock: Clock
  /** For each question to a service, in milliseconds. */
  patience: number
  signal: AbortSignal
}

export interface Examination {
  sections: Section[]
  /** No service was asked, because nobody is signed in to one. */
  isAlone: boolean
}

export const examine = async (patient: Patient): Promise<Examination> => {
  const { env, platform, program, clock, signal } = patient
  const { findings: files, settings } = await filesOf(patient)
  const { places, findings: lost } = placesOf(patient, settings)
  const userAgent = `keyturn/${program.version}`
  const plan = { env, userAgent, clock, patience: patient.patience, signal }
  const [keychain, ...asked] = await Promise.all([
    examineKeychain({
      open: patient.openKeychain,
      owner: () => keychainOwner(env, platform),
      need: needOf(patient, settings),
      profiles: keptIn(settings, 'keychain'),
      clock,
      signal,
    }),
    ...places.map((place) => examineService(place, plan)),
  ])
  const find = (name: string) => findProgram(name, env.PATH ?? env.Path ?? '', platform)
  const here: Finding[] = [
    examineProgram(program),
    examinePlace(env, patient.container),
    examineTerminal(patient.terminal),
    examineBrowser({ env, platform, obstacle: patient.browserObstacle, find }),
    ...examineVariables(env, settings),
  ]
  const network = [examineProxy(env, places), ...examineAuthorities(env, clock.now()), ...lost]
  const sections = [
    { title: 'here', findings: here },
    { title: 'secrets and settings', findings: [...keychain, ...files] },
    { title: 'network', findings: network },
    ...places.map((place, i) => ({ title: titleOf(place), findings: asked[i] ?? [] })),
  ]
  return { sections, isAlone: places.length === 0 }
}

const titleOf = ({ name, service }: Place): string => (name === service.name ? name : `${name} (${service.title})`)

const filesOf = async ({ configFolder, env, platform }: Patient): Promise<ReturnType<typeof examineFiles>> => {
  try {
    const folder = configFolder()
    const { findings, settings } = examineFiles(folder, platform)
    return { findings: [...findings, ...(await examineGit(folder, { env, platform }))], settings }
  } catch (error) {
    if (!isFailure(error)) throw error
    return { findings: [failure('folder', error.message, error.hint ?? 'set HOME')], settings: null }
  }
}

const needOf = ({ wishes }: Patient, settings: Settings | null): Need => {
  if (wishes.store === 'keychain' || keptIn(settings, 'keychain').length > 0) return 'demanded'
  return wishes.store === 'file' || keptIn(settings, 'file').length > 0 ? 'spare' : 'usual'
}

const keptIn = (settings: Settings | null, name: StoreName): string[] =>
  Object.entries(settings?.profiles ?? {}).flatMap(([profile, { store }]) => (store === name ? [profile] : []))

/** The name of what the environment alone signs in to; no profile can have it, for the blank in it. */
const ENVIRONMENT = 'the environment'

/** Where somebody signed in; nobody else is asked. */
const placesOf = ({ wishes }: Patient, settings: Settings | null): { places: Place[]; findings: Finding[] } => {
  const known = Object.entries(settings?.profiles ?? {}).map(([name, { service, url }]) => ({
    name,
    service,
    url,
    change: `keyturn login ${service} --profile ${name} --url ADDRESS`,
  }))
  if ((wishes.apiKey !== null || wishes.token !== null) && wishes.service !== null) {
    const url = wishes.url ?? services.find(({ name }) => name === wishes.service)?.url ?? ''
    known.push({ name: ENVIRONMENT, service: wishes.service, url, change: 'export KEYTURN_URL=ADDRESS' })
  }
  const places: Place[] = []
  const findings: Finding[] = []
  for (const { name, service: word, url, change } of known) {
    const service = services.find((each) => each.name === word)
    const fault = addressFault(url)
    const again = `sign in again, to ${anyService()}: keyturn login SERVICE --profile ${name}`
    if (service === undefined) {
      // What the environment names is told with its variables.
      if (name !== ENVIRONMENT)
        findings.push(failure(`address:${name}`, `its service, ${word}, is none that keyturn knows`, again))
    } else if (fault !== null) findings.push(failure(`address:${name}`, `its address can't be used: ${fault}`, again))
    else places.push({ name, service, url: new URL(url), change })
  }
  if (known.length === 0) findings.push(good('services', 'nobody is signed in, so no service was asked'))
  return { places, findings }
}
