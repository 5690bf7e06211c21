/**
 * Seven states of a real Secret Service, and every command that touches a store. `tryStates` runs each in each with the
 * built program and reports one line for it; whoever calls it judges or prints them.
 *
 *   await tryStates(({ state, command, ms, faults }) => …)      faults: [] is what everybody hopes for
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeRecord, type SecretRecord } from '../../src/secrets/record.ts'
import { Secret } from '../../src/vocabulary/secret.ts'
import { freshHome, type Home } from '../harness/home.ts'
import { type Ended, keyturn, start } from '../harness/program.ts'
import { type ScriptedService, serveScript } from '../harness/service.ts'
import { USER } from '../process/zectre-page.ts'
import { hasNoChildLeft } from './children.ts'
import { type KeychainHarness, startSession } from './session.ts'

export interface Tried {
  state: string
  command: string
  code: number | null
  ms: number
  /** What was wrong with it, in words. */
  faults: string[]
}

interface BadState {
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
  'no bus': {
    words: /is absent: there is no D-Bus session/,
    without: 'DBUS_SESSION_BUS_ADDRESS',
  },
  'no collection': { words: /is absent: the Secret Service has no collection/, collection: false },
  'locked without a display': { words: LOCKED, make: ({ lock }) => lock() },
  'locked, and the prompt not answered': {
    words: /is locked, and the question to unlock it was not answered within \d s/,
    isSilent: true,
    make: async ({ prompter, lock }) => {
      await prompter('silent')
      await lock()
    },
  },
  'daemon stopped': {
    words: /is not answering|did not answer within \d s/,
    isSilent: true,
    make: async ({ stop }) => stop(),
  },
  'daemon killed': { words: LOCKED, make: ({ kill }) => kill() },
}

interface StoreCommand {
  args: string[]
  input?: string
  /** How it ends where the keychain works; `null`: only when somebody approves it. */
  works: number | null
  /** A look at every profile goes on beside one that can't be read, and says why not of that one. */
  goesOn?: true
}

/** As `keyturn serve --seed` makes it in each service. */
const EMAIL = 'dev@example.com'
const PASSWORD = 'correct horse battery'
const KEY = 'zec_EXAMPLE_given_key'
const TOKEN = 'eyJEXAMPLE.given.token'
const person = ['--email', EMAIL, '--password-stdin']
const of = (profile: string, ...args: string[]): string[] => [...args, '--profile', profile]

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
  { args: of('zectre', 'token'), works: 0 },
  { args: of('zectre', 'token', '--header'), works: 0 },
  { args: of('zectre', 'account', 'show'), works: 0 },
  { args: of('zectre', 'keys', 'create', 'made'), works: 0 },
  { args: of('zectre', 'keys', 'list'), works: 0 },
  { args: of('zectre', 'keys', 'revoke', 'made', '--yes'), works: 0 },
  { args: of('zectre', 'api', 'GET', '/api/v1/user'), works: 0 },
  { args: of('curate-me', 'refresh'), works: 0 },
  { args: of('restume', 'google', 'unlink', '--yes'), works: 5 },
  { args: of('restume', 'logout', '--local'), works: 0 },
  { args: of('curate-me', 'logout', '--yes'), works: 0 },
  { args: ['logout', '--all', '--yes'], works: 0 },
]

/** What touches no store at all. Every word of the command line stands here or above. */
export const STORELESS = ['verify-email', 'password', 'services', 'serve']

/** What goes on in every state of the keychain, because it never asks it. */
export const FREE_COMMANDS: { args: string[]; env?: Record<string, string>; input?: string }[] = [
  { args: ['status'], env: { KEYTURN_API_KEY: KEY, KEYTURN_SERVICE: 'zectre' } },
  { args: ['keys', 'list'], env: { KEYTURN_API_KEY: KEY, KEYTURN_SERVICE: 'zectre' } },
  { args: ['token'], env: { KEYTURN_TOKEN: TOKEN, KEYTURN_SERVICE: 'zectre' } },
  { args: ['login', 'zectre', '--with-api-key', '--store', 'file', '--profile', 'kept'], input: KEY },
  { args: ['login', 'zectre', '--with-api-key', '--profile', 'kept'], env: { KEYTURN_STORE: 'file' }, input: KEY },
]

