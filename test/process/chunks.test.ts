/** What each command loads, as the modules of its process stand when it ends: an import too many is seen here. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { expect, test } from 'vitest'
import { CORE } from '../../scripts/core.mjs'
import { freshHome, type Home } from '../harness/home.ts'
import { tellLoaded } from '../harness/loaded.ts'
import { keyturn } from '../harness/program.ts'
import { importsOf, readSources } from '../harness/sources.ts'
import { accountRows } from './contract-account-rows.ts'
import { otherRows } from './contract-other-rows.ts'
import { contractRig, FILE } from './contract-rig.ts'
import { contractShapes } from './contract-shapes.ts'

const rig = contractRig()
const shapes = contractShapes(rig)
const ROWS = Object.entries({ ...accountRows({ rig, shapes }), ...otherRows({ rig, shapes }) })

/** Of Node's own, what takes a millisecond and more to load. */
const DEAR = [
  ...['crypto', 'http', 'https', 'http2', 'tls', 'dns', 'child_process', 'worker_threads', 'readline', 'zlib'],
  ...['perf_hooks', 'inspector', 'fs/promises', 'internal/deps/undici/undici', 'internal/crypto/webcrypto'],
]

const HOOK = tellLoaded(`
  // What keyturn starts is none of it.
  if (!/keyturn\\.js$/.test(process.argv[1] ?? '')) return
  const builtin = process.moduleLoadList.map((each) => each.replace('NativeModule ', ''))
  require('node:fs').appendFileSync(__filename + '.loaded', JSON.stringify({ files, builtin }))
`)

interface Loaded {
  /** Our own files, without their hashes. */
  chunks: string[]
  builtin: string[]
  native: boolean
}

const loadedBy = async (home: Home, args: string[], env: Record<string, string>, input?: string): Promise<Loaded> => {
  const hook = join(home.path, 'hook.cjs')
  writeFileSync(hook, HOOK)
  rmSync(`${hook}.loaded`, { force: true })
  const given = { home, env: { ...env, NODE_OPTIONS: `--require=${hook}`, NODE_DISABLE_COMPILE_CACHE: '1' } }
  await keyturn(args, input === undefined ? given : { ...given, input })
  const { files, builtin } = JSON.parse(readFileSync(`${hook}.loaded`, 'utf8'))
  const own = files.flatMap((file: string) => /[\\/]dist[\\/](?:chunks[\\/](.+)-.{8}|([\w-]+))\.js$/.exec(file) ?? [])
  return {
    chunks: own.filter((name: string | undefined) => name && !/[\\/]/.test(name)),
    builtin: DEAR.filter((name) => builtin.includes(name)),
    native: files.some((file: string) => /keyring/.test(file)),
  }
}

/** Signed in, as far as the settings know. */
const inKeychain = (): Home => {
  const home = rig.signedIn()
  const settings = join(home.config, 'settings.json')
  writeFileSync(settings, readFileSync(settings, 'utf8').replaceAll('"store": "file"', '"store": "keychain"'))
  rmSync(join(home.config, 'credentials.json'))
  return home
}

/** What every command loads: files of src/, and packages. */
const inCore = (): string[] => {
  const sources = readSources()
  const found = new Set<string>()
  const add = (name: string): void => {
    if (found.has(name)) return
    found.add(name)
    for (const { from, typeOnly, late } of importsOf(name, sources.get(name) ?? '')) {
      if (!typeOnly && !late) add(from.startsWith('.') ? posix.join(posix.dirname(name), from) : from)
    }
  }
  CORE.forEach(add)
  return [...found].sort()
}

/** What a command can't begin without. */
const BASE = ['start', 'core']

const line = (what: string, { chunks, builtin, native }: Loaded): string => {
  expect(chunks, what).toEqual(expect.arrayContaining(BASE))
  // Node itself decides what its own parts load, and that differs from one version to the next.
  const more = chunks.filter((name) => !BASE.includes(name)).sort()
  return `${what}: ${[...more, ...builtin.map((name) => `node:${name}`), ...(native ? ['KEYRING'] : [])].join(' ')}`
}

test('each command loads what it uses; `npx vitest run chunks -u` writes what it is', async () => {
  const lines = ['all:', ...inCore().map((name) => `  ${name}`)]
  for (const [row, prepare] of ROWS) {
    const home = rig.signedIn()
    const { args, input } = await prepare(home)
    lines.push(line(row, await loadedBy(home, args, FILE, input)))
  }
  // There is none in a test's environment; the native part belongs to the process that talks to it.
  const asked = await loadedBy(inKeychain(), ['token'], {})
  lines.push(line('token, from the keychain', asked))
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(join(import.meta.dirname, 'chunks.txt'))
}, 120_000)

test.each(['--version', '--help', 'keys --help', 'help keys create'])('"%s" loads nothing', async (line) => {
  const { chunks, builtin } = await loadedBy(freshHome(), line.split(' '), {})
  expect({ chunks, builtin }).toEqual({ chunks: ['start'], builtin: [] })
})
