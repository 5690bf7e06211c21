import { services } from '../services/registry.ts'
import { findProfile, isProfileName, type Settings } from '../settings/settings.ts'
import { isHeaderSafe } from '../vocabulary/credential.ts'
import type { Environment } from '../vocabulary/environment.ts'
import { type Finding, failure, good, note, warning } from './finding.ts'

const CREDENTIALS = ['KEYTURN_API_KEY', 'KEYTURN_TOKEN'] as const

/** Which of keyturn's variables are set, and what each takes the place of. A secret's value is never shown. */
export const examineVariables = (env: Environment, settings: Settings | null): Finding[] => {
  const set = Object.keys(env)
    .filter((name) => name.startsWith('KEYTURN_') && env[name])
    .sort()
  const findings = [...examineCredentials(env, settings), ...examineProfile(env, settings), ...examineService(env)]
  const told = new Set(findings.map(({ name }) => name))
  const others = set.filter((name) => !told.has(`variable:${name}`))
  if (others.length > 0)
    findings.push(note('variables', `${others.join(', ')} ${others.length === 1 ? 'is' : 'are'} set`))
  return findings.length === 0 ? [good('variables', "none of keyturn's is set")] : findings
}

const examineCredentials = (env: Environment, settings: Settings | null): Finding[] => {
  const [first, second] = CREDENTIALS.filter((name) => env[name])
  if (first === undefined) return []
  const name = `variable:${first}`
  const away = `unset ${first}`
  if (!isHeaderSafe(env[first] ?? '')) {
    const detail = `${first} holds something that is no key and no token: it has blanks or odd characters`
    return [failure(name, detail, `set it again, or: ${away}`)]
  }
  const shadowed = [
    second,
    settings !== null && Object.keys(settings.profiles).length > 0 ? 'every profile' : undefined,
  ].filter((each) => each !== undefined)
  if (shadowed.length === 0) return [note(name, `${first} is set, and is the credential in use`)]
  return [warning(name, `${first} is set and wins over ${shadowed.join(' and ')}`, `to use what is stored: ${away}`)]
}

const examineProfile = (env: Environment, settings: Settings | null): Finding[] => {
  const wanted = env.KEYTURN_PROFILE
  if (!wanted || settings === null) return []
  const name = 'variable:KEYTURN_PROFILE'
  if (isProfileName(wanted) && findProfile(settings, wanted) !== null) {
    if (settings.current === wanted) return []
    const instead = settings.current === null ? '' : `, in place of ${settings.current}`
    return [note(name, `KEYTURN_PROFILE=${wanted} is in use${instead}`)]
  }
  return [
    failure(
      name,
      `KEYTURN_PROFILE=${wanted} is no profile`,
      'name one of: keyturn status --all; or: unset KEYTURN_PROFILE',
    ),
  ]
}

const examineService = (env: Environment): Finding[] => {
  const wanted = env.KEYTURN_SERVICE
  if (!wanted || services.some(({ name }) => name === wanted)) return []
  const hint = `name one of ${services.map(({ name }) => name).join(', ')}; or: unset KEYTURN_SERVICE`
  return [failure('variable:KEYTURN_SERVICE', `KEYTURN_SERVICE=${wanted} is no service`, hint)]
}
