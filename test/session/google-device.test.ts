import { expect, test } from 'vitest'
import type { WireAnswer } from '../../src/http/transport.ts'
import { idTokenByDevice } from '../../src/session/google.ts'
import { Failure } from '../../src/vocabulary/failure.ts'
import { Secret } from '../../src/vocabulary/secret.ts'
import {
  CLIENT,
  claimsFor,
  contextOf,
  issuerOf,
  json,
  METADATA,
  signed,
  tokenAnswer,
  withSecret,
} from './google-rig.ts'

const BEGUN = {
  device_code: 'a-device-code-that-is-secret',
  user_code: 'BCDF-GHJK',
  verification_uri: 'https://www.example.com/device',
  expires_in: 600,
}
const pending = json({ error: 'authorization_pending' }, 400)
const slowDown = json({ error: 'slow_down' }, 400)
const token = tokenAnswer(await signed(claimsFor()))

type Step = WireAnswer | Error | ((at: number) => WireAnswer)
/** Answers the questions in turn, the last answer for ever. */
const run = async (steps: Step[], begun: object = {}, client = CLIENT) => {
  const askedAt: number[] = []
  const links: [string, string | null][] = []
  const issuer = issuerOf({
    '/device/code': () => json({ ...BEGUN, ...begun }),
    '/token': () => {
      const step = steps[Math.min(askedAt.length, steps.length - 1)] ?? pending
      askedAt.push(time.clock.monotonic())
      if (step instanceof Error) throw step
      return typeof step === 'function' ? step(time.clock.monotonic()) : step
    },
  })
  const { context, time, stop } = contextOf(issuer.transport)
  const events = { link: (url: string, code: string | null) => void links.push([url, code]) }
  const result: unknown = await idTokenByDevice(context, client, events).catch((error: unknown) => error)
  const gaps = askedAt.map((at, index) => (at - (askedAt[index - 1] ?? 0)) / 1000)
  return { result, askedAt, gaps, links, issuer, stop }
}

test('the code and where to type it are shown, and the ID token comes when it was typed', async () => {
  const { result, links, gaps, issuer } = await run([pending, pending, token])
  expect(links).toEqual([['https://www.example.com/device', 'BCDF-GHJK']])
  expect(gaps).toEqual([5, 5, 5])
  expect((result as Secret).reveal()).toBe(JSON.parse(token.body).id_token)
  const [asked] = issuer.to('/token')
  expect(Object.fromEntries(new URLSearchParams(asked?.body ?? ''))).toEqual({
    client_id: 'the-client',
    device_code: BEGUN.device_code,
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
  })
})

test('nothing secret is in any address that is asked or shown', async () => {
  const { issuer, links } = await run([token], {}, withSecret)
  const addresses = [...issuer.requests.map(({ url }) => url.href), ...links.flat()].join(' ')
  expect(addresses).not.toContain(BEGUN.device_code)
  expect(addresses).not.toContain('GOCSPX')
  expect(issuer.to('/token')[0]?.body).toContain('client_secret=GOCSPX-a-client-secret')
})

test.each([
  [1, 1],
  [7, 7],
  [0.001, 1],
  [1e12, 60],
])('an interval of %s is %s seconds (row 6)', async (interval, seconds) => {
  expect((await run([pending, token], { interval })).gaps).toEqual([seconds, seconds])
})

test('slow_down adds five seconds for good, and again (row 7)', async () => {
  const { gaps } = await run([pending, slowDown, pending, slowDown, pending, token])
  expect(gaps).toEqual([5, 5, 10, 10, 15, 15])
})

test.each([0.7, 0.8, 0.9, 1, 1.2, 1.4])(
  'an issuer whose second is %d of ours, and who waits longer each time, asks twice at most to slow down (row 9)',
  async (second) => {
    let [interval, last, slowed] = [5, 0, 0]
    const strict = (at: number) => {
      const passed = (at / 1000) * second - last
      last += passed
      if (passed >= interval) return last > 60 ? token : pending
      interval += 5
      slowed += 1
      return slowDown
    }
    expect((await run([strict])).result).toBeInstanceOf(Secret)
    expect(slowed).toBeLessThanOrEqual(2)
  },
)

