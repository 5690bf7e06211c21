import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { reach } from '../../src/http/reach.ts'
import { wayOut } from '../../src/http/way-out.ts'
import { NEVER } from '../files/tools.ts'
import { selfSigned } from '../harness/certificate.ts'
import { expectNoSecret } from '../harness/no-secret.ts'
import { type ProxyPlan, serveProxy } from '../harness/proxy.ts'
import { serveScript } from '../harness/service.ts'

const KEY = 'zec_EXAMPLE_through_a_proxy'
const PASSWORD = 'EXAMPLE%:pässword'

const request = (url: string) => ({
  method: 'GET',
  url: new URL('/thing', url),
  headers: { 'x-api-key': KEY },
  body: null,
})
const send = (url: string, env: Record<string, string>, signal = NEVER) => wayOut(env)(request(url), signal)

/** A service that has another name than this machine, so that it is asked through the proxy. */
const serve = async () => {
  const service = await serveScript({ 'GET /thing': { json: {} } })
  return { service, url: service.url.replace('127.0.0.1', 'service.example') }
}

test('through a proxy the service is asked as it is asked directly, and the proxy learns where it is alone', async () => {
  const { service, url } = await serve()
  const proxy = await serveProxy()
  const answer = await send(url, { HTTP_PROXY: proxy.url })
  const direct = await send(service.url, { HTTP_PROXY: proxy.url })
  expect([answer.status, direct.status]).toEqual([200, 200])
  const host = url.slice('http://'.length)
  expect(proxy.asked).toMatchObject([{ line: `CONNECT ${host}`, headers: { host } }])
  expectNoSecret(JSON.stringify(proxy.asked), KEY)
  expect(service.requests[0]?.headers).toEqual({ ...service.requests[1]?.headers, host })
})

test('who is known to a proxy is told to the proxy alone', async () => {
  const { service, url } = await serve()
  const proxy = await serveProxy({ account: `some body:${PASSWORD}` })
  expect((await send(url, { http_proxy: proxy.url })).status).toBe(200)
  expect(service.requests[0]?.headers).not.toHaveProperty('proxy-authorization')
})

test('a per cent sign that stands for itself is part of a password', async () => {
  const { url } = await serve()
  const proxy = await serveProxy({ account: 'somebody:100%' })
  expect((await send(url, { HTTP_PROXY: proxy.url.replace('%25', '%') })).status).toBe(200)
})

test('loopback and what NO_PROXY names are asked directly', async () => {
  const { service } = await serve()
  const proxy = await serveProxy()
  await send(service.url, { HTTP_PROXY: proxy.url, ALL_PROXY: proxy.url })
  await expect(
    send('http://service.invalid', { HTTP_PROXY: proxy.url, NO_PROXY: 'service.invalid' }),
  ).rejects.toMatchObject({ message: expect.stringContaining('DNS') })
  expect(proxy.asked).toEqual([])
})

test.each<[string, ProxyPlan, RegExp, number | null]>([
  ['asks who is there', { account: 'a:b' }, /asks for a user name and password \(407\)/, 407],
  [
    'refuses the host',
    { says: 'HTTP/1.1 403 No\r\n\r\n<html>' },
    /refused to connect to service\.example:80 \(403\)/,
    403,
  ],
  [
    'redirects',
    { says: 'HTTP/1.1 302 No\r\nLocation: http://a.example\r\n\r\n' },
    /refused to connect .* \(302\)/,
    302,
  ],
  ['answers with a page', { says: '<!doctype html><h1>hello</h1>' }, /something that is not HTTP/, null],
  [
    'cannot reach the host',
    { says: 'HTTP/1.1 502 Bad\r\n\r\n<html>' },
    /could not connect to service\.example:80 \(502\)/,
    502,
  ],
  ['ends without a word', { says: '' }, /could not be reached: the connection was cut/, null],
])('a proxy that %s is named, and the service is not blamed', async (_what, plan, said, status) => {
  const proxy = await serveProxy(plan)
  const env = { HTTP_PROXY: proxy.url.replace('a:b@', '') }
  const error = await send('http://service.example', env).catch((failure) => failure)
  expect(error).toMatchObject({ code: 'unreachable', exitCode: 7, status })
  expect(error.message).toMatch(said)
  expect(error.message).toContain(`the proxy ${proxy.name} `)
})

