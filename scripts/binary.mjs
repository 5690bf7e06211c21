// Makes one executable for this platform out of the built program, by Node's own support for that: a Node that has the
// program's files in it, and the native part of the keychain. Making it needs npm, for the Node; running it, nothing.
//   --test [FILE…]   then runs the process tests with it in the program's place: all of them, or those of these names
import { createHash } from 'node:crypto'
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { rolldown } from 'rolldown'
import { pairsOf } from './bench/measure.mjs'
import { binary, fetchNodes, VERSIONS } from './node-versions.mjs'
import { root, run, seconds, tool } from './run.mjs'
import { runTests, totalLine } from './tests.mjs'

/** The line that is kept up longest. 26 asks for a library (libatomic) that a bare system does not have. */
export const NODE = VERSIONS.find((version) => version.startsWith('24.'))
/** By these Node finds what was put into it. */
const RESOURCE = 'NODE_SEA_BLOB'
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'
/** What is asked for help before the program itself is, and what no command reads. */
const NOT_INSIDE = ['start.js', 'texts.json', 'server.d.ts', 'THIRD-PARTY-LICENSES.txt']
/** What these do to Node by NODE_OPTIONS does nothing to the executable. */
const OF_NODE = [
  'KEYTURN_DEBUG',
  'what a proxy takes is loaded only where one is named',
  '.* loads (nothing|what it uses; .*)',
]
const STARTS = 21

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const release = join(root, 'release')
const work = join(root, 'node_modules', '.cache', 'binary')
const suffix = process.platform === 'win32' ? '.exe' : ''
export const executable = join(release, `keyturn-${version}-${process.platform}-${process.arch}${suffix}`)
const licences = join(release, `keyturn-${version}-licenses.txt`)

const mustDo = async (running) => {
  const { code, output } = await running
  if (code !== 0) throw new Error(output)
}

/** npm installs the one that fits this machine. */
const nativePart = () => {
  const scope = join(root, 'node_modules', '@napi-rs')
  const folders = readdirSync(scope).filter((name) => name.startsWith('keyring-'))
  const files = folders.flatMap((folder) => readdirSync(join(scope, folder)).map((name) => join(scope, folder, name)))
  const [file, another] = files.filter((name) => name.endsWith('.node'))
  if (file === undefined || another !== undefined) throw new Error(`not one native part is in ${scope}`)
  const hash = createHash('sha256').update(readFileSync(file)).digest('hex')
  return { name: `keyring-${hash.slice(0, 32)}.node`, file }
}

const builtFiles = () => {
  const dist = join(root, 'dist')
  const names = readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dist.length + 1))
  return names
    .map((name) => [name.replaceAll('\\', '/'), join(dist, name)])
    .filter(([name]) => !NOT_INSIDE.includes(name))
}

/** What is started by itself in there is one file each: the main, which knows the native part's name, and jq's thread. */
const bundle = async (input, name, define = {}) => {
  const made = await rolldown({ cwd: root, input, platform: 'node', transform: { define } })
  await made.write({ file: join(work, name), format: 'cjs', codeSplitting: false, minify: true })
  await made.close()
  return join(work, name)
}

