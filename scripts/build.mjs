// Bundles src/ into dist/: CommonJS in chunks, everything inside but the keychain's native part.
//
// A test run or a person may be starting the program out of dist/ while this runs. So nothing there is ever half
// written: chunks are named after their contents and land before the three entries, each file arrives by a rename, and a
// chunk that nothing names any more stays a day for the programs that are still running. `--clean` (before packing)
// removes those at once.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { CORE } from './core.mjs'
import { licencesOf } from './licences.mjs'
import { withSource } from './load-source.mjs'
import { asAscii, quickCode } from './quick-code.mjs'
import { root } from './run.mjs'

const ENTRIES = {
  start: 'src/start.ts',
  main: 'src/executable/program.ts',
  'keychain-child': 'src/secrets/keychain-child.ts',
  'jq-worker': 'src/terminal/jq-worker.ts',
  server: 'src/reference-server.ts',
}
/** The one entry that others import: what it promises stands in one file that imports nothing. */
const PUBLIC_TYPES = 'src/server/public.ts'
const NATIVE = '@napi-rs/keyring'
const STALE_AFTER = 24 * 60 * 60_000

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

const USED_OF_HELP = ['constructor', 'visibleCommands', 'visibleOptions', 'compareOptions']
/** Where a command needs one more word, commander asks for its help, which nobody sees. */
const UNPRINTED = { prepareContext: 'prepareContext() {}', formatHelp: "formatHelp() { return '' }" }
/** What browsers alone have. */
const NEVER_THERE = { 'globalThis.document': 'undefined', 'globalThis.XMLHttpRequest': 'undefined' }
const SERVICE = /[\\/]services[\\/]([\w-]+)[\\/](client|wire)\.ts$/

const imports = new Map()
const core = new Set()
const addToCore = (id) => {
  if (core.has(id)) return
  core.add(id)
  for (const imported of imports.get(id) ?? []) addToCore(imported)
}

const bundle = await rolldown({
  cwd: root,
  input: ENTRIES,
  plugins: [
    {
      name: 'core',
      moduleParsed: ({ id, importedIds }) => void imports.set(id, importedIds),
      buildEnd: () => CORE.map((file) => join(root, 'src', file)).forEach(addToCore),
    },
    {
      // For commands that are programs of their own, which keyturn has none of. It takes Node 3 ms to load.
      name: 'commander without node:child_process',
      transform: (code, id) => {
        if (!/[\\/]commander[\\/]lib[\\/]command\.js$/.test(id)) return null
        const without = code.replace("const childProcess = require('node:child_process')", 'const childProcess = null')
        if (without === code) throw new Error('commander loads node:child_process in another way by now')
        return without
      },
    },
    {
      // keyturn prints its own. Of commander's, only what it looks for suggestions in is used.
      name: "commander without commander's help",
      transform: (code, id) => {
        if (!/[\\/]commander[\\/]lib[\\/]help\.js$/.test(id)) return null
        const missing = new Set([...Object.keys(UNPRINTED), ...USED_OF_HELP])
        const without = code.replace(/^ {2}(\w+)\(.*\) \{$[\s\S]*?^ {2}\}$/gm, (method, name) => {
          missing.delete(name)
          return USED_OF_HELP.includes(name) ? method : (UNPRINTED[name] ?? '')
        })
        if (missing.size > 0) throw new Error(`commander's help is made in another way by now: ${[...missing]}`)
        return without
      },
    },
    {
      // The spinners that ora draws unasked; of the other ninety none is used.
      name: 'spinners in use',
      transform: (code, id) => {
        if (!/[\\/]cli-spinners[\\/]spinners\.json$/.test(id)) return null
        const { dots, line } = JSON.parse(code)
        return JSON.stringify({ dots, line })
      },
    },
  ],
  platform: 'node',
  external: (id) => isBuiltin(id) || id === NATIVE || id.startsWith(`${NATIVE}-`),
  transform: { target: 'node20.19', define: { __KEYTURN_VERSION__: JSON.stringify(version), ...NEVER_THERE } },
  // How long its parts take is a matter of the machine, and no sign of a broken build.
  checks: { bundlerTimings: false },
  onLog(level, log, report) {
    // What the bundler merely suspects (an import that is not there, a circle between chunks) is a broken build.
    report(level === 'warn' ? 'error' : level, log)
  },
})
const { output } = await bundle.generate({
  format: 'cjs',
  strict: true,
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
  sourcemap: false,
  // `require` for what is Node's own too: from Node 22 on, importing node:http loads all of fetch.
  dynamicImportInCjs: false,
  plugins: [{ name: 'quick code', renderChunk: quickCode }],
  codeSplitting: {
    groups: [
      { name: 'core', test: (id) => core.has(id) },
      { name: 'wire', test: /[\\/](valibot|src[\\/]http)[\\/]/, minShareCount: 3 },
      { debugName: 'service', name: (id) => SERVICE.exec(id)?.[1] ?? null, test: SERVICE },
    ],
  },
  // Small and quick to read. Places in a stack trace can be looked up by building the same version with a source map.
  minify: true,
  comments: false,
})
await bundle.close()
output.push({
  fileName: 'THIRD-PARTY-LICENSES.txt',
  code: licencesOf(output.flatMap(({ moduleIds = [] }) => moduleIds)),
})
output.push({
  fileName: 'jq.wasm.br',
  code: brotliCompressSync(readFileSync(fileURLToPath(import.meta.resolve('jq-wasm/jq.wasm')))),
})

const SOURCE = { commandLine: 'src/command-line.ts', manual: 'src/manual/documents.ts' }
const texts = await withSource(SOURCE, async ({ commandLine, manual }) => {
  const printed = async (args) => {
    let text = ''
    await commandLine.runCommandLine(args, { version, print: (part) => (text += part) })
    return text
  }
  const pages = { '--version': await printed(['--version']) }
  for (const [words] of manual.everyPage(await commandLine.wholeProgram())) {
    pages[words] = await printed([...words.split(' ').filter(Boolean), '--help'])
  }
  return pages
})
output.push({ fileName: 'texts.json', code: JSON.stringify(texts) })

const dist = join(root, 'dist')
const before = existsSync(dist) ? readdirSync(dist, { recursive: true }).map(String) : []

const place = (file) => {
  const target = join(dist, file.fileName)
  mkdirSync(dirname(target), { recursive: true })
  const half = `${target}.${process.pid}`
  writeFileSync(half, file.type === 'chunk' ? asAscii(file.code) : file.code)
  renameSync(half, target)
}
const types = {
  fileName: 'server.d.ts',
  code: `${readFileSync(join(root, PUBLIC_TYPES), 'utf8')}
export declare const startReferenceServer: StartReferenceServer
`,
}
place(types)
const entries = output.filter((file) => file.isEntry)
for (const file of output) if (!file.isEntry) place(file)
for (const file of entries) place(file)

const current = new Set([...output, types].map((file) => normalize(file.fileName)))
for (const name of before) {
  const path = join(dist, name)
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found?.isFile() || current.has(name)) continue
  if (process.argv.includes('--clean') || Date.now() - found.mtimeMs > STALE_AFTER) rmSync(path, { force: true })
}

const kilobytes = Math.round(output.reduce((sum, file) => sum + file.code.length, 0) / 1024)
console.log(`built keyturn ${version}: ${entries.length} entries, ${output.length} files, ${kilobytes} kB`)
