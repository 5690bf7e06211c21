import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type StartOptions, startReferenceServer } from '../../src/reference-server.ts'
import { withoutSecrets } from '../../src/server/request-log.ts'
import { makeHandClock } from './hand-clock.ts'

const start = async (options: StartOptions = {}) => {
  const lines: string[] = []
  const server = await startReferenceServer({
    services: ['zectre'],
    ports: 'free',
    scryptCost: 2,
    log: (line) => lines.push(line),
    ...options,
  })
  onTestFinished(() => server.close())
  return { ...server, lines, api: server.addresses.zectre ?? '', dashboard: server.addresses.zectre_dashboard ?? '' }
}
const post = (url: string, body: object, headers = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

// biome-ignore lint/suspicious/noExplicitAny: whatever the server sent, for a test to look into
const jsonOf = (answer: Response): Promise<any> => answer.json()

/** A port that was free a moment ago, and the next one too. */
const twoFreePorts = async (): Promise<number> => {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}
const occupy = async (port: number, host: string) => {
  const squatter = createServer()
  await new Promise<void>((resolve) => squatter.listen(port, host, resolve))
  onTestFinished(() => void squatter.close())
  return (squatter.address() as AddressInfo).port
}

const hasIpv6 = Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === '::1'))

/** What comes back for bytes written by hand. */
const talk = (address: string, text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(address)
    let answer = ''
    const socket = connect(Number(port), hostname, () => socket.write(text))
    socket.setEncoding('utf8').on('data', (some) => {
      answer += some
      socket.end()
    })
    socket.on('close', () => resolve(answer)).on('error', reject)
  })

describe('a whole sign-in over real sockets', () => {
  test('with the seeded account, by the addresses that the server gave, and no secret in its log (row 160)', async () => {
    const server = await start({ seed: true })
    const [account] = server.seeded
    expect(account).toEqual({
      service: 'zectre',
      email: 'dev@example.com',
      username: null,
      password: 'correct horse battery',
      note: null,
    })
    const { code, auth_url } = await jsonOf(
      await post(`${server.api}/api/v1/auth/cli/initiate`, { device_name: 'a test' }),
    )
    expect(auth_url).toBe(`${server.dashboard}/auth/cli?code=${code}`)
    expect((await fetch(auth_url)).status).toBe(200)
    await server.approve(code, account!)
    const status = await jsonOf(await fetch(`${server.api}/api/v1/auth/cli/status/${code}`))
    const user = await fetch(`${server.api}/api/v1/user`, { headers: { 'x-api-key': status.api_key } })
    expect(await user.json()).toMatchObject({ email: 'dev@example.com' })

    const told = server.lines.join('\n') + JSON.stringify(server.requests)
    expect(told).not.toContain(code)
    expect(told).not.toContain(status.api_key)
    expect(server.requests.map(({ listener, method, path, status }) => [listener, method, path, status])).toEqual([
      ['zectre', 'POST', '/api/v1/auth/cli/initiate', 200],
      ['zectre_dashboard', 'GET', '/auth/cli?code=***', 200],
      ['zectre', 'GET', '/api/v1/auth/cli/status/***', 200],
      ['zectre', 'GET', '/api/v1/user', 200],
    ])
    expect(server.lines).toHaveLength(4)
    expect(server.lines[2]).toMatch(/^zectre GET \/api\/v1\/auth\/cli\/status\/\*\*\* 200 \d+ ms$/)
  })

  test('an account that is disabled is out, one that is not there is a failure', async () => {
    const server = await start({ seed: true })
    server.disable('dev@example.com')
    const [account] = server.seeded
    expect((await post(`${server.api}/api/v1/auth/login`, account!)).status).toBe(403)
    expect(() => server.disable('nobody@example.com')).toThrow('no service has an account nobody@example.com')
  })

  test('the time told is that of the clock handed in, and of no other', async () => {
    const server = await start({ clock: makeHandClock() })
    const raw = await talk(server.api, 'GET /api/v1/user HTTP/1.1\r\nHost: localhost\r\n\r\n')
    expect(raw.match(/^date: .*$/gim)).toEqual(['date: Fri, 27 Mar 2026 10:00:00 GMT'])
  })

  test('time goes by for it when the test says so, and the seeded account approves unless another is named', async () => {
    const server = await start({ seed: true, clock: makeHandClock() })
    const initiate = async () => (await jsonOf(await post(`${server.api}/api/v1/auth/cli/initiate`, {}))).code
    const status = async (code: string) =>
      (await jsonOf(await fetch(`${server.api}/api/v1/auth/cli/status/${code}`))).status
    const [approved, late] = [await initiate(), await initiate()]
    await server.approve(approved)
    expect(await status(approved)).toBe('completed')
    server.advance(10 * 60_000)
    expect([await status(late), (await fetch(server.api)).headers.get('date')]).toEqual([
      'expired',
      'Fri, 27 Mar 2026 10:10:00 GMT',
    ])
    const nobody = await start()
    await expect(nobody.approve(approved)).rejects.toThrow('nobody is known to approve')
  })

  test.each([
    ['another name', 'GET /api/v1/user HTTP/1.1\r\nHost: evil.test\r\n\r\n', '421'],
    ['a proxy-style target', 'GET http://evil.test/api/v1/user HTTP/1.1\r\nHost: localhost\r\n\r\n', '421'],
    ['no name at all', 'GET /api/v1/user HTTP/1.0\r\n\r\n', '400'],
    [
      'two bodies in one',
      'POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      '400',
    ],
  ])('a request under %s is refused at the socket (rows 147 and 157)', async (_, text, status) => {
    const server = await start()
    expect(await talk(server.api, text)).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  })
})

