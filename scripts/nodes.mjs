// The process tests, with the built program started by every Node that it promises to run on. vitest itself stays on the
// Node that runs this.
import { pathToFileURL } from 'node:url'
import { binary, fetchNodes, VERSIONS } from './node-versions.mjs'
import { seconds } from './run.mjs'
import { add, NOTHING, runTests, totalLine } from './tests.mjs'

/** What can differ from one Node to the next: streams, signals, terminals, threads, sockets and certificates. */
const FILES = [
  ...['commands', 'login', 'new-keys', 'exec', 'terminal', 'pipes', 'streams'],
  ...['start', 'tls', 'api', 'chosen-json', 'build', 'package'],
].map((name) => `test/process/${name}.test.ts`)

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
