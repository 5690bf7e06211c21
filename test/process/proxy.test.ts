import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { canary } from '../harness/canary.ts'
import { selfSigned } from '../harness/certificate.ts'
import { freshHome, type Home } from '../harness/home.ts'
import { SHOW_LOADED } from '../harness/loaded.ts'
import { expectNoSecret } from '../harness/no-secret.ts'
import { keyturn } from '../harness/program.ts'
import { type ProxyPlan, serveProxy } from '../harness/proxy.ts'
import { serveSecurely } from '../harness/secure-server.ts'
import { serveScript } from '../harness/service.ts'
import { startTinyproxy } from '../harness/tinyproxy.ts'

const NAME = 'service.example'

/** A service with a name that only the proxy can reach. */
const rig = async (home: Home = freshHome()) => {
  const server = await serveSecurely(home, { name: NAME })
  const url = server.url.replace('localhost', NAME)
  const key = canary('key')
  const env = {
    KEYTURN_API_KEY: key,
    KEYTURN_SERVICE: 'zectre',
    KEYTURN_URL: url,
    NODE_EXTRA_CA_CERTS: server.certificate,
  }
  return { home, server, url, key, env, authority: url.slice('https://'.length) }
}

describe("42: through Debian's tinyproxy", () => {
  test('a service is reached, and what is sent stays within the tunnel', async () => {
    const { home, server, key, env, authority } = await rig()
    const next = await serveProxy()
    const tinyproxy = await startTinyproxy(home, next.name)
    const result = await keyturn(['account', 'show', '--quiet', '--verbose'], {
      home,
      env: { ...env, HTTPS_PROXY: tinyproxy.url },
    })
    expect(result, result.stderr).toMatchObject({ code: 0, stdout: 'alice@example.com\n' })
    expect(result.stderr).toContain(`at https://${authority} through the proxy ${tinyproxy.name}\n`)
    expect(server.requests.map((headers) => headers['x-api-key'])).toEqual([key])
    expect(next.asked.map(({ line }) => line)).toEqual([`CONNECT ${authority}`])
    const log = await tinyproxy.log()
    expect(log).toContain(`CONNECT ${authority}`)
    expectNoSecret({ log, passed: next.passed(), asked: JSON.stringify(next.asked) }, key)
  })

  test('who is known to it gets through, who is not is told, and no password is shown', async () => {
    const { home, server, env } = await rig()
    const account = `somebody:${canary('key', '')}`
    const password = account.slice('somebody:'.length)
    const tinyproxy = await startTinyproxy(home, (await serveProxy()).name, account)
    const show = (HTTPS_PROXY: string) =>
      keyturn(['account', 'show', '--quiet', '--verbose'], { home, env: { ...env, HTTPS_PROXY } })
    const known = await show(tinyproxy.url.replace('//', `//${account}@`))
    expect(known, known.stderr).toMatchObject({ code: 0, stdout: 'alice@example.com\n' })
    expect(server.requests[0]).not.toHaveProperty('proxy-authorization')
    const wrong = await show(tinyproxy.url.replace('//', `//${account}x@`))
    const nobody = await show(tinyproxy.url)
    expect([wrong, nobody]).toMatchObject([{ code: 7 }, { code: 7 }])
    expect(wrong.stderr).toContain(`proxy ${tinyproxy.name} refused the user name and password that it was given (401)`)
    expect(nobody.stderr).toContain(`proxy ${tinyproxy.name} asks for a user name and password (407)`)
    expect(server.requests).toHaveLength(1)
    for (const streams of [known, wrong, nobody]) expectNoSecret(streams, password)
    // Asked once each: a wrong password that is repeated locks people out.
    expect((await tinyproxy.log()).match(/Request .*CONNECT/g)).toHaveLength(3)
  })

  test('a host that nobody reaches is told from a proxy that nobody reaches', async () => {
    const { home, env } = await rig()
    const tinyproxy = await startTinyproxy(home, (await serveProxy()).name)
    const show = (changes: Record<string, string>) =>
      keyturn(['keys', 'create', 'x'], { home, env: { ...env, ...changes } })
    const away = await show({ HTTPS_PROXY: tinyproxy.url, KEYTURN_URL: `https://${NAME}:1` })
    expect(away).toMatchObject({ code: 7, stdout: '' })
    expect(away.stderr).toMatch(`the proxy ${tinyproxy.name} could not connect to ${NAME}:1 (502)`)
    const excepted = await show({ HTTPS_PROXY: tinyproxy.url, NO_PROXY: `.example` })
    expect(excepted.code).toBe(7)
    expect(excepted.stderr).toContain('(DNS)')
    expect((await tinyproxy.log()).match(/Request .*CONNECT/g)).toHaveLength(1)
    const down = await show({ https_proxy: tinyproxy.url, HTTPS_PROXY: 'http://proxy.invalid' })
    expect(down.code).toBe(7)
    expect(down.stderr).toContain(`the proxy ${tinyproxy.name} could not be reached: nothing listens there`)
    expect(down.stderr).toContain(`check https_proxy`)
  })
})

