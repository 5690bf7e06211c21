import { clean } from '../vocabulary/clean.ts'
import type { Environment } from '../vocabulary/environment.ts'

export interface Private {
  /** The home folder; empty where there is none. */
  home: string
  userName: string
  /** What must be nowhere in a report, wherever it came from. */
  secrets: readonly string[]
}

const SECRET_VARIABLE = /(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)$/i

/** The values of variables that hold secrets by their names, keyturn's own among them. */
export const secretsOf = (env: Environment): string[] =>
  Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && value.length >= 6 && SECRET_VARIABLE.test(name) ? [value] : [],
  )

const EMAIL = /[\w.+%-]+@[\w-]+(\.[\w-]+)+/g
/** `//user:password@` in an address. */
const USER_INFO = /\/\/[^/\s@]+@/g

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** A text as it may stand in a public bug report: nothing in it of who the person is, or of any secret. */
export const presentable = (text: string, { home, userName, secrets }: Private): string => {
  // The longest first: one may begin with another. And before anything is cut, which would leave a half.
  const longestFirst = secrets.toSorted((one, other) => other.length - one.length)
  const struck = longestFirst.reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text)
  const nameless = clean(struck, 2000).replace(USER_INFO, '//…@').replace(EMAIL, '[email]')
  const atHome = home.length > 1 ? nameless.replace(new RegExp(`${escaped(home)}(?![\\w.-])`, 'g'), '~') : nameless
  if (userName === '') return atHome
  return atHome.replace(new RegExp(`(?<=[\\\\/])${escaped(userName)}(?![\\w.-])`, 'g'), '[user]')
}
