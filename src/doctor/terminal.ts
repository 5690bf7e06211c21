import type { Environment } from '../vocabulary/environment.ts'
import { type Finding, good, note, warning } from './finding.ts'

export interface TerminalFacts {
  env: Environment
  /** Which of the three streams are terminals. */
  stdin: boolean
  stdout: boolean
  stderr: boolean
  columns: number | null
  /** Questions are asked here. */
  interactive: boolean
  coloured: boolean
}

export const examineTerminal = (facts: TerminalFacts): Finding => {
  const { env, stdin, stdout, stderr, columns, interactive, coloured } = facts
  const streams = Object.entries({ stdin, stdout, stderr })
  const others = streams.filter(([, isTerminal]) => !isTerminal).map(([name]) => name)
  if (others.length === streams.length) {
    return note('terminal', 'there is none, so nothing is asked and nothing animated')
  }
  const parts = [
    columns !== null && `${columns} columns`,
    env.TERM && `TERM=${env.TERM}`,
    coloured ? 'colour' : 'no colour',
    others.length > 0 && `${others.join(', ')} redirected`,
    interactive ? null : 'nothing is asked here',
  ].filter(Boolean)
  if (columns !== null && columns < 40) {
    return warning('terminal', parts.join(', '), 'make it wider: tables need at least 40 columns')
  }
  return good('terminal', parts.join(', '))
}

export interface BrowserFacts {
  env: Environment
  platform: NodeJS.Platform
  /** Why none is opened here; `null` when one may be. */
  obstacle: string | null
  /** Where a program is, by the person's PATH. */
  find(program: string): string | null
}

const OPENERS: Partial<Record<NodeJS.Platform, string>> = { darwin: 'open', win32: 'powershell.exe' }

export const examineBrowser = ({ env, platform, obstacle, find }: BrowserFacts): Finding => {
  const variable = env.KEYTURN_BROWSER ? 'KEYTURN_BROWSER' : env.BROWSER ? 'BROWSER' : null
  const usual = env.WSL_DISTRO_NAME ? 'powershell.exe' : (OPENERS[platform] ?? 'xdg-open')
  if (obstacle !== null) return note('browser', `none is opened, links are shown: ${obstacle}`)
  const command = (variable && env[variable]) || usual
  const from = variable === null ? '' : `, by ${variable}`
  const place = find(command)
  if (place !== null) return good('browser', `${place}${from}`)
  // There the system finds applications by name, in no PATH.
  if (variable !== null && platform !== 'linux') return good('browser', `${command}${from}`)
  return warning(
    'browser',
    `${command}${from} is not found, so links must be opened by hand`,
    variable === null
      ? 'install it (`apt install xdg-utils`), or name a browser: export KEYTURN_BROWSER=firefox'
      : `name one that is in PATH: export ${variable}=firefox`,
  )
}
