/** Seven states of a real Secret Service, and every command that touches a store; `try-states.ts` runs each in each. */
import type { KeychainHarness } from './session.ts'

export interface BadState {
  /** Of the list of dangers. */
  rows: string
  /** What the program must say, to tell this one from the others. */
  words: RegExp
  collection?: false
  /** Nothing comes but the deadline, so that commands may as well wait for it side by side. */
  isSilent?: true
  make?(session: KeychainHarness): Promise<void>
  /** What the programs have of the environment, where that makes the state. */
  without?: string
}

const LOCKED = /is locked, and there is no display/

export const BAD_STATES: Record<string, BadState> = {
  'no bus': { rows: '70, 75', words: /is absent: there is no D-Bus session/, without: 'DBUS_SESSION_BUS_ADDRESS' },
  'no collection': { rows: '71', words: /is absent: the Secret Service has no collection/, collection: false },
  'locked without a display': { rows: '72', words: LOCKED, make: ({ lock }) => lock() },
  'locked, and the prompt not answered': {
    rows: '73',
    words: /is locked, and the question to unlock it was not answered within \d s/,
    isSilent: true,
    make: async ({ prompter, lock }) => {
      await prompter('silent')
      await lock()
    },
  },
  'daemon stopped': {
    rows: '74',
    words: /is not answering|did not answer within \d s/,
    isSilent: true,
    make: async ({ stop }) => stop(),
  },
  'daemon killed': { rows: '76', words: LOCKED, make: ({ kill }) => kill() },
}

export interface StoreCommand {
  args: string[]
  input?: string
  /** How it ends where the keychain works; `null`: only when somebody approves it. */
  works: number | null
  /** A look at every profile goes on beside one that can't be read, and says of that one why not. */
  goesOn?: true
}

/** As `keyturn serve --seed` makes it in each service. */
const EMAIL = 'dev@example.com'
const PASSWORD = 'correct horse battery'
const KEY = 'zec_EXAMPLE_given_key'
export const TOKEN = 'eyJEXAMPLE.given.token'
const person = ['--email', EMAIL, '--password-stdin']
export const of = (profile: string, ...args: string[]): string[] => [...args, '--profile', profile]

/** In this order one person can run them all: signing in first, signing out last. */
export const STORE_COMMANDS: StoreCommand[] = [
  { args: ['login', 'zectre', '--web', '--no-browser'], works: null },
  { args: ['login', 'zectre', '--in-terminal', ...person], input: PASSWORD, works: 0 },
  { args: ['login', 'zectre', '--with-api-key'], input: KEY, works: 4 },
  { args: ['login', 'zectre', '--with-token'], input: TOKEN, works: 4 },
  { args: ['login', 'zectre', '--password', ...person], input: PASSWORD, works: 0 },
  { args: ['login', 'restume', '--username', 'dev', '--password-stdin'], input: PASSWORD, works: 0 },
  { args: ['login', 'curate-me', ...person], input: PASSWORD, works: 0 },
  // The server of the table knows no Google, and says so: 503.
  { args: ['google', 'login', 'restume', '--credential-stdin'], input: TOKEN, works: 1 },
  {
    args: ['signup', 'curate-me', '--email', 'new@example.com', '--name', 'New', '--password-stdin'],
    input: PASSWORD,
    works: 0,
  },
  { args: of('zectre', 'status'), works: 0 },
  { args: of('zectre', 'status', '--offline', '--json'), works: 0 },
  { args: ['status', '--all'], works: 0, goesOn: true },
  { args: ['status', '--all', '--json'], works: 0, goesOn: true },
  { args: of('zectre', 'token'), works: 0 },
  { args: of('zectre', 'token', '--header'), works: 0 },
  { args: of('zectre', 'account', 'show'), works: 0 },
  { args: of('zectre', 'keys', 'create', 'made'), works: 0 },
  { args: of('zectre', 'keys', 'list'), works: 0 },
  { args: of('zectre', 'keys', 'create', 'kept', '--save', 'robot'), works: 0 },
  { args: of('zectre', 'keys', 'rotate', 'made'), works: 0 },
  { args: of('zectre', 'keys', 'revoke', 'made', '--yes'), works: 0 },
  // What stands behind `--` is not for keyturn. It lasts, so that what it is given is seen.
  { args: ['exec', '--timeout', '2', '--profile', 'zectre', '--', 'sleep', '0.1'], works: 0 },
  { args: of('zectre', 'api', 'GET', '/api/v1/user'), works: 0 },
  { args: of('curate-me', 'refresh'), works: 0 },
  { args: of('restume', 'google', 'unlink', '--yes'), works: 5 },
  { args: of('restume', 'logout', '--local'), works: 0 },
  { args: of('curate-me', 'logout', '--yes'), works: 0 },
  { args: ['profile', 'rename', 'zectre', 'moved'], works: 0 },
  { args: ['profile', 'remove', 'restume', '--yes'], works: 0 },
  { args: ['logout', '--all', '--yes'], works: 0 },
]

/** What touches no store, and `doctor`, which reports on one. Every word of the command line stands here or above. */
export const STORELESS = ['verify-email', 'password', 'services', 'doctor', 'serve', 'completion']

export interface FreeCommand {
  args: string[]
  env?: Record<string, string>
  input?: string
}

/** What goes on in every state of the keychain, because it never asks it. */
export const FREE_COMMANDS: FreeCommand[] = [
  { args: ['status'], env: { KEYTURN_API_KEY: KEY, KEYTURN_SERVICE: 'zectre' } },
  { args: ['keys', 'list'], env: { KEYTURN_API_KEY: KEY, KEYTURN_SERVICE: 'zectre' } },
  { args: ['token'], env: { KEYTURN_TOKEN: TOKEN, KEYTURN_SERVICE: 'zectre' } },
  { args: ['login', 'zectre', '--with-api-key', '--store', 'file', '--profile', 'kept'], input: KEY },
  { args: ['login', 'zectre', '--with-api-key', '--profile', 'kept'], env: { KEYTURN_STORE: 'file' }, input: KEY },
]
