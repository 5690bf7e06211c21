import { createServer, type Server } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { AnswerHead, Take, Transport } from '../../src/http/transport.ts'
import { wayOut } from '../../src/http/way-out.ts'
import { NEVER } from '../files/tools.ts'
import { serveProxy } from '../harness/proxy.ts'
import { type Answer, serveScript } from '../harness/service.ts'

const direct = wayOut({})

const asking = (url: string) => ({ method: 'GET', url: new URL('/thing', url), headers: {}, body: null })

/** The service under a name that is not this machine's: loopback is never asked through a proxy. */
const throughProxy = async (): Promise<Transport> => {
  const { url: HTTP_PROXY } = await serveProxy({ account: 'somebody:EXAMPLE password' })
  return ({ url, ...request }, signal) =>
    wayOut({ HTTP_PROXY })({ ...request, url: new URL(url.href.replace('127.0.0.1', 'service.example')) }, signal)
}

describe.each<[string, () => Promise<Transport>]>([
  ['directly', async () => direct],
  ['through a proxy', throughProxy],
])('%s', (_way, transport) => {
  const get = async (url: string, signal = NEVER) => (await transport())(asking(url), signal)

  const answered = async (answer: Answer, signal?: AbortSignal) =>
    get((await serveScript({ 'GET /thing': answer })).url, signal)

  test('an answer comes whole, with its headers in lower case', async () => {
    const answer = await answered({ status: 201, headers: { 'X-Request-Id': 'req_1' }, json: { a: 'ü' } })
    expect(answer).toMatchObject({ status: 201, body: '{"a":"ü"}', headers: { 'x-request-id': 'req_1' } })
  })

  test('a body is sent with its length in bytes', async () => {
    const service = await serveScript({ 'POST /thing': { json: {} } })
    const body = '{"name":"Zoë"}'
    await (await transport())({ method: 'POST', url: new URL('/thing', service.url), headers: {}, body }, NEVER)
    expect(service.requests[0]).toMatchObject({
      body,
      headers: { 'content-length': '15', 'accept-encoding': 'identity' },
    })
  })

  test.each<[string, Answer]>([
    ['a connection that is reset', { fault: 'reset' }],
    ['a connection that ends without an answer', { fault: 'drop' }],
    ['an answer that is cut off', { fault: 'cut', text: '{"a":', headers: { 'content-length': '100' } }],
  ])('%s is an unreachable service', async (_what, answer) => {
    await expect(answered(answer)).rejects.toMatchObject({ code: 'unreachable', exitCode: 7 })
  })

  test('54: what a server says after its answer is never taken for the next one', async () => {
    let connections = 0
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => {
        connections++
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${connections}`)
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx')
      })
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    const bodies = [await get(`http://127.0.0.1:${port}`), await get(`http://127.0.0.1:${port}`)]
    expect(bodies.map(({ body }) => body)).toEqual(['1', '2'])
  })

  test('what is not HTTP is called so', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    await expect(get(`http://127.0.0.1:${port}`)).rejects.toMatchObject({ code: 'bad_answer' })
  })

  test('an answer of more than 1 MiB is not read to its end', async () => {
    await expect(answered({ text: 'x'.repeat(3 * 1024 * 1024) })).rejects.toMatchObject({ code: 'bad_answer' })
  })

  describe('an answer that is packed although it was asked for as it is', () => {
    const packed = (encoding: string, text: string | Buffer): Answer => ({
      text,
      headers: { 'content-encoding': encoding },
    })
    const BIG = 'x'.repeat(3 * 1024 * 1024)

    test.each<[string, (text: string) => Buffer]>([
      ['gzip', gzipSync],
      ['X-GZip', gzipSync],
      ['deflate', deflateSync],
      ['br', brotliCompressSync],
      ['identity', (text) => Buffer.from(text)],
    ])('%s is unpacked, within the same limits', async (encoding, pack) => {
      expect(await answered(packed(encoding, pack('{"a":"ü"}')))).toMatchObject({ body: '{"a":"ü"}' })
      await expect(answered(packed(encoding, pack(BIG)))).rejects.toMatchObject({
        code: 'bad_answer',
        message: expect.stringContaining('sent more than 1 MiB as one answer'),
      })
    })

    test('comes unpacked to who takes it in parts', async () => {
      const { url } = await serveScript({ 'GET /thing': packed('gzip', gzipSync(BIG)) })
      let size = 0
      const take: Take = () => async (part) => {
        size += part.length
      }
      await (await transport())({ ...asking(url), take }, NEVER)
      expect(size).toBe(BIG.length)
    })

    test.each<[string, Answer, string]>([
      ['in a way that nobody knows', packed('zstd', '{}'), 'packed its answer in a way that nobody asked for (zstd)'],
      ['twice', packed('gzip, gzip', gzipSync(gzipSync('{}'))), 'nobody asked for (gzip, gzip)'],
      ['in name only', packed('gzip', '{"a":1}'), "sent an answer that can't be unpacked"],
      ['badly', packed('br', 'hello not brotli'), "sent an answer that can't be unpacked"],
    ])('%s is a bad answer', async (_how, answer, said) => {
      await expect(answered(answer)).rejects.toMatchObject({
        code: 'bad_answer',
        message: expect.stringContaining(said),
      })
    })

    test('and is cut off is an unreachable service', async () => {
      const cut = { ...packed('gzip', gzipSync('{}').subarray(0, 12)), fault: 'cut' as const }
      cut.headers = { ...cut.headers, 'content-length': '100' }
      await expect(answered(cut)).rejects.toMatchObject({ code: 'unreachable' })
    })

    test.each(['gzip', 'br'])('and is empty is empty (%s)', async (encoding) => {
      expect(await answered({ ...packed(encoding, ''), status: 204 })).toMatchObject({ status: 204, body: '' })
    })
  })

  test('a list may be longer, as far as was said', async () => {
    const { url } = await serveScript({ 'GET /thing': { text: 'x'.repeat(3 * 1024 * 1024) } })
    const send = await transport()
    await expect(send({ ...asking(url), most: 2 }, NEVER)).rejects.toMatchObject({
      message: expect.stringContaining('sent more than 2 MiB as one answer'),
      hint: expect.stringContaining('keyturn api'),
    })
    expect((await send({ ...asking(url), most: 4 }, NEVER)).body).toHaveLength(3 * 1024 * 1024)
  })

  test('a silent service is left at the signal, with the reason of the signal', async () => {
    const stop = new AbortController()
    const reason = new Error('enough')
    const pending = answered({ fault: 'silence' }, stop.signal)
    setImmediate(() => stop.abort(reason))
    await expect(pending).rejects.toBe(reason)
  })

  test('a redirect is an answer like any other: nobody is asked a second time', async () => {
    const elsewhere = await serveScript({})
    const answer = await answered({ status: 307, headers: { location: `${elsewhere.url}/take` } })
    expect(answer.status).toBe(307)
    expect(elsewhere.requests).toEqual([])
  })

  describe('an answer that is taken in parts', () => {
    const take = async (answer: Answer, taker: Take) => {
      const { url } = await serveScript({ 'GET /thing': answer })
      return (await transport())({ ...asking(url), take: taker }, NEVER)
    }

    test('may be larger than 1 MiB, and leaves no body', async () => {
      const text = 'x'.repeat(3 * 1024 * 1024)
      let size = 0
      const heads: AnswerHead[] = []
      const answer = await take({ text, headers: { 'x-a': '1' } }, (head) => {
        heads.push(head)
        return async (part) => {
          size += part.length
        }
      })
      expect(size).toBe(text.length)
      expect(answer).toMatchObject({ status: 200, body: '', headers: { 'x-a': '1' } })
      expect(heads).toMatchObject([{ status: 200, statusLine: 'HTTP/1.1 200 OK', headers: { 'x-a': '1' } }])
    })

    test('comes whole, with the limit on it, where nobody takes the parts', async () => {
      expect(await take({ text: 'whole' }, () => null)).toMatchObject({ body: 'whole' })
      await expect(take({ text: 'x'.repeat(2 * 1024 * 1024) }, () => null)).rejects.toMatchObject({
        code: 'bad_answer',
      })
    })

    test('what the taker says is passed on as it is: the service is not to blame', async () => {
      const full = Object.assign(new Error('no space'), { code: 'ENOSPC' })
      await expect(take({ text: 'x' }, () => () => Promise.reject(full))).rejects.toBe(full)
    })
  })

  test('a body of bytes is sent as it is', async () => {
    const service = await serveScript({ 'PUT /thing': { json: {} } })
    const request = { method: 'PUT', url: new URL('/thing', service.url), headers: {}, body: null }
    await (await transport())({ ...request, bytes: Buffer.from('Zoë') }, NEVER)
    expect(service.requests[0]).toMatchObject({ body: 'Zoë', headers: { 'content-length': '4' } })
  })
})

test('a port that nobody listens on is named, with the reason', async () => {
  const server: Server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  await expect(direct(asking(`http://127.0.0.1:${port}`), NEVER)).rejects.toMatchObject({
    code: 'unreachable',
    message: `http://127.0.0.1:${port} could not be reached: nothing listens there (connection refused)`,
  })
})

test('a name that does not exist is told from a service that is down', async () => {
  await expect(direct(asking('https://no-such-host.invalid'), NEVER)).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('DNS'),
  })
})