test('what passes does not end it: a cut line, a failing provider, too many requests', async () => {
  const cut = new Failure('unreachable', 'the line was cut')
  const bad = { status: 502, headers: { 'content-type': 'text/html' }, body: '<html>' }
  const busy = json({ error: 'temporarily_unavailable' }, 503)
  const { result, askedAt } = await run([cut, bad, busy, json({ error: 'rate' }, 429), pending, token])
  expect(askedAt).toHaveLength(6)
  expect((result as Secret).reveal()).toContain('.')
})

test.each([
  [{ expires_in: 30 }, 30],
  [{ expires_in: 1e12 }, 30 * 60],
])('it ends when the code does: %j', async (begun, seconds) => {
  const { result, askedAt } = await run([pending], begun)
  expect(result).toMatchObject({ code: 'sign_in_expired', exitCode: 9 })
  expect(askedAt.at(-1)).toBeLessThanOrEqual(seconds * 1000)
})

test.each([
  ['access_denied', 'sign_in_denied', 9],
  ['expired_token', 'sign_in_expired', 9],
  ['invalid_grant', 'refused', 5],
  ['invalid_client', 'refused', 5],
])('%s ends it as %s', async (error, code, exitCode) => {
  const { result, askedAt } = await run([pending, json({ error }, 400)])
  expect(result).toMatchObject({ code, exitCode })
  expect(askedAt).toHaveLength(2)
})

test('an error that repeats what it was sent repeats no secret, and steers no terminal', async () => {
  const said = `\u001b[2Jno ${BEGUN.device_code} and GOCSPX-a-client-secret`
  const { result } = await run([json({ error: 'invalid_grant', error_description: said }, 400)], {}, withSecret)
  const shown = `${(result as Failure).message} ${(result as Failure).hint}`
  expect(shown).not.toContain(BEGUN.device_code)
  expect(shown).not.toContain('GOCSPX')
  expect(shown).not.toContain('\u001b')
})

test.each(['javascript:alert(1)', 'http://192.0.2.1/device', 'https://x@evil.test/', 'file:///etc/passwd'])(
  'an address to type the code at that is %s is not shown',
  async (verification_uri) => {
    const { result, links } = await run([token], { verification_uri })
    expect(result).toMatchObject({ code: 'bad_answer' })
    expect(links).toEqual([])
  },
)

test("Google's own name for that address is known as well", async () => {
  const { links } = await run([token], {
    verification_uri: undefined,
    verification_url: 'https://www.google.com/device',
  })
  expect(links).toEqual([['https://www.google.com/device', 'BCDF-GHJK']])
})

test.each([
  ['HTML', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }],
  ['not JSON', { status: 200, headers: { 'content-type': 'application/json' }, body: '{' }],
  ['null', json(null)],
  ['nothing that was asked for', json({})],
  ['a status that there is not', { status: 999, headers: {}, body: '' }],
  ['a reset of content', { status: 205, headers: {}, body: 'x' }],
])('a beginning that is %s is a bad answer, not a mistake of ours', async (_, answer) => {
  const issuer = issuerOf({ '/device/code': () => answer })
  const { context } = contextOf(issuer.transport)
  const failure = await idTokenByDevice(context, CLIENT, { link: () => {} }).catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'bad_answer' })
})

test('an issuer without a device flow says so', async () => {
  const issuer = issuerOf({
    '/.well-known/openid-configuration': () => {
      const { device_authorization_endpoint: _, ...rest } = METADATA
      return json(rest)
    },
  })
  const { context } = contextOf(issuer.transport)
  const failure = await idTokenByDevice(context, CLIENT, { link: () => {} }).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(Failure)
})