test.each<[string, ProxyPlan, RegExp]>([
  ['hangs', { isSilent: true }, /through the proxy 127\.0\.0\.1:\d+ gave no whole answer within 1 s/],
  ['refuses', { says: 'HTTP/1.1 403 No\r\n\r\n<html>no</html>' }, /the proxy 127\.0\.0\.1:\d+ refused to connect to/],
  ['answers with a page', { says: '<!doctype html><h1>no</h1>' }, /the proxy 127\.0\.0\.1:\d+ answered with something/],
])('42: a proxy that %s ends every kind of command with 7 and its name', async (_what, plan, said) => {
  const { home, env } = await rig()
  const proxy = await serveProxy(plan)
  for (const args of [
    ['account', 'show'],
    ['keys', 'create', 'x'],
    ['api', '/x'],
  ]) {
    const patience = plan.isSilent ? ['--timeout', '1'] : []
    const result = await keyturn([...args, ...patience], { home, env: { ...env, HTTPS_PROXY: proxy.url } })
    expect(result, result.stderr).toMatchObject({ code: 7, stdout: '' })
    expect(result.stderr).toMatch(said)
    expect(result.stderr).not.toMatch(/<|html>/)
  }
})

test('42: this machine is never asked through a proxy, and no other over plain http', async () => {
  const home = freshHome()
  const proxy = await serveProxy()
  const service = await serveScript({ 'GET /x': { text: 'here' } })
  const env = {
    KEYTURN_API_KEY: canary('key'),
    KEYTURN_SERVICE: 'zectre',
    HTTP_PROXY: proxy.url,
    HTTPS_PROXY: proxy.url,
    ALL_PROXY: proxy.url,
  }
  const ask = (KEYTURN_URL: string) => keyturn(['api', '/x'], { home, env: { ...env, KEYTURN_URL } })
  expect(await ask(service.url)).toMatchObject({ code: 0, stdout: 'here' })
  expect(await ask(`http://${NAME}`)).toMatchObject({ code: 2, stdout: '' })
  expect(proxy.asked).toEqual([])
})

test('41: a certificate that nobody knows is refused through a proxy as well, checks switched off or not', async () => {
  const { home, server, env } = await rig()
  const proxy = await serveProxy()
  const distrusting = { ...env, NODE_EXTRA_CA_CERTS: undefined, NODE_TLS_REJECT_UNAUTHORIZED: '0' }
  const result = await keyturn(['keys', 'create', 'x'], { home, env: { ...distrusting, HTTPS_PROXY: proxy.url } })
  expect(result).toMatchObject({ code: 7, stdout: '' })
  expect(result.stderr).toContain('SELF_SIGNED')
  expect(server.requests).toEqual([])
})

test('a proxy that is itself spoken to over TLS shows a certificate of its own', async () => {
  const { home, server, env } = await rig()
  const own = selfSigned(onTestFinished)
  const secure = { key: readFileSync(own.key, 'utf8'), cert: readFileSync(own.certificate, 'utf8') }
  const proxy = await serveProxy({ secure, account: 'somebody:EXAMPLE' })
  const both = join(home.path, 'both.pem')
  writeFileSync(both, `${secure.cert}${readFileSync(server.certificate, 'utf8')}`)
  for (const host of ['localhost', '127.0.0.1']) {
    const result = await keyturn(['account', 'show', '--quiet'], {
      home,
      env: { ...env, NODE_EXTRA_CA_CERTS: both, HTTPS_PROXY: proxy.url.replace('127.0.0.1', host) },
    })
    expect(result, result.stderr).toMatchObject({ code: 0, stdout: 'alice@example.com\n' })
  }
})

/** What a program has loaded when it ends, and names that lead where a test says. */
const preload = (home: Home, source: string) => {
  const file = join(home.path, 'preload.cjs')
  writeFileSync(file, source)
  return { NODE_OPTIONS: `--require=${file}` }
}

test('what a proxy takes is loaded only where one is named', async () => {
  const { home, env } = await rig()
  const show = (HTTPS_PROXY?: string) =>
    keyturn(['account', 'show'], { home, env: { ...env, ...preload(home, SHOW_LOADED), HTTPS_PROXY } })
  const directly = await show()
  expect(directly.stderr).toMatch(/chunks\/core-/)
  expect(directly.stderr).not.toMatch(/tunnel/)
  expect((await show('http://127.0.0.1:1')).stderr).toMatch(/chunks\/tunnel-/)
})

describe.each(['::1', '100::1'])('55: localhost that is %s first is reached at 127.0.0.1, and soon:', (first) => {
  const LOOKUP = `require('node:dns').lookup = (_name, _options, then) =>
    then(null, [{ address: '${first}', family: 6 }, { address: '127.0.0.1', family: 4 }])`

  test('the service', async () => {
    const home = freshHome()
    const service = await serveScript({ 'GET /x': { text: 'here' } })
    const env = {
      KEYTURN_API_KEY: canary('key'),
      KEYTURN_SERVICE: 'zectre',
      KEYTURN_URL: service.url.replace('127.0.0.1', 'localhost'),
      ...preload(home, LOOKUP),
    }
    const result = await keyturn(['api', '/x', '--timeout', '2'], { home, env })
    expect(result, result.stderr).toMatchObject({ code: 0, stdout: 'here' })
  })

  test('the proxy', async () => {
    const { home, env } = await rig()
    const HTTPS_PROXY = (await serveProxy()).url.replace('127.0.0.1', 'localhost')
    const result = await keyturn(['account', 'show', '--quiet', '--timeout', '2'], {
      home,
      env: { ...env, ...preload(home, LOOKUP), HTTPS_PROXY },
    })
    expect(result, result.stderr).toMatchObject({ code: 0, stdout: 'alice@example.com\n' })
  })
})
