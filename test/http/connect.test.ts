import { describe, expect, test } from 'vitest'
import { type Connection, connect } from '../../src/http/connect.ts'
import { explain } from '../../src/http/explain.ts'
import type { Call } from '../../src/http/http.ts'
import type { Take, WireAnswer, WireRequest } from '../../src/http/transport.ts'
import { Failure } from '../../src/vocabulary/failure.ts'
import { Secret } from '../../src/vocabulary/secret.ts'
import { handTime } from '../session/hand-time.ts'

const ok: WireAnswer = { status: 200, headers: {}, body: '{}' }
const answer = (status: number, headers: Record<string, string> = {}): WireAnswer => ({ status, headers, body: '' })
const cut = new Failure('unreachable', 'cut')

const rig = (script: (WireAnswer | Failure)[], changes: Partial<Connection> = {}) => {
  const time = handTime()
  const requests: WireRequest[] = []
  const lines: string[] = []
  const http = connect({
    base: new URL('https://api.example.com/base'),
    adminBase: null,
    org: null,
    credential: { kind: 'api_key', key: new Secret('zec_EXAMPLE_connect'), origin: 'given' },
    transport: async (request) => {
      requests.push(request)
      const next = script[requests.length - 1] ?? script.at(-1) ?? ok
      if (next instanceof Failure) throw next
      return next
    },
    clock: time.clock,
    wait: time.wait,
    signal: new AbortController().signal,
    timeoutMilliseconds: 30_000,
    userAgent: 'keyturn/test',
    trace: (line) => lines.push(line),
    ...changes,
  })
  return { http, requests, waits: time.waits, lines }
}

const READ: Call = { operation: 'GET /v1/things/{id}', params: { id: 'a/../b' } }
const MAKE: Call = { operation: 'POST /v1/things', body: { name: 'x' } }

test('what stands in the braces is one part of the path, whatever is in it', async () => {
  const { http, requests } = rig([ok])
  await http.send(READ)
  expect(requests[0]?.url.href).toBe('https://api.example.com/base/v1/things/a%2F..%2Fb')
})

test.each(['', '.', '..'])('what names nothing, "%s", is never sent: the call would be another one', async (id) => {
  const { http, requests } = rig([ok])
  const failure = await http.send({ ...READ, params: { id } }).catch((error) => error)
  expect(failure).toMatchObject({ code: 'bad_answer', message: expect.stringContaining(READ.operation) })
  expect(requests).toEqual([])
})

test('the credential goes with every call but those that are made without one', async () => {
  const { http, requests } = rig([ok])
  await http.send(READ)
  await http.send({ ...MAKE, signed: false })
  expect(requests.map(({ headers }) => headers['x-api-key'])).toEqual(['zec_EXAMPLE_connect', undefined])
})

test.each([[cut], [answer(502)], [answer(503)], [answer(504)], [answer(429)]])(
  'a call that only reads is tried three times (%#)',
  async (outcome) => {
    const { http, requests } = rig([outcome, outcome, ok])
    expect((await http.send(READ)).status).toBe(200)
    expect(requests).toHaveLength(3)
  },
)

test('a certificate that is refused is not looked at again', async () => {
  const refused = explain(Object.assign(new Error('no'), { code: 'CERT_HAS_EXPIRED' }), 'https://api.example.com')
  const { http, requests } = rig([refused, ok])
  await expect(http.send(READ)).rejects.toBe(refused)
  expect(requests).toHaveLength(1)
})

test.each([[cut], [answer(502)], [answer(500)]])(
  'a call that changes something is not repeated (%#)',
  async (outcome) => {
    const { http, requests } = rig([outcome, ok])
    await http.send(MAKE).catch(() => {})
    expect(requests).toHaveLength(1)
  },
)

test('a 429 has changed nothing, so even such a call is repeated', async () => {
  const { http, requests } = rig([answer(429), ok])
  expect((await http.send(MAKE)).status).toBe(200)
  expect(requests).toHaveLength(2)
})

test.each([
  ['2', 2000],
  ['0', 0],
  ['Fri, 27 Mar 2026 10:00:04 GMT', 4000],
  ['Fri, 27 Mar 2020 10:00:07 GMT', 0],
  ['soon', 250],
])('Retry-After: %s waits %d ms', async (asked, milliseconds) => {
  const { http, waits } = rig([answer(429, { 'retry-after': asked, date: 'Fri, 27 Mar 2026 10:00:00 GMT' }), ok])
  await http.send(READ)
  expect(waits).toEqual([milliseconds])
})

test('what is left of the deadline is what counts, not the whole of it', async () => {
  const { http, requests } = rig([answer(429, { 'retry-after': '4' })], { timeoutMilliseconds: 6000 })
  expect((await http.send(READ)).status).toBe(429)
  expect(requests).toHaveLength(2)
})

test('a service that asks for more than a few seconds gets no second request now', async () => {
  const { http, requests } = rig([answer(429, { 'retry-after': '6' })])
  expect((await http.send(READ)).status).toBe(429)
  expect(requests).toHaveLength(1)
})

const hex = (text: string): string => Buffer.from(text).toString('hex')

