import { expect, test } from 'vitest'
import type { WireAnswer } from '../../src/http/transport.ts'
import { client } from '../../src/services/zectre/client.ts'
import { type Polled, poll, type Waiting } from '../../src/session/poll.ts'
import { Failure } from '../../src/vocabulary/failure.ts'
import { Secret } from '../../src/vocabulary/secret.ts'
import { handTime } from './hand-time.ts'

const KEY = 'zec_EXAMPLE_poll_0001'
const json = (body: unknown, headers: Record<string, string> = {}, status = 200): WireAnswer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})
const pending = json({ status: 'pending', api_key: null, user: null })
const completed = json({ status: 'completed', api_key: KEY, user: { id: 'u1', email: 'alice@example.com' } })
const error = (status: number, headers: Record<string, string> = {}) =>
  json({ error: { message: 'no' } }, headers, status)
const html: WireAnswer = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Wi-Fi' }
const cut = new Failure('unreachable', 'the line was cut')

type Step = WireAnswer | Failure | (() => WireAnswer | Failure)

/** Asks the steps in turn, the last one for ever, with time that passes only by waiting. */
const run = async (steps: Step[], changes: Partial<Polled> = {}) => {
  const time = handTime(Date.parse('2026-03-27T10:00:00Z'))
  const askedAt: number[] = []
  const seen: Waiting[] = []
  const flow = client.browserSignIn!
  const http = {
    org: null,
    clockOffset: () => null,
    send: async () => {
      const step = steps[Math.min(askedAt.length, steps.length - 1)]!
      askedAt.push(time.clock.monotonic())
      const outcome = typeof step === 'function' ? step() : step
      if (outcome instanceof Failure) throw outcome
      return outcome
    },
  }
  const polled: Polled = {
    code: new Secret('a1b2c3d4'),
    verifier: new Secret('verifier'),
    expiresAt: '2026-03-27T10:10:00Z',
    serviceNow: Date.parse('2026-03-27T10:00:00Z'),
    resumed: false,
    again: 'keyturn login zectre',
    ...changes,
  }
  const context = { http, clock: time.clock, wait: time.wait, signal: new AbortController().signal }
  const result = await poll(context, flow, polled, (waiting) => seen.push(waiting)).catch((failure: unknown) => failure)
  return { result, askedAt, seen, time }
}

test('the first question is asked at once, and the key is there with the answer', async () => {
  const { result, askedAt } = await run([completed])
  expect(askedAt).toEqual([0])
  expect(result).toMatchObject({ status: 'completed', account: { email: 'alice@example.com' } })
  expect((result as { key: Secret }).key.reveal()).toBe(KEY)
})

test('it asks every second, and every two after half a minute', async () => {
  const { askedAt } = await run([...Array(40).fill(pending), completed])
  const gaps = askedAt.slice(1).map((at, index) => at - askedAt[index]!)
  expect(gaps.slice(0, 30)).toEqual(Array(30).fill(1000))
  expect(gaps.slice(30)).toEqual(Array(10).fill(2000))
})

test.each<[string, Step]>([
  ['a 404 at the very beginning', error(404)],
  ['the redirect of a hotel', error(302)],
  ['a 408', error(408)],
  ['a 429', error(429)],
  ['a 500', error(500)],
  ['a 502 with a page', { ...html, status: 502 }],
  ['a page in place of JSON', html],
  ['half an answer', { ...pending, body: '{"status":' }],
  ['an empty answer', { ...pending, body: '' }],
  ['a line that is cut', cut],
  ['a time-out', new Failure('timed_out', 'too slow')],
])('%s is survived', async (_what, step) => {
  const { result, seen } = await run([step, step, completed])
  expect(result).toMatchObject({ status: 'completed' })
  expect(seen[0]?.trouble).not.toBeNull()
})

test.each([
  ['3', 3000],
  ['Fri, 27 Mar 2026 10:00:07 GMT', 7000],
  ['Fri, 27 Mar 2020 10:00:07 GMT', 1000],
  ['0', 1000],
  ['-5', 1000],
  ['soon', 1000],
  ['1000000000', 60_000],
])('Retry-After: %s makes it wait %d ms: never a busy loop, never for ever (row 6)', async (asked, milliseconds) => {
  const date = 'Fri, 27 Mar 2026 10:00:00 GMT'
  const { askedAt } = await run([error(429, { 'retry-after': asked, date }), completed])
  expect(askedAt).toEqual([0, milliseconds])
})

test('a code that the service does not know after five seconds has ended', async () => {
  const { result } = await run([...Array(6).fill(pending), error(404)])
  expect(result).toEqual({ status: 'expired', denied: false })
})

