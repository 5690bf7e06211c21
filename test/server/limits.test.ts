import { Agent, get } from 'node:http'
import { connect, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { startReferenceServer } from '../../src/reference-server.ts'

const start = async (scryptCost = 2) => {
  const server = await startReferenceServer({ services: ['zectre'], ports: 'free', seed: true, scryptCost })
  onTestFinished(() => server.close())
  const url = server.addresses.zectre ?? ''
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  /** A good client, on a connection that it has already; gives how long it waited. */
  const ask = () =>
    new Promise<number>((resolve, reject) => {
      const began = performance.now()
      get(`${url}/api/v1/user`, { agent }, (answer) => {
        answer.resume().on('end', () => resolve(performance.now() - began))
      }).on('error', reject)
    })
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
  return { socket, ended }
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

test('hundreds of sockets that say half a request are bounded in number and in time, and a good client goes on (row 157)', async () => {
  const { url, ask } = await start()
  const began = performance.now()
  const slow = Array.from({ length: 400 }, () => say(url, 'GET /api/v1/user HTTP/1.1\r\nHost: localhost\r\n'))
  // The server has 200 and no more; the rest are turned away while the others are still waited for.
  await Promise.all(slow.slice(200).map(({ ended }) => ended))
  expect(performance.now() - began).toBeLessThan(5_000)
  expect(await ask()).toBeLessThan(1_000)
  const answers = await Promise.all(slow.map(({ ended }) => ended))
  expect(performance.now() - began).toBeLessThan(12_000)
  expect(answers.filter((answer) => answer.startsWith('HTTP/1.1 408 ')).length).toBeGreaterThan(150)
}, 20_000)

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