test.each([
  ['as it is', 'you sent zec_EXAMPLE_connect and pa"ss/wörd'],
  ['as JSON', JSON.stringify({ error: 'you sent zec_EXAMPLE_connect and pa"ss/wörd' })],
  ['as Python writes JSON', '{"error":"you sent zec_EXAMPLE_connect and pa\\"ss\\/w\\u00f6rd"}'],
  ['as a URL', `you sent zec_EXAMPLE_connect and ${encodeURIComponent('pa"ss/wörd')}`],
  ['in hexadecimal', `you sent ${hex('zec_EXAMPLE_connect')} and ${hex('pa"ss/wörd').toUpperCase()}`],
])('an error that repeats what it was sent, %s, carries no secret further', async (_how, body) => {
  const { http } = rig([{ status: 500, headers: {}, body }])
  const answer = await http.send({ ...MAKE, body: { password: new Secret('pa"ss/wörd') } })
  expect(answer.body).toContain('you sent [redacted] and [redacted]')
})

test.each(['', ':', 'a:', 'alice:'])('nor in Base64, behind %j', async (before) => {
  const body = Buffer.from(`${before}zec_EXAMPLE_connect, you know`).toString('base64')
  const { http } = rig([{ status: 500, headers: {}, body }])
  const left = Buffer.from((await http.send(READ)).body.replace('[redacted]', ''), 'base64').toString('latin1')
  expect(left).not.toContain('EXAMPLE')
})

test('of a secret that begins with another nothing is left', async () => {
  const { http } = rig([{ status: 500, headers: {}, body: 'you sent zec_EXAMPLE_connect_and_more' }])
  const answer = await http.send({ ...MAKE, body: { key: new Secret('zec_EXAMPLE_connect_and_more') } })
  expect(answer.body).toBe('you sent [redacted]')
})

test('a redirect carries no secret further either', async () => {
  const { http } = rig([answer(302, { location: 'https://elsewhere.example/zec_EXAMPLE_connect' })])
  expect((await http.send(READ)).headers.location).toBe('https://elsewhere.example/[redacted]')
})

test('the word that stands before a token is no secret', async () => {
  const access = new Secret('eyEXAMPLE.token')
  const credential = { kind: 'session' as const, access, refresh: null, expiresAt: null }
  const { http } = rig([{ status: 401, headers: {}, body: 'Bearer eyEXAMPLE.token is not valid' }], { credential })
  expect((await http.send(READ)).body).toBe('Bearer [redacted] is not valid')
})

test('a trace names calls as the documentation does, and holds nothing secret', async () => {
  const { http, lines, requests } = rig([ok])
  await http.send({
    ...READ,
    params: { id: new Secret('one-time-code') },
    body: { password: new Secret('hunter2abc') },
  })
  expect(requests[0]?.body).toBe('{"password":"hunter2abc"}')
  expect(lines.join('\n')).toContain('GET /v1/things/{id}')
  for (const secret of ['one-time-code', 'hunter2abc', 'zec_EXAMPLE_connect'])
    expect(lines.join('\n')).not.toContain(secret)
})

test('the deadline covers the whole call', async () => {
  const { http } = rig([], {
    timeoutMilliseconds: 20,
    transport: (_request, signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  })
  await expect(http.send(READ)).rejects.toMatchObject({ code: 'timed_out', exitCode: 7 })
})

describe('an answer that is taken in parts', () => {
  const HEAD = { status: 200, statusLine: 'HTTP/1.1 200 OK', headers: {} }
  const PART = Buffer.from('part')

  test('is given up when no more of it comes', async () => {
    const { http } = rig([], {
      timeoutMilliseconds: 20,
      transport: async ({ take }, signal) => {
        await take?.(HEAD)?.(PART)
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      },
    })
    await expect(http.send({ ...READ, take: () => async () => {} })).rejects.toMatchObject({
      code: 'timed_out',
      message: expect.stringContaining('sent no more of its answer for 0.02 s'),
    })
  })

  test.each<[string, number, (take: Take) => unknown]>([
    ['not asked for again once a part was taken', 1, (take) => take(HEAD)?.(PART)],
    ['not asked for again once its head was handed on', 1, (take) => take(HEAD)],
    ['asked for again when nobody wanted that head', 3, (take) => take({ ...HEAD, status: 502 })],
    ['asked for again when nothing came', 3, () => null],
  ])('is %s', async (_, expected, begin) => {
    let tries = 0
    const { http } = rig([], {
      transport: async ({ take }) => {
        tries++
        await (take && begin(take))
        throw cut
      },
    })
    const take: Take = ({ status }) => (status === 200 ? async () => {} : null)
    await expect(http.send({ ...READ, take })).rejects.toBe(cut)
    expect(tries).toBe(expected)
  })
})

test('whoever stops the program is told so, and nothing is tried again', async () => {
  const stop = new AbortController()
  const reason = new Failure('interrupted', 'stopped')
  const { http } = rig([], {
    signal: stop.signal,
    transport: async (_request, signal) => {
      stop.abort(reason)
      throw signal.reason
    },
  })
  await expect(http.send(READ)).rejects.toBe(reason)
})
