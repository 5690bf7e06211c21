import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { listenOnce } from '../../src/session/loopback.ts'

const STATE = 'the-state-that-only-the-browser-knows'

const start = async () => {
  const listener = await listenOnce()
  onTestFinished(() => listener.close())
  const back = new URL(listener.redirectUri)
  const came: URL[] = []
  const answer = listener.answer(STATE).then((url) => came.push(url))
  const come = (query: Record<string, string>) => fetch(`${back.href}?${new URLSearchParams(query)}`)
  return { ...listener, back, came, answered: answer, come }
}

/** What comes back for bytes written by hand. */
const talk = ({ port }: URL, text: string, address = '127.0.0.1'): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(Number(port), address, () => socket.write(text)).setEncoding('utf8')
    socket.on('data', (some) => {
      answer += some
    })
    socket.on('close', () => resolve(answer)).on('error', reject)
  })

test('the port is the system’s, the address 127.0.0.1 in digits, and the answer comes as it came', async () => {
  const { back, come, answered, came } = await start()
  expect(back.href).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/)
  expect((await come({ code: 'c', state: STATE })).status).toBe(200)
  await answered
  expect(came[0]?.searchParams.get('code')).toBe('c')
})

test.each<[string, Record<string, string>]>([
  ['no state', { code: 'c' }],
  ['an empty state', { code: 'c', state: '' }],
  ['another state', { code: 'c', state: `${STATE}x` }],
  ['an end that nobody asked for', { error: 'access_denied' }],
])('%s is refused with 400 and ends nothing', async (_, query) => {
  const { come, came } = await start()
  expect((await come(query)).status).toBe(400)
  expect(came).toEqual([])
})

const JUNK = [
  '//',
  '///callback',
  'http://[',
  'http://evil.test/callback',
  '/callback/',
  '/favicon.ico',
  '/CALLBACK',
  '/',
]

test('a hundred hits of anything end nothing, not even those that are no address at all', async () => {
  const { back, come, came, answered } = await start()
  for (let i = 0; i < 100; i++) {
    const target = JUNK[i % JUNK.length]
    const raw = await talk(back, `GET ${target} HTTP/1.1\r\nHost: ${back.host}\r\n\r\n`)
    expect(raw).toMatch(/^HTTP\/1\.1 4\d\d /)
  }
  expect(came).toEqual([])
  await come({ code: 'c', state: STATE })
  await answered
})

test.each(['POST', 'HEAD', 'PUT', 'OPTIONS'])('%s brings nothing, whatever it knows', async (method) => {
  const { back, came } = await start()
  const answer = await fetch(`${back.href}?code=c&state=${STATE}`, { method })
  expect(answer.status).toBe(404)
  expect(came).toEqual([])
})

test.each(['evil.test', 'localhost', '127.0.0.1', '[::1]'])(
  'it does not answer as %s (DNS rebinding)',
  async (host) => {
    const { back, came } = await start()
    const raw = await talk(back, `GET /callback?code=c&state=${STATE} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
    expect(raw).toMatch(/^HTTP\/1\.1 404 /)
    expect(came).toEqual([])
  },
)

// Only Linux has all of 127/8 at hand without being told to.
test.skipIf(process.platform !== 'linux')('it listens on 127.0.0.1 and on no other address', async () => {
  const { back } = await start()
  for (const address of ['127.0.0.2', '::1']) {
    await expect(talk(back, 'GET / HTTP/1.1\r\n\r\n', address)).rejects.toThrow()
  }
})

test('the page loads nothing, repeats nothing, and is kept by nobody', async () => {
  const { come } = await start()
  for (const state of [STATE, '<script>alert(1)</script>']) {
    const page = await come({ code: '<script>alert(1)</script>', state })
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    expect(await page.text()).not.toContain('script')
  }
})

test('after the end the port is free again, whoever is still connected', async () => {
  const { back, close } = await start()
  const lingering = talk(back, 'GET /callback HTTP/1.1\r\n').catch(() => '')
  close()
  await lingering
  await expect(fetch(back)).rejects.toThrow()
})
