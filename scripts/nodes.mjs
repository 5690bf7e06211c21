// The process tests, with the built program started by every Node that it promises to run on. Each comes from the npm
// package that `npm install node` would fetch for this machine. vitest itself stays on the Node that runs this.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { npm, root, run, seconds } from './run.mjs'
import { add, NOTHING, runTests, totalLine } from './tests.mjs'

/** The lowest that package.json allows, and the newest of each line when this was written. */
const VERSIONS = ['20.19.0', '20.20.2', '22.23.3', '24.21.0', '26.10.0']

/** What can differ from one Node to the next: streams, signals, terminals, threads, sockets and certificates. */
const FILES = [
  ...['commands', 'every-operation', 'login', 'new-keys', 'google', 'exec', 'terminal', 'waiting'],
  ...['pipes', 'streams', 'tls', 'api', 'chosen-json', 'build'],
].map((name) => `test/process/${name}.test.ts`)

const platform = process.platform === 'win32' ? 'win' : process.platform
const family = platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node'
const cache = join(root, 'node_modules', '.cache', 'nodes')

const binary = (version) =>
  join(cache, 'node_modules', `node-${version}`, 'bin', platform === 'win' ? 'node.exe' : 'node')

/** What is wrong with one of them; asked, since a download that was cut off leaves a file too. */
const complaintAbout = async (version) => {
  if (!existsSync(binary(version))) return `Node ${version} is not there`
  const { output } = await run(binary(version), ['--version'], { quiet: true })
  return output.trim() === `v${version}` ? null : `Node ${version} does not start: ${output.trim()}`
}
const complaint = async () => (await Promise.all(VERSIONS.map(complaintAbout))).find((each) => each !== null) ?? null

/** Resolves to what went wrong, else to `null`. */
const fetchNodes = async () => {
  if ((await complaint()) === null) return null
  rmSync(cache, { recursive: true, force: true })
  mkdirSync(cache, { recursive: true })
  const dependencies = VERSIONS.map((version) => [
    `node-${version}`,
    `npm:${family}-${platform}-${process.arch}@${version}`,
  ])
  writeFileSync(
    join(cache, 'package.json'),
    JSON.stringify({ private: true, dependencies: Object.fromEntries(dependencies) }),
  )
  const { code, output } = await npm(['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'], {
    quiet: true,
    cwd: cache,
  })
  return code === 0 ? complaint() : output
}

/** @param {(line: string) => void} say */
export const testOnNodes = async (say) => {
  const start = performance.now()
  const trouble = await fetchNodes()
  if (trouble !== null) return { ...NOTHING, ok: false, failed: 1, output: trouble }
  say(`${VERSIONS.length} versions of Node at hand (${seconds(start)})`)
  let all = { ...NOTHING, ok: true, output: '' }
  // The whole project has been tried on the Node that runs this.
  for (const version of VERSIONS.filter((each) => `v${each}` !== process.version)) {
    const begun = performance.now()
    const result = await runTests('process', { quiet: true, files: FILES, env: { KEYTURN_TEST_NODE: binary(version) } })
    say(`Node ${version.padEnd(9)} ${totalLine(result)} (${seconds(begun)})`)
    all = { ...add(all, result), ok: all.ok && result.ok, output: result.ok ? all.output : all.output + result.output }
  }
  return all
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const result = await testOnNodes((line) => console.log(line))
  if (!result.ok) console.error(result.output)
  console.log(totalLine(result))
  process.exitCode = result.ok && result.passed > 0 ? 0 : 1
}
