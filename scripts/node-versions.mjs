// Every Node that the built program promises to run on, brought to this machine: each comes from the npm package that
// `npm install node` would fetch for it.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { npm, root, run } from './run.mjs'

/** The lowest that package.json allows, and the newest of each line when this was written. */
export const VERSIONS = ['20.19.0', '20.20.2', '22.23.3', '24.21.0', '26.10.0']

const platform = process.platform === 'win32' ? 'win' : process.platform
const family = platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node'
const cache = join(root, 'node_modules', '.cache', 'nodes')

export const binary = (version) =>
  join(cache, 'node_modules', `node-${version}`, 'bin', platform === 'win' ? 'node.exe' : 'node')

/** What is wrong with one of them; asked, since a download that was cut off leaves a file too. */
const complaintAbout = async (version) => {
  if (!existsSync(binary(version))) return `Node ${version} is not there`
  const { output } = await run(binary(version), ['--version'], { quiet: true })
  return output.trim() === `v${version}` ? null : `Node ${version} does not start: ${output.trim()}`
}
const complaint = async () => (await Promise.all(VERSIONS.map(complaintAbout))).find((each) => each !== null) ?? null

/** Resolves to what went wrong, else to `null`. */
export const fetchNodes = async () => {
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