const SERVICES = ['zectre', 'restume', 'curate-me']
/** Seconds; the native part itself waits for two. */
const TIMEOUT = 2

type Clean = (cleanUp: () => unknown) => void
type Report = (tried: Tried) => void

/** A person who is signed in to all three, with the secrets in the keychain. */
const settle = (home: Home, urls: Record<string, string>): void => {
  const profile = (service: string) => ({ service, url: urls[service], store: 'keychain', user: null, created_at: '' })
  const profiles = Object.fromEntries(SERVICES.map((service) => [service, profile(service)]))
  mkdirSync(home.config, { recursive: true, mode: 0o700 })
  const settings = { version: 1, current: 'zectre', consents: { file_store: false }, profiles }
  writeFileSync(join(home.config, 'settings.json'), JSON.stringify(settings), { mode: 0o600 })
}

const recordOf = (service: string, url: string): SecretRecord => ({
  ...{ service, url, pending: null },
  credential: { kind: 'session', access: new Secret(TOKEN), refresh: new Secret(TOKEN), expiresAt: null },
})

const withUrl = (url: string): Record<string, string> => Object.fromEntries(SERVICES.map((service) => [service, url]))

const named = (args: string[], env: Record<string, string> = {}): string =>
  [...Object.keys(env).filter((name) => name !== 'KEYTURN_SERVICE'), 'keyturn', ...args].join(' ')

const SIGNED_OUT = /not signed in|nobody is signed in|signed out|sign-in is needed/i

const faultsOf = async (
  { words, isSilent }: BadState,
  { goesOn }: StoreCommand,
  ended: Ended,
  deadline: number,
  home: Home,
): Promise<string[]> => {
  const { code, stdout, stderr, ms } = ended
  const said = goesOn ? stdout : stderr
  const limit = (isSilent ? deadline : 0) + 1000
  return [
    code !== (goesOn ? 0 : 8) && `it ended with ${code}: ${stderr}`,
    ms > deadline + 1000 && `it took ${Math.round(ms)} ms, and ${limit} were allowed`,
    !words.test(said) && `it said what tells nobody which state that is: ${said}`,
    SIGNED_OUT.test(stdout + stderr) && `it said that somebody is signed out: ${stdout + stderr}`,
    !goesOn && stdout !== '' && `it answered ${stdout}`,
    !goesOn && !stderr.includes('--store file') && `it told no way out: ${stderr}`,
    existsSync(join(home.config, 'credentials.json')) && 'it made a file that nobody had agreed to',
    !(await hasNoChildLeft(home.path)) && 'it left a process behind',
  ].filter((fault) => fault !== false)
}

/** Each in a home of its own, so that several may run at once, and so that what one leaves behind is known by its name. */
const tryBad = async (
  state: string,
  command: StoreCommand,
  { env, url, timeout }: { env: Record<string, string>; url: string; timeout: number | null },
  clean: Clean,
): Promise<Tried> => {
  const home = freshHome(clean)
  settle(home, withUrl(url))
  const limits = timeout === null ? [] : ['--timeout', String(timeout)]
  const input = command.input === undefined ? {} : { input: command.input }
  const ended = await keyturn([...command.args, ...limits], { home, env: ownEnv(env, home), ...input })
  const faults = await faultsOf(BAD_STATES[state]!, command, ended, (timeout ?? DEFAULT_TIMEOUT) * 1000, home)
  return { state, command: named([...command.args, ...limits]), code: ended.code, ms: ended.ms, faults }
}

const DEFAULT_TIMEOUT = 5

/** The keychain's HOME is where its daemon keeps its files; keyturn's own files stay in the test's. */
const ownEnv = (env: Record<string, string>, home: Home) => ({ ...env, KEYTURN_CONFIG_DIR: home.config })

const tryFree = async (
  state: string,
  { args, env = {}, input }: (typeof FREE_COMMANDS)[number],
  session: Record<string, string>,
  url: string,
  clean: Clean,
): Promise<Tried> => {
  const home = freshHome(clean)
  const notes = join(home.path, 'notes')
  const given = { ...ownEnv(session, home), ...env, KEYTURN_URL: url, ...noting(notes) }
  const ended = await keyturn(args, { home, env: given, ...(input === undefined ? {} : { input }) })
  const faults = [
    ended.code !== 0 && `it ended with ${ended.code}: ${ended.stderr}`,
    ended.ms > 1500 && `it took ${Math.round(ended.ms)} ms`,
    existsSync(notes) && 'it started a process',
  ].filter((fault) => fault !== false)
  return { state, command: named(args, env), code: ended.code, ms: ended.ms, faults }
}

