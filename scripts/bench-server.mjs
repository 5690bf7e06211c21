// What the reference server bears: sign-ins a second at the full cost of a password, polls a second with few and with
// many sign-ins waiting, and the memory that takes. The server is the built one in a process of its own; the asking is
// done here, over real sockets. Prints a table; `--json` prints the numbers alone.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from './run.mjs'

const SEED = { email: 'dev@example.com', password: 'correct horse battery' }
/** At once, over as many connections as the server takes from good clients without turning any away. */
const AT_ONCE = 32
const MILLISECONDS = 3_000
/** The server takes a thousand waiting sign-ins from one address, and ten thousand from all. */
const OF_ONE_ADDRESS = 1_000

const startServer = async () => {
  const child = spawn(
    process.execPath,
    [join(root, 'bin/keyturn.js'), 'serve', 'zectre', '--seed', '--json', '--quiet', '--port', '0'],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  let printed = ''
  for await (const chunk of child.stdout) {
    printed += chunk
    if (printed.includes('\n')) break
  }
  return { child, url: new URL(JSON.parse(printed).zectre) }
}

/** The most memory that was ever resident, in MB, where the system tells it of another process. */
const memoryOf = ({ pid }) => {
  try {
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024)
  } catch {
    return null
  }
}

const send = ({ url, agent, localAddress }, method, path, body) =>
  new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const asked = request(
      { host: url.hostname, port: url.port, method, path, headers, agent, localAddress },
      (answer) => {
        let text = ''
        answer.setEncoding('utf8').on('data', (some) => {
          text += some
        })
        answer.on('end', () => resolve({ status: answer.statusCode, text }))
      },
    )
    asked.on('error', reject)
    asked.end(body === undefined ? undefined : JSON.stringify(body))
  })

const good = ({ status, text }) => {
  if (status !== 200) throw new Error(`the server answered ${status}: ${text}`)
  return JSON.parse(text)
}

/** How many a second, when so many ask again as soon as they are answered. */
const rate = async (ask, atOnce) => {
  const end = performance.now() + MILLISECONDS
  const began = performance.now()
  let answered = 0
  const asking = async (who) => {
    for (let turn = who; performance.now() < end; turn += atOnce) {
      await ask(turn)
      answered += 1
    }
  }
  await Promise.all(Array.from({ length: atOnce }, (_, who) => asking(who)))
  return answered / ((performance.now() - began) / 1000)
}

const initiate = async (url, count) => {
  const codes = []
  for (let first = 0; codes.length < count; first += OF_ONE_ADDRESS) {
    const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
    // Only Linux has all of 127/8 at hand without being told to.
    const from = {
      url,
      agent,
      ...(count > OF_ONE_ADDRESS && { localAddress: `127.0.1.${1 + first / OF_ONE_ADDRESS}` }),
    }
    const many = Math.min(OF_ONE_ADDRESS, count - first)
    const asked = Array.from({ length: many }, () => send(from, 'POST', '/api/v1/auth/cli/initiate', {}))
    for (const answer of await Promise.all(asked)) codes.push(good(answer).code)
    agent.destroy()
  }
  return codes
}

export const benchServer = async () => {
  const results = {}
  for (const pending of [10, 10_000]) {
    const { child, url } = await startServer()
    const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
    try {
      const codes = await initiate(url, pending)
      const poll = async (turn) => {
        good(await send({ url, agent }, 'GET', `/api/v1/auth/cli/status/${codes[turn % codes.length]}`))
      }
      results[`polls a second, ${pending} pending`] = Math.round(await rate(poll, AT_ONCE))
      results[`MB at most, ${pending} pending`] = memoryOf(child)
      if (pending === 10) {
        const signIn = async () => void good(await send({ url, agent }, 'POST', '/api/v1/auth/login', SEED))
        results['sign-ins a second'] = Number((await rate(signIn, 4)).toFixed(1))
        results['MB at most, signing in'] = memoryOf(child)
      }
    } finally {
      agent.destroy()
      child.kill('SIGTERM')
    }
  }
  return results
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const results = await benchServer()
  if (process.argv.includes('--json')) console.log(JSON.stringify(results))
  else
    for (const [name, value] of Object.entries(results)) console.log(`${name.padEnd(32)} ${value ?? 'not known here'}`)
}