/** Resolves when the executable is in `release/`, with the licences of all that is in it: to their names. */
export const makeBinary = async () => {
  await mustDo(run(process.execPath, ['scripts/build.mjs'], { quiet: true }))
  const trouble = await fetchNodes()
  if (trouble !== null) throw new Error(trouble)
  for (const folder of [release, work]) mkdirSync(folder, { recursive: true })
  const part = nativePart()
  const main = await bundle('src/executable/main.ts', 'main.js', { __NATIVE_PART__: JSON.stringify(part.name) })
  const thread = await bundle('src/terminal/jq-worker.ts', 'jq-worker.js')
  const blob = join(work, 'blob')
  const plan = {
    main,
    output: blob,
    disableExperimentalSEAWarning: true,
    useCodeCache: true,
    // Nobody who starts it knows that there is a Node in it, whose options could load other code.
    execArgvExtension: 'none',
    assets: { ...Object.fromEntries(builtFiles()), 'jq-worker.js': thread, [part.name]: part.file },
  }
  writeFileSync(join(work, 'plan.json'), JSON.stringify(plan))
  await mustDo(run(binary(NODE), ['--experimental-sea-config', join(work, 'plan.json')], { quiet: true }))
  // Somebody may be running the one before.
  rmSync(executable, { force: true })
  copyFileSync(binary(NODE), executable)
  chmodSync(executable, 0o755)
  // A signature is of all that is in a file.
  const isMac = process.platform === 'darwin'
  if (isMac) await mustDo(run('codesign', ['--remove-signature', executable], { quiet: true }))
  const names = ['--sentinel-fuse', FUSE, ...(isMac ? ['--macho-segment-name', 'NODE_SEA'] : [])]
  await mustDo(tool('postject/dist/cli.js', [executable, RESOURCE, blob, ...names], { quiet: true }))
  if (isMac) await mustDo(run('codesign', ['--sign', '-', executable], { quiet: true }))
  writeLicences(part.file)
  return [executable, licences].map((file) => basename(file))
}

const writeLicences = (native) => {
  const parts = [
    ['keyturn', join(root, 'LICENSE')],
    ['what keyturn is built of', join(root, 'dist', 'THIRD-PARTY-LICENSES.txt')],
    ['@napi-rs/keyring', join(root, 'node_modules', '@napi-rs', 'keyring', 'LICENSE')],
    ['what @napi-rs/keyring is built of', join(dirname(native), 'LICENSE.third-party.md')],
    [`Node ${NODE}`, join(dirname(binary(NODE)), '..', 'LICENSE')],
  ]
  const rule = '='.repeat(80)
  const text = parts.map(([title, file]) => `${rule}\n${title}\n${rule}\n\n${readFileSync(file, 'utf8').trim()}\n`)
  writeFileSync(licences, text.join('\n'))
}

/** A Node to all who start it; asked for the program, it is the executable, whose cache lies in no test's home. */
const standIn = () => {
  const file = join(work, 'node')
  const program = join(root, 'bin', 'keyturn.js')
  const script = `#!/bin/sh
if [ "$1" = '${program}' ]; then
  shift
  XDG_CACHE_HOME=\${XDG_CACHE_HOME-'${join(work, 'cache')}'} exec '${executable}' "$@"
fi
exec '${binary(NODE)}' "$@"
`
  writeFileSync(file, script, { mode: 0o755 })
  return file
}

/** The process tests with the executable in the program's place, and its own; all of them, or those of these files. */
export const testBinary = (files, quiet = false) =>
  runTests('process', { quiet, files, env: { KEYTURN_TEST_NODE: standIn(), KEYTURN_TEST_BINARY: executable } })

/** What can differ inside of it: files of the program, its threads and processes, terminals and signals. */
export const IN_SHORT = [
  'test/executable/executable.test.ts',
  ...['login', 'exec', 'serve', 'chosen-json', 'terminal'].map((name) => `test/process/${name}.test.ts`),
]

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values, positionals } = parseArgs({ options: { test: { type: 'boolean' } }, allowPositionals: true })
  const start = performance.now()
  await makeBinary()
  const { ms, bare } = pairsOf(binary(NODE), { command: executable, args: ['--version'], env: process.env }, STARTS)
  console.log(`${executable.slice(root.length + 1)}, made in ${seconds(start)}`)
  console.log(
    `${(statSync(executable).size / 1e6).toFixed(1)} MB; starts in ${ms.toFixed(0)} ms, its Node in ${bare.toFixed(0)} ms`,
  )
  if (values.test) {
    const others = `--testNamePattern=^(?!(${OF_NODE.join('|')})$)`
    const result = await testBinary([...positionals.map((name) => `test/process/${name}.test.ts`), others])
    console.log(totalLine(result))
    process.exitCode = result.ok && result.passed > 0 ? 0 : 1
  }
}
