import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { reach } from '../../src/http/reach.ts'
import { Failure } from '../../src/vocabulary/failure.ts'
import { NEVER } from '../files/tools.ts'
import { selfSigned } from '../harness/certificate.ts'
import { type Answer, serveScript } from '../harness/service.ts'

const clock = { now: () => Date.now(), monotonic: () => performance.now() }
const to = (url: string, changes: { patience?: number; signal?: AbortSignal } = {}) =>
  reach({
    url: new URL('/who', url),
    env: {},
    userAgent: 'keyturn/test',
    clock,
    patience: 5000,
    signal: NEVER,
    ...changes,
  })
const reached = async (answer: Answer, patience?: number) => {
  const service = await serveScript({ 'GET /who': answer })
  return to(service.url, patience === undefined ? {} : { patience })
}

test('an answer comes with every step of its way, and no credential was sent', async () => {
  const service = await serveScript({ 'GET /who': { status: 401, json: { detail: 'no' } } })
  const found = await to(service.url.replace('127.0.0.1', 'localhost'))
  expect(found).toMatchObject({ tls: null, failure: null, answer: { status: 401, body: '{"detail":"no"}' } })
  expect(found.addresses).toContain('127.0.0.1')
  expect(found.looked).toBeLessThanOrEqual(found.connected ?? -1)
  expect(found.connected).toBeLessThanOrEqual(found.answer?.milliseconds ?? -1)
  expect(Object.keys(service.requests[0]?.headers ?? {}).sort()).toEqual(
    ['accept', 'accept-encoding', 'connection', 'host', 'user-agent'].sort(),
  )
})

test('of an answer without an end only the beginning is taken', async () => {
  const found = await reached({ text: 'x'.repeat(5_000_000) })
  expect(found.failure).toBeNull()
  expect(found.answer?.body.length).toBeLessThan(200_000)
})

test('an answer that is packed, although it was asked for as it is, is read all the same', async () => {
  const packed = { headers: { 'content-encoding': 'gzip' }, text: gzipSync('x'.repeat(50_000_000)) }
  const found = await reached(packed)
  expect(found.failure).toBeNull()
  expect(found.answer?.body).toMatch(/^x{4096}/)
  expect(found.answer?.body.length).toBeLessThan(200_000)
})

test('a server that takes the call and says nothing is waited for as long as was said', async () => {
  const found = await reached({ fault: 'silence' }, 100)
  expect(found.failure).toMatchObject({ code: 'timed_out' })
  expect(found.connected).not.toBeNull()
})

test('what was refused on the way is told in the words of every other command', async () => {
  const found = await to('http://127.0.0.1:1')
  expect(found).toMatchObject({ connected: null, answer: null, failure: { code: 'unreachable' } })
  expect(found.failure?.message).toContain('connection refused')
})

test('a stop is a stop', async () => {
  const stopped = new Failure('interrupted', 'stopped by Ctrl-C')
  await expect(to('http://127.0.0.1:1', { signal: AbortSignal.abort(stopped) })).rejects.toBe(stopped)
})

const { certificate, key } = selfSigned()

test('a certificate that nobody knows is refused', async () => {
  const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (_request, answer) => {
    answer.end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const found = await to(`https://127.0.0.1:${(server.address() as AddressInfo).port}`)
  expect(found.failure?.message).toContain('DEPTH_ZERO_SELF_SIGNED_CERT')
  expect(found).toMatchObject({ tls: null, answer: null })
  expect(found.connected).not.toBeNull()
})
