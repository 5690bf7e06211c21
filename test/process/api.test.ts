/** `keyturn api` on the built program: what is sent, what is printed, and how it ends. */
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { NODE, PROGRAM } from '../harness/environment.ts'
import { freshHome } from '../harness/home.ts'
import { expectNoSecret } from '../harness/no-secret.ts'
import { keyturn, type StartOptions, start, startCommand } from '../harness/program.ts'
import { type Script, serveScript } from '../harness/service.ts'
import { startInTerminal } from '../harness/terminal.ts'
import { KEY } from './zectre-page.ts'

const at = (url: string) => ({ KEYTURN_API_KEY: KEY, KEYTURN_SERVICE: 'zectre', KEYTURN_URL: url })

const ready = async (script: Script) => {
  const home = freshHome()
  const service = await serveScript(script)
  const env = at(service.url)
  const api = (args: string[], options: Partial<StartOptions> = {}) =>
    keyturn(['api', ...args], { home, env, ...options })
  return { home, env, service, api }
}

/** A server for what a script can't say: bytes, and when they come. */
const serve = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('what is sent', () => {
  const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD']
  const all = Object.fromEntries(METHODS.map((method) => [`${method} /x`, { json: {} }]))

  test.each<[string[], string, string, string]>([
    [['/x'], 'GET', '/x', ''],
    [['/x', '-f', 'a=1'], 'POST', '/x', '{"a":"1"}'],
    [['PUT', '/x', '-f', 'a=1', '-F', 'n=1', '-F', 'b[c]=true'], 'PUT', '/x', '{"a":"1","n":1,"b":{"c":true}}'],
    [['-X', 'delete', '/x'], 'DELETE', '/x', ''],
    [['--method', 'GET', '/x', '-f', 'q=a b', '-F', 'tags[]=1'], 'GET', '/x?q=a%20b&tags%5B%5D=1', ''],
    [['GET', '/x?page=2', '-f', 'q=1'], 'GET', '/x?page=2&q=1', ''],
    [['HEAD', '/x'], 'HEAD', '/x', ''],
    [['/x', '--input', '-'], 'POST', '/x', 'from stdin'],
    [['/x', '--input', '-', '-f', 'dry=1'], 'POST', '/x?dry=1', 'from stdin'],
    [['/x', '-F', 'body=@-'], 'POST', '/x', '{"body":"from stdin"}'],
  ])('api %j is %s %s with %j', async (args, method, path, body) => {
    const { api, service } = await ready(all)
    const result = await api(args, { input: 'from stdin' })
    expect(result, result.stderr).toMatchObject({ code: 0, stderr: '' })
    expect(service.requests).toMatchObject([{ method, path, body, headers: { 'x-api-key': KEY } }])
  })

  test('a file goes out byte for byte, with the headers that were given', async () => {
    const sent = randomBytes(200_000)
    let got = Buffer.alloc(0)
    let headers: NodeJS.Dict<string | string[]> = {}
    const url = await serve(async (request, response) => {
      headers = request.headers
      for await (const chunk of request) got = Buffer.concat([got, chunk])
      response.end('{}')
    })
    const home = freshHome()
    writeFileSync(join(home.path, 'body.bin'), sent)
    const args = ['api', 'PUT', '/x', '--input', 'body.bin', '-H', 'Content-Type: application/octet-stream']
    expect(await keyturn(args, { home, env: at(url) })).toMatchObject({ code: 0 })
    expect(got.equals(sent)).toBe(true)
    expect(headers).toMatchObject({ 'content-type': 'application/octet-stream', 'content-length': '200000' })
  })

  test('a FIFO that nothing comes out of holds up no Ctrl-C', async () => {
    const { home, env } = await ready({})
    const inHome = (script: string) => startCommand('sh', ['-c', script], { home })
    expect(await inHome('mkfifo fifo').ended).toMatchObject({ code: 0 })
    const running = start(['api', '/x', '--input', 'fifo'], { home, env })
    // It is opened for writing when somebody reads it.
    await inHome('exec > fifo; echo opened >&2; exec sleep 60').waitForStderr(/opened/)
    running.kill('SIGINT')
    expect(await running.ended).toMatchObject({ code: 130, stdout: '' })
  })

  test.each<[string, string[], string]>([
    ['another host', ['https://example.com/x'], 'credential goes nowhere else'],
    ['another port', ['http://127.0.0.1:1/x'], 'credential goes nowhere else'],
    ['a host without a scheme', ['//example.com/x'], 'no path'],
    ['a backslash', ['/\\example.com/x'], 'no path'],
    ['no path at all', ['x'], 'no path'],
    ['a method that there is not', ['FETCH', '/x'], 'no method'],
    ['two methods', ['GET', '/x', '-X', 'POST'], 'given twice'],
    ['two bodies from standard input', ['/x', '--input', '-', '-F', 'a=@-'], 'there is one'],
    ['a field without a value', ['/x', '-f', 'a'], 'no field'],
    ['a file that is not there', ['/x', '--input', 'no-such-file'], "can't be read"],
    ['headers in JSON', ['/x', '--include', '--json'], '--include'],
  ])('%s is refused before anything is sent', async (_what, args, words) => {
    const { api, service } = await ready({})
    const result = await api(args, { input: 'a' })
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expect(result.stderr).toContain(words)
    expect(service.requests).toEqual([])
  })

  test('a whole address of the profile itself is a path of it', async () => {
    const { api, service } = await ready({ 'GET /base/x': { json: {} } })
    const env = at(`${service.url}/base`)
    expect(await api([`${service.url}/base/x?a=1`], { env })).toMatchObject({ code: 0 })
    expect(await api([`${service.url}/other/x`], { env })).toMatchObject({ code: 2 })
    expect(service.requests.map(({ path }) => path)).toEqual(['/base/x?a=1'])
  })
})

