// How long after the approval the key lies in the store, when the approval comes at the worst moment: just after the
// terminal has asked. The server is the reference server, in this process; the terminal is the built program.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { root } from '../run.mjs'
import { PROGRAM } from './place.mjs'
import { median } from './statistics.mjs'

const INTERVAL = 1_000

/** Asked every millisecond; the file is replaced as a whole. */
const until = (isSo) =>
  new Promise((resolve, reject) => {
    const began = performance.now()
    const asking = setInterval(() => {
      const so = isSo()
      if (so || performance.now() - began > 20_000) clearInterval(asking)
      if (so) resolve(so)
      else if (performance.now() - began > 20_000) reject(new Error('the sign-in of the benchmark does not go on'))
    }, 1)
  })

const isKept = (file) => {
  try {
    return readFileSync(file, 'utf8').includes('zec_')
  } catch {
    return false
  }
}

const once = async (server, place, index) => {
  const config = join(place.path, `approval-${index}`)
  const env = { ...place.env, KEYTURN_STORE: 'file', KEYTURN_CONFIG_DIR: config }
  const args = [PROGRAM, 'login', 'zectre', '--url', server.addresses.zectre, '--no-browser']
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = new Promise((resolve) => child.once('close', resolve))
  try {
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said += text
    })
    const code = await until(() => /\/auth\/cli\?code=([^&\s]+)\s/.exec(said)?.[1])
    const polls = () => server.requests.filter(({ path }) => path.includes('/auth/cli/status')).length
    const before = polls()
    await until(() => polls() > before)
    await server.approve(code)
    const approved = performance.now()
    await until(() => isKept(join(config, 'credentials.json')))
    return performance.now() - approved
  } finally {
    child.kill('SIGTERM')
    await ended
  }
}

/** Milliseconds beyond one interval of asking. */
export const measureApproval = async (place, times) => {
  const { startReferenceServer } = createRequire(import.meta.url)(join(root, 'dist', 'server.js'))
  const server = await startReferenceServer({ services: ['zectre'], ports: 'free', seed: true, scryptCost: 1024 })
  try {
    const took = []
    for (let index = 0; index < times; index += 1) took.push(await once(server, place, index))
    return { beyond: median(took) - INTERVAL, worst: Math.max(...took) - INTERVAL, times }
  } finally {
    await server.close()
  }
}
