import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startReferenceServer } from '../../src/reference-server.ts'

/** A good client; gives how long it waited. Without an agent it comes on a connection of its own. */
const askOnce = (url: string, agent: Agent | false = false) =>
  new Promise<number>((resolve, reject) => {
    const began = performance.now()
    get(`${url}/api/v1/user`, { agent }, (answer) => {
      answer.resume().on('end', () => resolve(performance.now() - began))
    }).on('error', reject)
  })

const start = async (scryptCost = 2) => {
  const server = await startReferenceServer({ services: ['zectre'], ports: 'free', seed: true, scryptCost })
  onTestFinished(() => server.close())
  const url = server.addresses.zectre ?? ''
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  /** On a connection that it has already. */
  const ask = () => askOnce(url, agent)
  await ask()
  return { url, ask }
}

/** A socket that says so much and no more; `ended` has what came back. */
const say = (url: string, text: string) => {
  const { hostname, port } = new URL(url)
  let answer = ''
  const socket: Socket = connect(Number(port), hostname, () => socket.write(text))
  onTestFinished(() => void socket.destroy())
  const ended = new Promise<string>((resolve) => {
    socket.on('data', (some) => {
      answer += some
    })
    socket.on('error', () => {}).on('close', () => resolve(answer))
  })
  return { socket, ended, heard: () => answer }
}

const HEAD = 'POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'

test.each([
  ['headers of more than 8 KB', `GET / HTTP/1.1\r\nHost: localhost\r\nx: ${'x'.repeat(9_000)}\r\n\r\n`, '431'],
  ['a body that says it is longer than 16 KB', `${HEAD}Content-Length: 16385\r\n\r\n{}`, '413'],
  ['a chunk that never ends', `${HEAD}Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\n`, '400'],
  ['no request at all', 'hello\r\n\r\n', '400'],
])('%s is refused at once (row 157)', async (_, text, status) => {
  const { url, ask } = await start()
  const { socket, ended } = say(url, text)
  socket.once('data', () => socket.end())
  expect(await ended).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(await ask()).toBeLessThan(1_000)
})

test('one socket may ask one thing after the other, but not everything at once (row 157)', async () => {
  const { url, ask } = await start()
  for (let asked = 0; asked < 300; asked++) await ask()
  const one = `GET /api/v1/user HTTP/1.1\r\nHost: ${new URL(url).host}\r\n\r\n`
  const { ended } = say(url, one.repeat(1_000))
  expect((await ended).split('HTTP/1.1 ').length - 1).toBeLessThan(100)
  const few = say(url, one.repeat(20))
  await expect.poll(() => few.heard().split('HTTP/1.1 401').length - 1).toBe(20)
  expect(few.socket.destroyed).toBe(false)
})

/** Sockets in another process, so that this one's own work is not what a good client waits for. */
const crowd = async (url: string, many: number, text: string) => {
  const argv = [join(import.meta.dirname, 'crowd.mjs'), new URL(url).port, String(many), text]
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
}

describe('a crowd that stays keeps no good client waiting (row 157)', () => {
  test.each([
    [10_000, 'nothing', ''],
    [2_000, 'half a request', 'GET /api/v1/user HTTP/1.1\r\nHost: localhost\r\n'],
    [400, 'a request with half its body', `${HEAD}Content-Length: 10\r\n\r\n{`],
  ])(
    'with %i sockets that say %s',
    async (many, _, text) => {
      const { url, ask } = await start()
      await crowd(url, many, text)
      // Behind the last of the crowd; from here on it only stays.
      await askOnce(url)
      for (let asked = 0; asked < 5; asked += 1) expect(await askOnce(url)).toBeLessThan(1_000)
      expect(await ask()).toBeLessThan(1_000)
    },
    60_000,
  )
})

test('half a request is waited for so long and no longer (row 157)', async () => {
  const { url } = await start()
  const began = performance.now()
  const { ended } = say(url, 'GET /api/v1/user HTTP/1.1\r\nHost: localhost\r\n')
  expect(await ended).toMatch(/^HTTP\/1.1 408 /)
  expect(performance.now() - began).toBeLessThan(12_000)
})

test('two hundred wrong passwords at once keep nobody else waiting, and take no more memory than four (row 167)', async () => {
  const { url, ask } = await start(2 ** 14)
  const before = process.memoryUsage().rss
  const guesses = Array.from({ length: 200 }, async (_, index) => {
    const body = JSON.stringify({ email: `nobody${index}@example.com`, password: 'wrong password' })
    const answer = await fetch(`${url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    }).catch(() => null)
    return answer?.status ?? 'no connection'
  })
  for (let index = 0; index < 5; index += 1) expect(await ask()).toBeLessThan(1_000)
  const statuses = new Set(await Promise.all(guesses))
  expect([...statuses].filter((status) => status !== 401 && status !== 503 && status !== 'no connection')).toEqual([])
  expect(statuses).toContain(503)
  expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024)
}, 20_000)