test('a body that breaks off is the fault of whoever sent it, and is logged as such', async () => {
  let told: (line: string) => void = () => {}
  const line = new Promise<string>((resolve) => {
    told = resolve
  })
  const server = await start({ log: (text) => told(text) })
  const { hostname, port } = new URL(server.api)
  const type = 'Content-Type: application/json\r\nContent-Length: 10'
  const head = `POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\n${type}\r\n\r\n{`
  const socket = connect(Number(port), hostname, () => socket.write(head, () => socket.resetAndDestroy()))
  expect(await line).toMatch(/^zectre POST \/api\/v1\/auth\/login 400 /)
})

describe('ports', () => {
  test('a first port is given to the first listener, the next to the next, on every loopback name', async () => {
    const first = await twoFreePorts()
    const server = await start({ ports: { first } })
    expect(server.addresses).toEqual({
      zectre: `http://localhost:${first}`,
      zectre_dashboard: `http://localhost:${first + 1}`,
    })
    for (const host of ['localhost', '127.0.0.1']) {
      expect((await fetch(`http://${host}:${first}/api/v1/user`)).status).toBe(401)
    }
  })

  test.each(hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1'])(
    'one that is in use on %s is named, with the way out, and nothing is left listening',
    async (host) => {
      const taken = await occupy(0, host)
      const started = startReferenceServer({ services: ['zectre'], ports: { first: taken }, scryptCost: 2 })
      await expect(started).rejects.toMatchObject({
        code: 'failed',
        message: `port ${taken} is in use already, so zectre can't listen there`,
        hint: expect.stringContaining('--port 0'),
      })
      if (host === '::1') await occupy(taken, '127.0.0.1')
    },
  )

  // Only Linux has all of 127/8 at hand without being told to.
  test.skipIf(process.platform !== 'linux')(
    'nothing answers on an address of this machine that is not loopback (row 146)',
    async () => {
      const server = await start()
      const { port } = new URL(server.api)
      await expect(talk(`http://127.0.0.2:${port}`, 'GET / HTTP/1.1\r\n\r\n')).rejects.toMatchObject({
        code: 'ECONNREFUSED',
      })
    },
  )

  test('a service that there is not is refused before anything listens', async () => {
    await expect(startReferenceServer({ services: ['nowhere'] })).rejects.toMatchObject({ code: 'usage' })
  })
})

test('closing ends within two seconds, with idle and with half-sent requests on open sockets (row 165)', async () => {
  const server = await startReferenceServer({ ports: 'free', scryptCost: 2 })
  const { hostname, port } = new URL(server.addresses.zectre ?? '')
  const sockets = [
    '',
    'GET /api/v1/user HTTP/1.1\r\nHost: localhost\r\n',
    'POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{',
  ]
  const ended = sockets.map(
    (text) =>
      new Promise<void>((resolve) => {
        const socket = connect(Number(port), hostname, () => socket.write(text))
        socket.on('close', () => resolve()).on('error', () => {})
      }),
  )
  await fetch(`${server.addresses.zectre}/api/v1/user`)
  const began = performance.now()
  await server.close()
  await Promise.all(ended)
  expect(performance.now() - began).toBeLessThan(2_000)
})

test.each([
  [
    'http://x/api/v1/api-keys/0b1c2d3e-0000-4000-8000-000000000000',
    '/api/v1/api-keys/0b1c2d3e-0000-4000-8000-000000000000',
  ],
  ['http://x/api/v1/auth/cli/status/kJ3bq_x7-A', '/api/v1/auth/cli/status/***'],
  [`http://x/zec_${'0'.repeat(64)}/status`, '/***/status'],
  ['http://x/auth/cli?code=abc&x=y', '/auth/cli?code=***&x=***'],
  ['http://x/a%0ab?SeCrEt', '/***?***=***'],
  [`http://x${'/a'.repeat(500)}`, '/a'.repeat(11)],
])('no secret is logged of a request: %# (row 160)', (url, path) => {
  expect(withoutSecrets(url)).toBe(path)
})