test.each([407, 401])('a password that a proxy refuses with %d is told to nobody', async (status) => {
  const proxy = await serveProxy({ says: `HTTP/1.1 ${status} Who?\r\n\r\n` })
  const url = proxy.url.replace('//', `//somebody:${encodeURIComponent(PASSWORD)}@`)
  const error = await send('http://service.example', { HTTP_PROXY: url }).catch((failure) => failure)
  expect(error.message).toBe(`the proxy ${proxy.name} refused the user name and password that it was given (${status})`)
  expect(error.hint).toBe(`write them into its address: export HTTP_PROXY=http://USER:PASSWORD@${proxy.name}`)
  for (const secret of [PASSWORD, encodeURIComponent(PASSWORD), 'somebody'])
    expectNoSecret({ message: error.message, hint: error.hint, cause: String(error.cause) }, secret)
})

test('a proxy that nobody runs is named with the variable that names it', async () => {
  await expect(send('http://service.example', { http_proxy: 'http://127.0.0.1:1' })).rejects.toMatchObject({
    code: 'unreachable',
    message: 'the proxy 127.0.0.1:1 could not be reached: nothing listens there (connection refused)',
    hint: 'check http_proxy, or reach this host without it: export NO_PROXY=service.example',
  })
})

test('a silent proxy is left at the signal, with the reason of the signal', async () => {
  const proxy = await serveProxy({ isSilent: true })
  const stop = new AbortController()
  const reason = new Error('enough')
  const pending = send('http://service.example', { HTTP_PROXY: proxy.url }, stop.signal)
  setImmediate(() => stop.abort(reason))
  await expect(pending).rejects.toBe(reason)
})

test('what a service says before it is asked is no answer', async () => {
  const early = 'HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'
  const proxy = await serveProxy({ says: early })
  await expect(send('http://service.example', { HTTP_PROXY: proxy.url })).rejects.toMatchObject({ code: 'bad_answer' })
})

describe('with TLS', () => {
  const files = selfSigned()
  const own = { key: readFileSync(files.key, 'utf8'), cert: readFileSync(files.certificate, 'utf8') }

  test.each(['localhost', '127.0.0.1'])(
    'a proxy at %s whose certificate nobody knows is told nothing',
    async (host) => {
      const proxy = await serveProxy({ secure: own })
      const env = { HTTP_PROXY: proxy.url.replace('127.0.0.1', host) }
      await expect(send('http://service.example', env)).rejects.toMatchObject({
        code: 'unreachable',
        message: expect.stringMatching(/^the proxy .* could not be trusted: .*SELF_SIGNED/),
      })
      expect(proxy.asked).toEqual([])
    },
  )

  test('a service whose certificate nobody knows is sent nothing through a proxy either', async () => {
    const asked: string[] = []
    const server = createServer(own, (incoming, answer) => {
      asked.push(incoming.url ?? '')
      answer.end('{}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const proxy = await serveProxy()
    const url = `https://service.example:${(server.address() as AddressInfo).port}`
    await expect(send(url, { HTTPS_PROXY: proxy.url })).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining(`${url} could not be trusted`),
    })
    expect(asked).toEqual([])
  })
})

test('a way that is watched leads through the proxy too', async () => {
  const { service, url } = await serve()
  const proxy = await serveProxy()
  const clock = { now: () => Date.now(), monotonic: () => performance.now() }
  const plan = { userAgent: 'keyturn/test', clock, patience: 5000, signal: NEVER, env: { HTTP_PROXY: proxy.url } }
  expect(await reach({ ...plan, url: new URL('/thing', url) })).toMatchObject({
    proxy: proxy.name,
    looked: null,
    answer: { status: 200 },
    failure: null,
  })
  expect(service.requests).toHaveLength(1)
  const failed = await reach({ ...plan, url: new URL('http://service.example:1') })
  expect(failed.failure?.message).toContain(`the proxy ${proxy.name} could not connect to service.example:1 (502)`)
})

test('the way out tells the proxy that it takes, without who is known to it', () => {
  const env = { HTTPS_PROXY: `http://somebody:EXAMPLE@proxy.example:3128` }
  expect(wayOut(env).via?.(new URL('https://a.example'))).toBe('proxy.example:3128')
  expect(wayOut(env).via?.(new URL('http://localhost'))).toBeNull()
})
