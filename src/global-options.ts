import type { Command } from 'commander'
import type { App } from './app.ts'

/** What stands before or after any command's name. */
export interface GlobalOptions {
  profile?: string
  service?: string
  url?: string
  adminUrl?: string
  org?: string
  timeout?: string
  /** Of the commands that sign in or up. */
  store?: NonNullable<App['wishes']['store']>
  json?: boolean
  /** Of the JSON; without them it is whole. */
  fields?: readonly string[] | null
  jq?: string
  quiet?: boolean
  verbose?: boolean
  input: boolean
  color: boolean
}

export const declareGlobalOptions = (program: Command): Command =>
  program
    .option('--profile <name>', 'the profile to use, instead of the current one')
    .option('--service <name>', 'the service to use, where no profile says')
    .option('--url <address>', 'the address of the service, for signing in')
    .option('--admin-url <address>', 'where its B2B calls go, where that is another address')
    .option('--org <id>', 'the organisation that B2B calls are for')
    .option('--timeout <seconds>', 'how long one call, or the keychain, may take')
    .option('--json', 'print JSON; with --json=FIELD,FIELD only those fields')
    .option('--jq <expression>', 'print JSON through a jq expression')
    .option('--quiet', 'print the one thing a script wants, and no talk')
    .option('--verbose', 'show each request and answer on stderr, with nothing secret in them')
    .option('--no-input', 'never ask for anything')
    .option('--no-color', 'no colour')
    .option('-h, --help', 'examples, options, JSON and exit codes')
