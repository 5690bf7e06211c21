// The rows of one command each: its time beside `node -e 0` on every Node, and its memory.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { pairsOf, watched } from './measure.mjs'
import { KEY, PROGRAM } from './place.mjs'
import { median } from './statistics.mjs'

const HTTPS = { limit: 2.4, onNode20: 3.2 }
const TRUST = join(import.meta.dirname, 'trust.cjs')
const WATCHED = 5

const signIn = (node, url, env) => {
  const args = [PROGRAM, 'login', 'zectre', '--with-api-key', '--url', url]
  const { status, stderr } = spawnSync(node, args, { env, input: KEY, encoding: 'utf8' })
  if (status !== 0) throw new Error(`signing in for the benchmark: ${stderr}`)
}

/**
 * What is measured, and the most that it may take in times of `node -e 0`.
 * @returns {{ name: string, limit: number, onNode20?: number, asks?: boolean, args: string[], env: object }[]}
 */
export const startUpRows = ({ place, service, keychain }) => {
  const stored = { ...place.env, KEYTURN_STORE: 'file' }
  signIn(process.execPath, service.http, stored)
  if (keychain.missing === null) signIn(process.execPath, service.http, keychain.env)
  const show = [PROGRAM, 'account', 'show']
  const secure = { ...place.withKey(service.https), BENCH_CERTIFICATE: service.certificate }
  return [
    { name: '`--version`', limit: 1.1, args: [PROGRAM, '--version'], env: place.env },
    { name: '`--help`', limit: 1.2, args: [PROGRAM, '--help'], env: place.env },
    { name: '`keys --help`', limit: 1.2, args: [PROGRAM, 'keys', '--help'], env: place.env },
    { name: '`status --offline`, file store', limit: 1.6, args: [PROGRAM, 'status', '--offline'], env: stored },
    { name: '`account show`, http', limit: 1.85, asks: true, args: show, env: place.withKey(service.http) },
    service.https && { name: '`account show`, https', ...HTTPS, asks: true, args: ['-r', TRUST, ...show], env: secure },
    keychain.env && { name: '`account show`, keychain', limit: 2.8, asks: true, args: show, env: keychain.env },
  ].filter(Boolean)
}

export const limitOf = ({ limit, onNode20 }, version) =>
  onNode20 !== undefined && version.startsWith('20.') ? onNode20 : limit

/** One row on one Node. */
export const measureRow = async ({ args, env }, node, times) => {
  const run = { command: node, args, env }
  const time = pairsOf(node, run, times)
  const seen = []
  for (let i = 0; i < WATCHED; i += 1) seen.push(await watched(run))
  const peaks = seen.map(({ peak }) => peak).filter((peak) => peak !== null)
  return { ...time, peak: peaks.length === 0 ? null : median(peaks) }
}
