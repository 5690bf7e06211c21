// How time and memory grow with the keys of an account, and with the profiles of a person.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pairsOf, watched, watchedInTerminal } from './measure.mjs'
import { PROGRAM } from './place.mjs'
import { median } from './statistics.mjs'

export const KEYS = [10, 100, 1_000, 10_000, 100_000]
export const PROFILES = [1, 100, 1_000]

const several = async (work, times) => {
  const all = []
  for (let i = 0; i < times; i += 1) all.push(await work())
  const middle = (name) => median(all.map((each) => each[name]))
  return { ...all[0], ms: middle('ms'), firstByte: middle('firstByte'), peak: all[0].peak && middle('peak') }
}

/** What the program says when it does not show a list, without where the service is. */
const complaintIn = (said) => {
  const [line] = said.trim().split('\n')
  const words = line.startsWith('{') ? JSON.parse(line).error.message : line.replace(/^keyturn: /, '').trim()
  return words.replace(/http:\S+/, 'ADDRESS')
}

export const LIST_WAYS = {
  json: { title: '`keys list --json`', args: ['keys', 'list', '--json'], run: watched },
  text: { title: '`keys list` into a pipe', args: ['keys', 'list'], run: watched },
  table: { title: '`keys list` on a terminal', args: ['keys', 'list'], run: watchedInTerminal },
  api: { title: '`api /api/v1/api-keys`', args: ['api', '/api/v1/api-keys'], run: watched },
}

/** @returns one line for each way and size; `failed`: what was said instead of a list. */
export const measureKeyLists = async ({ place, service, times, sizes = KEYS }) => {
  const lines = []
  for (const [way, { args, run }] of Object.entries(LIST_WAYS)) {
    for (const size of sizes) {
      const env = place.withKey(`${service.http}/keys-${size}`)
      const list = () => run({ command: process.execPath, args: [PROGRAM, ...args], env, code: null })
      const { code, said, ...figures } = await several(list, times)
      lines.push({ way, size, ...figures, code, failed: code === 0 ? null : complaintIn(said) })
    }
  }
  return lines
}

/** The one profile that there is, so many times over, in a folder of their own. */
const multiply = (config, size, folder) => {
  mkdirSync(folder, { mode: 0o700 })
  const copy = (name, change) => {
    const value = JSON.parse(readFileSync(join(config, name), 'utf8'))
    change(value)
    writeFileSync(join(folder, name), JSON.stringify(value, null, 2), { mode: 0o600 })
  }
  const names = ['zectre', ...Array.from({ length: size - 1 }, (_, index) => `zectre-${index + 1}`)]
  const spread = (each) => Object.fromEntries(names.map((name) => [name, each]))
  copy('settings.json', (settings) => {
    settings.profiles = spread(settings.profiles.zectre)
  })
  copy('credentials.json', (credentials) => {
    credentials.entries = spread(credentials.entries.zectre)
  })
}

export const PROFILE_WAYS = {
  status: ['status', '--offline'],
  list: ['profile', 'list'],
  all: ['status', '--all', '--offline'],
}

export const measureProfiles = async ({ place, times, sizes = PROFILES }) => {
  const lines = []
  for (const size of sizes) {
    const folder = join(place.path, `profiles-${size}`)
    multiply(place.env.KEYTURN_CONFIG_DIR, size, folder)
    const env = { ...place.env, KEYTURN_CONFIG_DIR: folder }
    for (const [way, args] of Object.entries(PROFILE_WAYS)) {
      const run = { command: process.execPath, args: [PROGRAM, ...args], env }
      lines.push({ way, size, ...pairsOf(process.execPath, run, times), peak: (await watched(run)).peak })
    }
  }
  return lines
}