/** The environment of a program that writes down what it starts, and what it asks of that. */
export const noting = (file: string): Record<string, string> => ({
  KEYTURN_NOTES: file,
  NODE_OPTIONS: `--require=${join(import.meta.dirname, 'note-children.cjs')}`,
})

/** What was started and asked, in order. */
const inLanes = async <T>(count: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> => {
  const left = [...items]
  const lane = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: count }, lane))
}

const tryBadState = async (
  name: string,
  service: ScriptedService,
  tripwire: ScriptedService,
  report: Report,
  clean: Clean,
): Promise<void> => {
  const { collection = true, isSilent, make, without } = BAD_STATES[name]!
  const session = await startSession({ collection })
  clean(() => session.close())
  if (collection) {
    for (const profile of SERVICES) await session.put(profile, encodeRecord(recordOf(profile, tripwire.url)))
  }
  await make?.(session)
  const env = Object.fromEntries(Object.entries(session.env).filter(([variable]) => variable !== without))
  const one = { args: of('zectre', 'token'), works: 0 }
  const all = [
    ...(isSilent ? [() => tryBad(name, one, { env, url: tripwire.url, timeout: null }, clean)] : []),
    ...STORE_COMMANDS.map((each) => () => tryBad(name, each, { env, url: tripwire.url, timeout: TIMEOUT }, clean)),
    ...FREE_COMMANDS.map((each) => () => tryFree(name, each, env, service.url, clean)),
  ]
  // gnome-keyring 42 forgets all but one of several questions to a locked keychain that nobody can be asked about.
  await inLanes(isSilent ? 6 : 1, all, async (work) => report(await work()))
}

const tryWorking = async (report: Report, clean: Clean): Promise<void> => {
  const state = 'working'
  const home = freshHome(clean)
  const server = start(['serve', '--seed', '--port', '0', '--json'], { home, timeout: 120_000 })
  clean(() => server.kill('SIGTERM'))
  const urls = JSON.parse((await server.waitForStdout(/^\{.*\}$/m))[0])
  const session = await startSession()
  clean(() => session.close())
  settle(home, urls)
  for (const { args, input, works } of STORE_COMMANDS) {
    if (works === null) continue
    const given = input === undefined ? {} : { input }
    const { code, ms, stderr } = await keyturn(args, { home, env: ownEnv(session.env, home), ...given })
    const faults = code === works ? [] : [`it ended with ${code}, not ${works}: ${stderr}`]
    report({ state, command: named(args), code, ms, faults })
  }
  const left = await session.found()
  const faults = left.length === 0 ? [] : [`the keychain still holds ${left.map(([account]) => account).join(', ')}`]
  report({ state, command: 'after the last logout', code: null, ms: 0, faults })
}

export const tryStates = async (report: Report): Promise<void> => {
  const cleanUps: (() => unknown)[] = []
  const clean: Clean = (cleanUp) => void cleanUps.unshift(cleanUp)
  try {
    // As much of zectre as the commands want that need no keychain.
    const service = await serveScript(
      { 'GET /api/v1/user': { json: USER }, 'GET /api/v1/api-keys': { json: { data: [] } } },
      clean,
    )
    // Nobody may ask anything of a service before the store is known to work.
    const tripwire = await serveScript({}, clean)
    const works = [
      ...Object.keys(BAD_STATES)
        .sort((a, b) => Number(BAD_STATES[b]?.isSilent ?? false) - Number(BAD_STATES[a]?.isSilent ?? false))
        .map((name) => () => tryBadState(name, service, tripwire, report, clean)),
      () => tryWorking(report, clean),
    ]
    await inLanes(3, works, (work) => work())
    const asked = tripwire.requests.map(({ method, path }) => `it was asked ${method} ${path}`)
    report({ state: 'every bad one', command: 'the service', code: null, ms: 0, faults: asked })
  } finally {
    for (const cleanUp of cleanUps) await cleanUp()
  }
}
