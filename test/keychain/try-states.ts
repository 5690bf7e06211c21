/**
 * Runs every command in every state of the keychain, with the built program, and reports one line for each; whoever calls
 * it judges or prints them.
 *
 *   await tryStates(({ state, command, ms, faults }) => …)      no faults is what everybody hopes for
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { encodeRecord, type SecretRecord } from '../../src/secrets/record.ts'
import { Secret } from '../../src/vocabulary/secret.ts'
import { meant } from '../harness/canary.ts'
import { freshHome, type Home } from '../harness/home.ts'
import { type Ended, keyturn, start } from '../harness/program.ts'
import { type ScriptedService, serveScript } from '../harness/service.ts'
import { USER } from '../process/zectre-page.ts'
import { hasNoChildLeft } from './children.ts'
import { noting } from './noting.ts'
import { startSession } from './session.ts'
import { settle } from './settle.ts'
import {
  BAD_STATES,
  type BadState,
  FREE_COMMANDS,
  type FreeCommand,
  of,
  STORE_COMMANDS,
  type StoreCommand,
  TOKEN,
} from './states.ts'

export interface Tried {
  state: string
  command: string
  code: number | null
  ms: number
  /** What was wrong with it, in words. */
  faults: string[]
}

const SERVICES = ['zectre', 'restume', 'curate-me']
/** Seconds; the native part itself waits for two. */
const TIMEOUT = 2
/** Where nobody can be asked. */
const DEFAULT_TIMEOUT = 5

type Clean = (cleanUp: () => unknown) => void
type Report = (tried: Tried) => void

const recordOf = (service: string, url: string): SecretRecord => ({
  ...{ service, url, pending: null, outgoing: [] },
  credential: { kind: 'session', access: new Secret(TOKEN), refresh: new Secret(TOKEN), expiresAt: null },
})

const withUrl = (url: string): Record<string, string> => Object.fromEntries(SERVICES.map((service) => [service, url]))

const named = (args: string[], env: Record<string, string> = {}): string =>
  [...Object.keys(env).filter((name) => name !== 'KEYTURN_SERVICE'), 'keyturn', ...args].join(' ')

const LATE = 'it ended late'
const SIGNED_OUT = /not signed in|nobody is signed in|signed out|sign-in is needed/i

const faultsOf = async (
  { words }: BadState,
  { goesOn }: StoreCommand,
  ended: Ended,
  deadline: number,
  home: Home,
): Promise<string[]> => {
  const { code, stdout, stderr, ms } = ended
  const said = goesOn ? stdout + stderr : stderr
  return [
    code !== (goesOn ? 0 : 8) && `it ended with ${code}: ${stderr}`,
    ms > deadline + 1000 && `${LATE}: after ${Math.round(ms)} ms, and ${deadline + 1000} were allowed`,
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

/** The keychain's HOME is where its daemon keeps its files; keyturn's own files stay in the test's. */
const ownEnv = (env: Record<string, string>, home: Home) => ({ ...env, KEYTURN_CONFIG_DIR: home.config })

const tryFree = async (
  state: string,
  { args, env = {}, input }: FreeCommand,
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
    existsSync(notes) && 'it started a process',
  ].filter((fault) => fault !== false)
  return { state, command: named(args, env), code: ended.code, ms: ended.ms, faults }
}

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
  if (!isSilent) return inLanes(1, all, async (work) => report(await work()))
  // What was late in a crowd of our own making is tried once more by itself, and that counts.
  const late: typeof all = []
  await inLanes(6, all, async (work) => {
    const tried = await work()
    if (tried.faults.some((fault) => fault.startsWith(LATE))) late.push(work)
    else report(tried)
  })
  await inLanes(1, late, async (work) => report(await work()))
}

const tryWorking = async (report: Report, clean: Clean): Promise<void> => {
  const state = 'working'
  const home = freshHome(clean)
  const server = start(['serve', '--seed', '--port', '0', '--json'], { home, timeout: 120_000 })
  clean(() => server.kill('SIGTERM'))
  const urls = JSON.parse((await server.waitForStdout(/^\{.*\}$/m))[0])
  const session = await startSession()
  clean(() => session.close())
  settle(home, Object.fromEntries(SERVICES.map((service) => [service, urls[service]])))
  for (const { args, input, works } of STORE_COMMANDS) {
    if (works === null) continue
    const given = input === undefined ? {} : { input }
    const { code, ms, stdout, stderr } = await keyturn(args, { home, env: ownEnv(session.env, home), ...given })
    // What `token` prints, `exec` hands to the command that it runs.
    if (args[0] === 'token' && !args.includes('--header')) meant(stdout.trim(), 'environment')
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
