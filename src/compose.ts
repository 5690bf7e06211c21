/** Puts an App together from the world and the command line's wishes. What the world is, only `main.ts` knows. */
import { existsSync, fstatSync, statSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import type { App } from './app.ts'
import { ensurePrivateFolder, errorCode, failed, type PrivateFile, writePrivate } from './files/private-file.ts'
import type { FileTools } from './files/tools.ts'
import type { GlobalOptions } from './global-options.ts'
import { connect } from './http/connect.ts'
import { timeFor } from './http/deadline.ts'
import { wayOut } from './http/way-out.ts'
import { openStore, type StorePlan } from './secrets/open-store.ts'
import type { Store, StoreName } from './secrets/store.ts'
import type { Unstopped, Wishes } from './session/context.ts'
import { configFolder } from './settings/config-folder.ts'
import { keyNamesFile } from './settings/key-names.ts'
import { changeSettings, settingsReader } from './settings/settings.ts'
import type { UnfinishedFile } from './settings/unfinished.ts'
import { createAsk } from './terminal/ask.ts'
import { browserObstacle, openBrowser } from './terminal/browser.ts'
import { jsonText } from './terminal/json-text.ts'
import type { JobControl } from './terminal/keys.ts'
import { createTerminal, type Streams, type Terminal } from './terminal/terminal.ts'
import { clean } from './vocabulary/clean.ts'
import type { Clock, Wait } from './vocabulary/clock.ts'
import type { Environment } from './vocabulary/environment.ts'
import { Failure } from './vocabulary/failure.ts'
import type { Json } from './vocabulary/json.ts'
import { quoted } from './vocabulary/quoted.ts'

const KEYCHAIN_TIMEOUT = { attended: 60_000, unattended: 5_000 }
const OS_NAMES: Partial<Record<NodeJS.Platform, string>> = { darwin: 'macos', win32: 'windows' }

export interface World {
  env: Environment
  platform: NodeJS.Platform
  nodeVersion: string
  /** Node itself, to start the keychain's helper with. */
  execPath: string
  /** Where the built program's files are. */
  folder: string
  streams: Streams
  jobs: JobControl
  processes: FileTools['processes']
  clock: Clock
  wait: Wait
  /** Aborts when the program is stopped. */
  signal: AbortSignal
  /** Work that a stop waits for. */
  finish<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>
  /** While the work goes on, a signal is told to the listener and ends nothing here. */
  handSignalsTo<T>(listener: (signal: NodeJS.Signals) => void, work: () => Promise<T>): Promise<T>
  version: string
}

export const compose = async (world: World, options: GlobalOptions): Promise<App> => {
  const { env, platform, clock, wait, signal, version } = world
  const wishes = { quiet: options.quiet === true, noInput: !options.input, noColor: !options.color }
  const terminal = await createTerminal(world.streams, env, wishes)
  const timeout = options.timeout === undefined ? null : milliseconds(options.timeout)
  const trace = options.verbose ? { trace: (line: string) => terminal.insist(terminal.style.err.dim(line)) } : {}
  const transport = wayOut(env)
  const folder = () => configFolder(env, platform)
  const tools = { clock, wait, processes: world.processes, tell: (message: string) => terminal.insist(message) }
  const readSettings = settingsReader(folder, tools)
  const stores: StorePlan = { folder, tools, keychain: keychainPlan(world, terminal, timeout) }
  const until = (signal: AbortSignal): Unstopped => ({
    signal,
    settings: {
      read: () => readSettings(signal),
      change: async (change) => changeSettings(folder(), tools, signal, change),
    },
    exclusively: async (name, work) => {
      const { withLock } = await import('./files/lock.ts')
      const lock: PrivateFile = { path: join(folder(), `profile-${name}.lock`), title: 'the lock', code: 'failed' }
      ensurePrivateFolder(lock)
      try {
        return await withLock(lock.path, tools, signal, work)
      } catch (error) {
        throw errorCode(error) ? failed(lock, 'written', error) : error
      }
    },
    connect: (endpoint, credential, changes = {}) =>
      connect({
        ...endpoint,
        credential,
        transport,
        clock,
        wait,
        signal: changes.signal ?? signal,
        timeoutMilliseconds: timeFor(changes.timeoutMilliseconds, timeout),
        userAgent: `keyturn/${version}`,
        ...trace,
      }),
  })
  return {
    ...until(signal),
    json: options.json === true || options.jq !== undefined,
    jsonText: await jsonTextOf(world, options),
    version,
    env,
    terminal,
    ask: createAsk(terminal, signal),
    wishes: wishesOf(env, options),
    unfinished: notes(folder, tools),
    tell: tools.tell,
    openStore: storeOpener(stores),
    transport,
    finish: (work) => world.finish((unstopped) => work(until(unstopped))),
    clock,
    wait,
    // Most commands ask neither, and both ask the system.
    get deviceName() {
      return deviceName(world)
    },
    get browserObstacle() {
      const seen = world.streams.stderr.isTTY === true
      return browserObstacle({ env, platform, seen, container: isContainer(env) })
    },
    openBrowser: (url) => openBrowser(url, env),
    runChild: async (run) => {
      const { runChild } = await import('./terminal/run-child.ts')
      return runChild(run, world)
    },
    keyNames: keyNamesFile(folder, { ...tools, tell: () => {} }, signal),
    writeFile: (path, text) => writePrivate({ path, title: 'the file', code: 'failed', named: true }, text),
    copy: async (text) => {
      const { copyText } = await import('./terminal/clipboard.ts')
      return copyText(text, { env, platform, stderr: world.streams.stderr })
    },
    jobs: world.jobs,
    fileTools: tools,
    machine: {
      platform,
      nodeVersion: world.nodeVersion,
      container: () => isContainer(env),
      userName,
      configFolder: folder,
      openKeychain: (deadline) => openStore('keychain', { ...stores, keychain: { ...stores.keychain, deadline } }),
      timeout,
    },
    readFile: async (path, most) => {
      const { readNamedFile } = await import('./files/named-file.ts')
      return readNamedFile(path, most, signal)
    },
    prepareNewFile: async (path, force) => {
      const { prepareNewFile } = await import('./files/new-file.ts')
      const { isTracked } = await import('./files/git.ts')
      return prepareNewFile(path, { force, isTracked: (file) => isTracked(file, { env, platform }) })
    },
    answersLeadNowhere: () => leadsNowhere(platform),
  }
}

const jqFilter = async (program: string, folder: string, signal: AbortSignal) => {
  const { compileFilter } = await import('./terminal/jq.ts')
  const { readBuiltFile, threadSource } = await import('./files/built-file.ts')
  const place = { worker: threadSource(folder, 'jq-worker.js'), wasm: readBuiltFile(folder, 'jq.wasm.br') }
  return compileFilter(program, place, signal)
}

/** A wrong expression is told before anything else is done. */
const jsonTextOf = async ({ streams, folder, signal }: World, { fields = null, jq }: GlobalOptions) => {
  const filter = jq === undefined ? null : await jqFilter(jq, folder, signal)
  const seen = streams.stdout.isTTY === true
  return (value: Json) => jsonText(value, { fields, filter, seen })
}

const wishesOf = (env: Environment, options: GlobalOptions): Wishes => {
  const store = options.store ?? (env.KEYTURN_STORE || null)
  if (store !== null && store !== 'keychain' && store !== 'file') {
    throw new Failure('usage', `KEYTURN_STORE can't be ${quoted(store)}`, { hint: 'set it to keychain or to file' })
  }
  return {
    profile: options.profile ?? (env.KEYTURN_PROFILE || null),
    service: options.service ?? (env.KEYTURN_SERVICE || null),
    url: options.url ?? (env.KEYTURN_URL || null),
    adminUrl: options.adminUrl ?? (env.KEYTURN_ADMIN_URL || null),
    org: options.org ?? (env.KEYTURN_ORG || null),
    store,
    apiKey: env.KEYTURN_API_KEY || null,
    token: env.KEYTURN_TOKEN || null,
  }
}

const milliseconds = (seconds: string): number => {
  const value = Number(seconds)
  if (value > 0 && value <= 3600) return value * 1000
  throw new Failure('usage', `${quoted(seconds)} is no time to wait`, { hint: 'give seconds: --timeout 10' })
}

const keychainPlan = (world: World, terminal: Terminal, timeout: number | null): StorePlan['keychain'] => ({
  execPath: world.execPath,
  childPath: join(world.folder, 'keychain-child.js'),
  env: world.env,
  platform: world.platform,
  deadline: timeout ?? (terminal.attended ? KEYCHAIN_TIMEOUT.attended : KEYCHAIN_TIMEOUT.unattended),
  onSlow: () => terminal.insist('waiting for the keychain; it may be asking you to unlock it'),
})

/** Most commands find no notes, and then load nothing of them. A stop does not keep one from being written. */
const notes = (folder: () => string, tools: FileTools): UnfinishedFile => {
  const file = async () =>
    (await import('./settings/unfinished.ts')).unfinishedFile(folder, tools, new AbortController().signal)
  return {
    left: async () => (existsSync(join(folder(), 'unfinished.json')) ? (await file()).left() : []),
    put: async (entry) => (await file()).put(entry),
    drop: async (id) => (await file()).drop(id),
    rename: async (from, to) => {
      if (existsSync(join(folder(), 'unfinished.json'))) await (await file()).rename(from, to)
    },
  }
}

/** One keychain helper serves a whole command, so a store is opened once. */
const storeOpener = (plan: StorePlan) => {
  const opened = new Map<StoreName, Promise<Store>>()
  return (name: StoreName): Promise<Store> => {
    const store = opened.get(name) ?? openStore(name, plan)
    opened.set(name, store)
    return store
  }
}

/** Standard output is the null device, where a closed one leads as well: Node opens it there. */
const leadsNowhere = (platform: NodeJS.Platform): boolean => {
  if (platform === 'win32') return false
  const stats = fstatSync(1)
  return stats.isCharacterDevice() && stats.rdev === statSync('/dev/null').rdev
}

const deviceName = ({ env, platform }: World): string =>
  clean(`${(userName() || env.USER) ?? 'somebody'}@${hostname()} (${OS_NAMES[platform] ?? platform})`, 64)

const userName = (): string => {
  try {
    return userInfo().username
  } catch {
    return ''
  }
}

const isContainer = (env: Environment): boolean =>
  existsSync('/.dockerenv') || existsSync('/run/.containerenv') || Boolean(env.KUBERNETES_SERVICE_HOST || env.container)