describe('what is printed', () => {
  test('a body byte for byte: nothing decoded, nothing added', async () => {
    const sent = Buffer.concat([randomBytes(1000), Buffer.from([0xff, 0x00, 0xc3])])
    const url = await serve((_request, response) => void response.end(sent))
    const home = freshHome()
    const command = `"${NODE}" "${PROGRAM}" api /x > got`
    expect(await startCommand('sh', ['-c', command], { home, env: at(url) }).ended).toMatchObject({
      code: 0,
      stderr: '',
    })
    expect(readFileSync(join(home.path, 'got')).equals(sent)).toBe(true)
  })

  test('a body of forty megabytes arrives whole through a slow pipe', async () => {
    const part = randomBytes(64 * 1024)
    const hash = createHash('sha256')
    const url = await serve(async (_request, response) => {
      for (let index = 0; index < 640; index++) {
        hash.update(part)
        if (!response.write(part)) await new Promise((resolve) => response.once('drain', resolve))
      }
      response.end()
    })
    const slow = `import sys,hashlib,time\nh=hashlib.sha256()\nn=0\nwhile True:\n  b=sys.stdin.buffer.read(1<<20)\n  if not b: break\n  n+=len(b); h.update(b); time.sleep(0.02)\nprint(n,h.hexdigest())`
    const command = `"${NODE}" "${PROGRAM}" api /x | python3 -c "$1"`
    const { stdout, stderr } = await startCommand('sh', ['-c', command, 'sh', slow], {
      home: freshHome(),
      env: at(url),
    }).ended
    expect(stderr).toBe('')
    expect(stdout).toBe(`${640 * part.length} ${hash.digest('hex')}\n`)
  })

  test('a long answer may take longer than --timeout, one that stops coming may not', async () => {
    const url = await serve(async (request, response) => {
      response.write('begun\n')
      if (request.url === '/stops') return
      for (let left = 8; left > 0; left--) {
        await new Promise((resolve) => setTimeout(resolve, 400))
        response.write('more\n')
      }
      response.end('over\n')
    })
    const home = freshHome()
    const api = (path: string) => keyturn(['api', path, '--timeout', '2'], { home, env: at(url) })
    const [long, stopped] = await Promise.all([api('/long'), api('/stops')])
    expect(long).toMatchObject({ code: 0, stdout: `begun\n${'more\n'.repeat(8)}over\n` })
    expect(stopped).toMatchObject({ code: 7, stdout: 'begun\n' })
    expect(stopped.stderr).toContain('sent no more of its answer for 2 s')
  })

  test('a reader that takes longer than --timeout is no fault of the service', async () => {
    const url = await serve((_request, response) => void response.end(Buffer.alloc(4 * 1024 * 1024)))
    const command = `"${NODE}" "${PROGRAM}" api /x --timeout 1 | { sleep 2; wc -c; }`
    const { stdout, stderr } = await startCommand('sh', ['-c', command], { home: freshHome(), env: at(url) }).ended
    expect(stderr).toBe('')
    expect(stdout.trim()).toBe(String(4 * 1024 * 1024))
  })

  test('an answer that is cut off is a failure, and is not asked for again', async () => {
    const { api, service } = await ready({
      'GET /x': { fault: 'cut', text: 'half', headers: { 'content-length': '100' } },
    })
    expect(await api(['/x'])).toMatchObject({ code: 7, stdout: 'half' })
    expect(service.requests).toHaveLength(1)
  })

  test('an answer that is cut off after its head shows that one once', async () => {
    let asked = 0
    const url = await serve((request, response) => {
      asked++
      response.writeHead(200, { 'content-length': '100' }).flushHeaders()
      setImmediate(() => request.socket.destroy())
    })
    const result = await keyturn(['api', '/x', '--include'], { home: freshHome(), env: at(url) })
    expect(result).toMatchObject({ code: 7 })
    expect(result.stdout.match(/HTTP/g)).toHaveLength(1)
    expect(asked).toBe(1)
  })

  test('--include prints the status line and the headers first', async () => {
    const { api } = await ready({
      'GET /x': { text: 'body', headers: { 'x-a': '1' } },
      'HEAD /x': { headers: { 'x-a': '2' } },
    })
    const { stdout } = await api(['/x', '--include'])
    expect(stdout).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:[\w-]+: .*\r\n)*x-a: 1\r\n(?:[\w-]+: .*\r\n)*\r\nbody$/)
    expect((await api(['HEAD', '/x', '-i'])).stdout).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*x-a: 2\r\n[\s\S]*\r\n\r\n$/)
  })

  test('on a terminal the body ends with its line', async () => {
    const { home, env } = await ready({ 'GET /x': { text: 'body' } })
    const terminal = startInTerminal(['api', '/x'], { home, env })
    expect((await terminal.ended).code).toBe(0)
    expect(terminal.printed()).toBe('body\r\n')
  })

  test('--json and --jq have it as JSON', async () => {
    const { api } = await ready({
      'GET /x': { json: { id: 1, name: 'a' } },
      'GET /text': { text: 'pong' },
      'DELETE /x': { status: 204 },
    })
    expect((await api(['/x', '--json'])).stdout).toBe('{"id":1,"name":"a"}\n')
    expect((await api(['/x', '--json=name'])).stdout).toBe('{"name":"a"}\n')
    expect((await api(['/x', '--jq', '.name'])).stdout).toBe('a\n')
    expect((await api(['/text', '--json'])).stdout).toBe('"pong"\n')
    expect((await api(['DELETE', '/x', '--json'])).stdout).toBe('null\n')
  })
})

