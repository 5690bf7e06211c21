// What the reference server bears: polls a second with few and with many sign-ins waiting, sign-ins a second at the full
// cost of a password, and the memory that takes. The server is the built one in a process of its own; the polls are
// autocannon's, over real sockets.
import { spawn } from 'node:child_process'
import { Agent, request } from 'node:http'
import autocannon from 'autocannon'
import { peakOf } from './measure.mjs'
import { PROGRAM } from './place.mjs'

export const PENDING = [10, 100, 1_000, 10_000]
const SEED = { email: 'dev@example.com', password: 'correct horse battery' }
/** At once, over as many connections as the server takes from good clients without turning any away. */
const AT_ONCE = 32
/** Seconds, until the server's code is compiled. */
const WARM_UP = 2
/** The server computes as many passwords at once. */
const SIGN_INS_AT_ONCE = 4
/** The server takes a thousand waiting sign-ins from one address, and ten thousand from all. */
const OF_ONE_ADDRESS = 1_000

const INITIATE = '/api/v1/auth/cli/initiate'
const COMPLETE = '/api/v1/auth/cli/complete'
const statusOf = (code) => `/api/v1/auth/cli/status/${code}`

/** `seed`: with an account, whose password alone takes 128 MiB for a moment. */
const startServer = async ({ env }, seed) => {
  const args = [PROGRAM, 'serve', 'zectre', ...(seed ? ['--seed'] : []), '--json', '--quiet', '--port', '0']
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'ignore'] })
  let printed = ''
  for await (const chunk of child.stdout) {
    printed += chunk
    if (printed.includes('\n')) break
  }
  return { child, url: new URL(JSON.parse(printed).zectre) }
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
        answer.on('end', () => {
          if (answer.statusCode === 200) resolve(JSON.parse(text))
          else reject(new Error(`the server answered ${answer.statusCode}: ${text}`))
        })
      },
    )
    asked.on('error', reject)
    asked.end(body === undefined ? undefined : JSON.stringify(body))
  })

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
    const asked = Array.from({ length: many }, () => send(from, 'POST', INITIATE, {}))
    for (const { code } of await Promise.all(asked)) codes.push(code)
    agent.destroy()
  }
  return codes
}

/** Every connection asks about its own share of the codes, one after the other and over again. */
const pollFor = async (url, codes, seconds) => {
  let next = 0
  const { requests, latency, non2xx, errors } = await autocannon({
    url: url.href,
    connections: Math.min(AT_ONCE, codes.length),
    duration: seconds,
    setupClient: (client) => {
      const own = codes.filter((_, index) => index % Math.min(AT_ONCE, codes.length) === next)
      next += 1
      client.setRequests(own.map((code) => ({ method: 'GET', path: statusOf(code) })))
    },
  })
  if (non2xx > 0 || errors > 0) throw new Error(`${non2xx} of the polls were refused, and ${errors} failed`)
  return { polls: requests.average, p99: latency.p99 }
}

/** How many a second, when so many begin again as soon as they are through. */
const rate = async (work, seconds) => {
  const began = performance.now()
  const end = began + seconds * 1_000
  let done = 0
  const working = async () => {
    while (performance.now() < end) {
      await work()
      done += 1
    }
  }
  await Promise.all(Array.from({ length: SIGN_INS_AT_ONCE }, working))
  return done / ((performance.now() - began) / 1_000)
}

/** A whole browser sign-in: begun, approved with a password, and the key fetched. */
const signIn = async (from) => {
  const { code } = await send(from, 'POST', INITIATE, {})
  await send(from, 'POST', COMPLETE, { code, ...SEED })
  const { api_key } = await send(from, 'GET', statusOf(code))
  if (!api_key) throw new Error('the sign-in of the benchmark gave no key')
}

const withServer = async (place, seed, work) => {
  const { child, url } = await startServer(place, seed)
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
  const ended = new Promise((resolve) => child.once('close', resolve))
  try {
    return { ...(await work({ url, agent })), peak: peakOf(child.pid) || null }
  } finally {
    agent.destroy()
    child.kill('SIGTERM')
    await ended
  }
}

export const measurePolls = async ({ place, seconds, sizes = PENDING }) => {
  const lines = []
  for (const size of sizes) {
    const measured = await withServer(place, false, async ({ url }) => {
      const codes = await initiate(url, size)
      await pollFor(url, codes, WARM_UP)
      return pollFor(url, codes, seconds)
    })
    lines.push({ size, ...measured })
  }
  return lines
}

export const measureSignIns = ({ place, seconds }) =>
  withServer(place, true, async (from) => {
    await signIn(from)
    return { signIns: await rate(() => signIn(from), seconds) }
  })