test.each([
  ['an end', json({ status: 'expired', api_key: null, user: null }), false],
  ['a refusal on the page', json({ status: 'expired', api_key: null, user: null, reason: 'denied' }), true],
  ['a 410', error(410), false],
])('%s is told from the other', async (_what, answer, denied) => {
  expect((await run([pending, answer])).result).toEqual({ status: 'expired', denied })
})

test.each([
  ['completed without a key', { status: 'completed', api_key: null, user: null }],
  ['completed with an empty key', { status: 'completed', api_key: '' }],
  ['completed with something that is no key', { status: 'completed', api_key: 'hello world' }],
  ['a key with a line end in it', { status: 'completed', api_key: `${KEY}\r\nX-Evil: 1` }],
  ['a key that is a list', { status: 'completed', api_key: [KEY] }],
  ['a key of a megabyte', { status: 'completed', api_key: `zec_${'a'.repeat(1_000_000)}` }],
  ['a status nobody documented', { status: 'approved', api_key: KEY }],
  ['no status', {}],
  ['a list', [{ status: 'completed', api_key: KEY }]],
  ['a polluted prototype', JSON.parse(`{"__proto__":{"status":"completed","api_key":"${KEY}"}}`)],
])('%s is an error, never a sign-in', async (_what, body) => {
  expect((await run([json(body)])).result).toMatchObject({ code: 'bad_answer', exitCode: 1 })
})

test('a user in an unknown shape does not cost the key', async () => {
  const { result } = await run([json({ status: 'completed', api_key: KEY, user: 'alice' })])
  expect(result).toMatchObject({ status: 'completed', account: null })
})

test.each([401, 403, 400])('a %d will not get better by asking again', async (status) => {
  const { result, askedAt } = await run([error(status)])
  expect(result).toBeInstanceOf(Failure)
  expect(askedAt).toHaveLength(1)
})

test('it ends when the code does, and names the last thing that went wrong', async () => {
  const { result, askedAt } = await run([pending, cut])
  expect(result).toMatchObject({ code: 'sign_in_expired', exitCode: 9 })
  expect((result as Failure).message).toContain('the line was cut')
  expect(askedAt.at(-1)).toBe(10 * 60_000)
})

test('a service that says "pending" for ever is left at the end of the code (row 5)', async () => {
  const { result, askedAt } = await run([pending])
  expect(result).toMatchObject({ code: 'sign_in_expired' })
  expect(askedAt.length).toBeLessThan(400)
})

test.each([
  ['a service whose clock is a day ahead', '2026-03-28T10:00:00Z', '2026-03-28T10:10:00Z', 10],
  ['a service whose clock is ten years behind', '2016-03-27T10:00:00Z', '2016-03-27T10:10:00Z', 10],
  ['an end that is past already', '2026-03-27T10:00:00Z', '2026-03-27T09:00:00Z', 10],
  ['an end in a hundred years', '2026-03-27T10:00:00Z', '2126-03-27T10:00:00Z', 15],
  ['an end that can not be read', '2026-03-27T10:00:00Z', 'soon', 10],
  ['no end at all', '2026-03-27T10:00:00Z', null, 10],
])('%s gives a code of %s, %s minutes of life (row 6)', async (_what, now, expiresAt, minutes) => {
  const serviceNow = Date.parse(now)
  const { askedAt } = await run([pending], { expiresAt, serviceNow })
  expect(askedAt.at(-1)).toBe(minutes * 60_000)
})

test('a laptop that slept past the end of the code asks once more and stops', async () => {
  // While it slept the monotonic clock stood still; the service's own date tells that the time is up.
  const asleep = json({ status: 'pending' }, { date: 'Fri, 27 Mar 2026 10:20:00 GMT' })
  const { result, askedAt } = await run([pending, asleep])
  expect(result).toMatchObject({ code: 'sign_in_expired' })
  expect(askedAt).toHaveLength(2)
})

test('a service that turns its clock back makes no code live longer', async () => {
  const back = json({ status: 'pending' }, { date: 'Fri, 27 Mar 2026 09:00:00 GMT' })
  const { askedAt } = await run([back])
  expect(askedAt.at(-1)).toBe(10 * 60_000)
})

test('a resumed sign-in believes neither a code that is unknown now nor its own clock', async () => {
  expect((await run([error(404)], { resumed: true, serviceNow: null })).result).toMatchObject({ status: 'expired' })
  const late = json({ status: 'pending' }, { date: 'Fri, 27 Mar 2026 10:09:58 GMT' })
  const { askedAt } = await run([late], { resumed: true, serviceNow: null, expiresAt: '2026-03-27T10:10:00Z' })
  expect(askedAt.at(-1)).toBeLessThanOrEqual(3000)
})