describe('how it ends', () => {
  test.each([
    [400, 5],
    [401, 4],
    [403, 5],
    [404, 5],
    [409, 5],
    [410, 5],
    [422, 5],
    [429, 6],
    [500, 1],
    [503, 1],
    [302, 1],
  ])('%d is exit code %d, and nothing on stdout', async (status, code) => {
    const { api, service } = await ready({
      'POST /x': {
        status,
        json: { error: { code: 'NO', message: 'said no' } },
        headers: { location: 'https://example.com/', 'retry-after': '60' },
      },
    })
    const result = await api(['POST', '/x', '--json'])
    expect(result).toMatchObject({ code, stdout: '' })
    expect(JSON.parse(result.stderr).error).toMatchObject({ status })
    expect(service.requests).toHaveLength(1)
  })

  test('--include shows all of a refusal on stderr, without the key that it repeats', async () => {
    const { api } = await ready({ 'GET /x': { status: 422, text: `wrong: ${KEY}`, headers: { 'x-key': KEY } } })
    const result = await api(['/x', '-i'])
    expect(result).toMatchObject({ code: 5, stdout: '' })
    expect(result.stderr).toMatch(/HTTP\/1\.1 422 [\s\S]*x-key: \[redacted\][\s\S]*wrong: \[redacted\]/)
    expectNoSecret(result, KEY)
  })

  test('the sign-in page of a network is no answer, unless a page was asked for', async () => {
    const page = '<!doctype html><title>sign in to the network</title>'
    const { api } = await ready({ 'GET /x': { text: page } })
    expect(await api(['/x'])).toMatchObject({ code: 1, stdout: '' })
    expect(await api(['/x', '-H', 'accept: text/html'])).toMatchObject({ code: 0, stdout: page })
  })

  test('a pipe that is closed ends it quietly, as SIGPIPE would', async () => {
    const part = Buffer.alloc(64 * 1024, 'y\n')
    const url = await serve(async (_request, response) => {
      response.on('error', () => {})
      const closed = new Promise((resolve) => response.once('close', resolve))
      while (!response.destroyed)
        if (!response.write(part))
          await Promise.race([closed, new Promise((resolve) => response.once('drain', resolve))])
    })
    const command = `{ "${NODE}" "${PROGRAM}" api /x; echo "code $?" >&2; } | head -n 1`
    const { stdout, stderr } = await startCommand('sh', ['-c', command], { home: freshHome(), env: at(url) }).ended
    expect(stdout).toBe('y\n')
    expect(stderr).toBe('code 141\n')
  })

  test('a full disk is told', async () => {
    const { home, env } = await ready({ 'GET /x': { text: 'body' } })
    const { code, stderr } = await startCommand('sh', ['-c', `"${NODE}" "${PROGRAM}" api /x > /dev/full`], {
      home,
      env,
    }).ended
    expect(code).toBe(1)
    expect(stderr).toContain('could not be written to standard output (ENOSPC)')
  })
})
