import { connect } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type StartOptions, startReferenceServer } from '../../src/reference-server.ts'
import { makeHandClock } from './hand-clock.ts'

const start = async (faults: string[], options: StartOptions = {}) => {
  const lines: string[] = []
  const server = await startReferenceServer({
    services: ['zectre'],
    ports: 'free',
    seed: true,
    scryptCost: 2,
    log: (line) => lines.push(line),
    faults,
    ...options,
  })
  onTestFinished(() => server.close())
  const api = server.addresses.zectre ?? ''
  const call = (method: string, path: string, body?: object, headers = {}) =>
    fetch(api + path, {
      method,
      redirect: 'manual',
      headers: { 'content-type': 'application/json', ...headers },
      ...(body && { body: JSON.stringify(body) }),
    })
  const initiate = () => call('POST', '/api/v1/auth/cli/initiate', {})
  const status = async (code: string) => (await call('GET', `/api/v1/auth/cli/status/${code}`)).status
  return { ...server, lines, api, call, initiate, status }
}

const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code

test('a status comes in the words of a gateway, at the time that was named, and nothing is done', async () => {
  const { initiate, lines } = await start(['initiate:502@2'])
  const statuses = []
  for (let index = 0; index < 3; index += 1) statuses.push((await initiate()).status)
  expect(statuses).toEqual([200, 502, 200])
  expect(lines).toContain('fault initiate:502@2 hits request 2')
  expect(lines.filter((line) => / 502 \d+ ms$/.test(line))).toHaveLength(1)
})

test('with a time to wait', async () => {
  const { initiate } = await start(['*:429@1,retry-after=3'])
  const answer = await initiate()
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '3'])
  expect(await answer.text()).toContain('<title>429 on demand</title>')
  expect((await initiate()).status).toBe(200)
})

describe('polls that come too soon are asked to slow down, where somebody wants that (row 8)', () => {
  test('all but one of a burst, and how long to wait is said', async () => {
    const clock = makeHandClock()
    const { initiate, status, call, lines } = await start(['status:interval=5s'], { clock })
    const code = await codeOf(await initiate())
    const burst = await Promise.all(Array.from({ length: 20 }, () => status(code)))
    expect(burst.sort()).toEqual([200, ...Array.from({ length: 19 }, () => 429)])
    clock.advance(3_000)
    const early = await call('GET', `/api/v1/auth/cli/status/${code}`)
    expect([early.status, early.headers.get('retry-after')]).toEqual([429, '2'])
    clock.advance(2_000)
    expect([await status(code), await status(code)]).toEqual([200, 429])
    expect(lines).toContain('fault status:interval=5s hits request 2')
    expect(lines).not.toContain('fault status:interval=5s hits request 1')
  })

  test('ten a second for a minute get a dozen answers, and another sign-in is not the worse for it', async () => {
    const clock = makeHandClock()
    const { initiate, status } = await start(['status:interval=5s'], { clock })
    const [one, other] = [await codeOf(await initiate()), await codeOf(await initiate())]
    const answers: number[] = []
    for (let tenth = 0; tenth < 600; tenth += 1) {
      answers.push(await status(one))
      clock.advance(100)
    }
    expect(answers.filter((answer) => answer === 200)).toHaveLength(12)
    expect(await status(other)).toBe(200)
  })
})

describe('what is done though no answer comes', () => {
  const SEED = { email: 'dev@example.com', password: 'correct horse battery' }
  test.each([
    ['complete:drop', 'pending'],
    ['complete:drop-after-commit', 'completed'],
    ['complete:cut', 'completed'],
  ])('%s leaves the sign-in %s', async (fault, state) => {
    const { initiate, call } = await start([fault])
    const code = await codeOf(await initiate())
    const answered = call('POST', '/api/v1/auth/cli/complete', { code, ...SEED }).then((answer) => answer.json())
    await expect(answered).rejects.toThrow()
    expect(await (await call('GET', `/api/v1/auth/cli/status/${code}`)).json()).toMatchObject({ status: state })
  })

  test('an answer that is lost never comes, and the server ends all the same', async () => {
    const { api, lines, close } = await start(['user:lost-response'])
    const { hostname, port } = new URL(api)
    const socket = connect(Number(port), hostname, () =>
      socket.write('GET /api/v1/user HTTP/1.1\r\nHost: localhost\r\n\r\n'),
    )
    let answered = ''
    const ended = new Promise<void>((resolve) => void socket.on('close', () => resolve()).on('error', () => {}))
    socket.on('data', (some) => {
      answered += some
    })
    while (!lines.some((line) => line.startsWith('fault '))) await new Promise((resolve) => setImmediate(resolve))
    await close()
    await ended
    expect(answered).toBe('')
  })
})

test('a slow answer is whole, and says beforehand how long it is', async () => {
  const { initiate } = await start(['*:slow=4000b/s'])
  const began = performance.now()
  const answer = await initiate()
  const body = await answer.text()
  expect(JSON.parse(body)).toHaveProperty('code')
  expect(answer.headers.get('content-length')).toBe(String(body.length))
  expect(performance.now() - began).toBeGreaterThan((body.length / 4000) * 500)
})

test('a page of the network and a redirect come instead of answers', async () => {
  const { call } = await start(['user:html', 'redirect:https://example.test'])
  const html = await call('GET', '/api/v1/user')
  expect([html.status, html.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  const redirect = await call('GET', '/api/v1/api-keys')
  expect([redirect.status, redirect.headers.get('location')]).toEqual([307, 'https://example.test/'])
})

test('escape sequences stand in names and messages, and nowhere else', async () => {
  const { call } = await start(['*:escape-sequences'])
  const { error } = (await (await call('GET', '/api/v1/user')).json()) as { error: { code: string; message: string } }
  expect(error.code).toBe('UNAUTHORIZED')
  expect(error.message).toMatch(/\u001b\]0;.*\u001b\[2J/)
  expect((await call('DELETE', '/api/v1/user')).status).toBe(405)
})

test('a wrong clock is wrong in every answer', async () => {
  const { initiate } = await start(['clock:+86400'], {
    clock: { now: () => Date.parse('2026-03-27T10:00:00Z'), monotonic: () => 0 },
  })
  const answer = await initiate()
  expect(answer.headers.get('date')).toBe('Sat, 28 Mar 2026 10:00:00 GMT')
  expect(await answer.json()).toMatchObject({ expires_at: '2026-03-28T10:10:00Z' })
})

test('what one answers, those after it never see, and a method is one of the conditions', async () => {
  const { call, lines } = await start(['GET api-keys:500@1', 'api-keys:503', 'zectre:504'])
  const statuses = []
  for (const [method, path] of [
    ['POST', '/api/v1/api-keys'],
    ['GET', '/api/v1/api-keys'],
    ['GET', '/api/v1/api-keys'],
    ['GET', '/api/v1/user'],
  ] as const) {
    statuses.push((await call(method, path)).status)
  }
  expect(statuses).toEqual([503, 500, 503, 504])
  expect(lines).toContain('fault api-keys:503 hits request 2')
})

test.each([
  ['statsu:502', 'did you mean: status? see: keyturn help faults'],
  ['/api/v2:502', 'see: keyturn help faults'],
  ['DELETE initiate:502', 'see: keyturn help faults'],
])('%s hits nothing that there is, and is refused before anything listens', async (fault, hint) => {
  await expect(start([fault])).rejects.toMatchObject({ code: 'usage', hint })
})
