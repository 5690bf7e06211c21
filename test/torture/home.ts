import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { PROBE_ACCOUNT } from '../../src/secrets/probe.ts'
import { decodeRecord, encodeRecord, type SecretRecord } from '../../src/secrets/record.ts'
import type { Home } from '../harness/home.ts'

/** A home that no other try has seen; whoever makes it removes it. */
export const makeHome = (): Home => {
  const path = mkdtempSync(join(tmpdir(), 'keyturn-torture-'))
  mkdirSync(join(path, 'tmp'))
  return { path, config: join(path, '.config', 'keyturn') }
}

export const removeHome = ({ path }: Home): void => rmSync(path, { recursive: true, force: true, maxRetries: 5 })

const STORE = 'credentials.json'
const filesOf = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : []

/** The same home for somebody else: every text of the one that stands for a person is replaced by the other's. */
export const copyHome = (from: Home, replaced: readonly [string, string][]): Home => {
  const home = makeHome()
  if (!existsSync(from.config)) return home
  cpSync(from.config, home.config, { recursive: true })
  for (const file of filesOf(home.config)) {
    const text = readFileSync(file, 'utf8')
    writeFileSync(
      file,
      replaced.reduce((so, [old, now]) => so.replaceAll(old, now), text),
    )
  }
  return home
}

/** What the file store holds, or an error when it is not whole. */
export const readStore = ({ config }: Home): Map<string, SecretRecord> => {
  const path = join(config, STORE)
  if (!existsSync(path)) return new Map()
  const { version, entries } = JSON.parse(readFileSync(path, 'utf8')) as { version: 1; entries: Record<string, string> }
  if (version !== 1) throw new Error('no version')
  // What is written to see whether the store works is nobody's credential, and the next such look removes it.
  const profiles = Object.entries(entries).filter(([name]) => name !== PROBE_ACCOUNT)
  return new Map(profiles.map(([name, text]) => [name, decodeRecord(text, name, path)]))
}

/** The settings parse, or an error. */
export const readProfiles = ({ config }: Home): string[] => {
  const path = join(config, 'settings.json')
  return existsSync(path) ? Object.keys(JSON.parse(readFileSync(path, 'utf8')).profiles) : []
}

/** Changes one entry as no command would: to make a session look ended. */
export const rewriteRecord = (
  { config }: Home,
  profile: string,
  change: (record: SecretRecord) => SecretRecord,
): void => {
  const path = join(config, STORE)
  const file = JSON.parse(readFileSync(path, 'utf8'))
  file.entries[profile] = encodeRecord(change(decodeRecord(file.entries[profile], profile, path)))
  writeFileSync(path, JSON.stringify(file))
}

/** Names of what lies in the config folder and should not: temporary files, locks, what was set aside. */
export const leftovers = ({ config }: Home): string[] =>
  existsSync(config) ? readdirSync(config).filter((name) => !/^[a-z-]+\.json$/.test(name)) : []

/** Every file under the home but the store, by its path there. */
export const textsUnder = (home: Home): [string, string][] =>
  filesOf(home.path)
    .filter((file) => file !== join(home.config, STORE))
    .map((file) => [file.slice(home.path.length + 1), readFileSync(file, 'utf8')])

/** Empty where there is none. */
export const readFileIn = ({ path }: Home, name: string): string =>
  existsSync(join(path, name)) ? readFileSync(join(path, name), 'utf8') : ''

export const storeText = (home: Home): string => readFileIn(home, relative(home.path, join(home.config, STORE)))
