import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { makeApp, type Routes } from '../../src/server/app.ts'
import { readForm, readJson } from '../../src/server/body.ts'
import { requireSameOrigin } from '../../src/server/same-origin.ts'
import { makeHandClock } from './hand-clock.ts'

const routes: Routes = {
  '/thing': {
    GET: (asked) => asked.json({ is: 'a thing' }),
    POST: async (asked) => asked.json(await readJson(asked.req.raw, v.object({ name: v.string() }))),
  },
  '/optional': {
    POST: async (asked) => asked.json(await readJson(asked.req.raw, v.object({ name: v.nullish(v.string()) }))),
  },
  '/form': {
    POST: async (asked) => {
      requireSameOrigin(asked.req.raw)
      return asked.text((await readForm(asked.req.raw))('name'))
    },
  },
  '/broken': {
    GET: () => {
      throw new Error('a secret: hunter2')
    },
  },
}

const makeTested = () => {
  const faults: unknown[] = []
  const app = makeApp({
    clock: makeHandClock(),
    report: (error) => faults.push(error),
    refuse: (asked, { status, code, message }) => asked.json({ code, message }, status),
    routes,
  })
  const ask = (path: string, init: RequestInit = {}) =>
    app(new Request(path.startsWith('http') ? path : `http://localhost:1${path}`, init), { address: '' })
  return { ask, faults }
}
const { ask } = makeTested()
const json = { 'content-type': 'application/json' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }

describe('only this machine, under its own name, is answered', () => {
  test.each(['localhost', 'LOCALHOST:47080', '127.0.0.1', '127.0.0.1:8', '[::1]', '[::1]:47080'])(
    '%s',
    async (host) => {
      expect((await ask('/thing', { headers: { host } })).status).toBe(200)
    },
  )

  const strangers = [
    'evil.test',
    'localhost.',
    'localhost.evil.test',
    '127.0.0.1.evil.test',
    '127.0.0.2',
    '0.0.0.0',
    '[::]',
    'localhost:1:2',
    '2130706433',
    '',
  ]
  test.each(strangers)('and not "%s", on any path and by any method (row 147)', async (host) => {
    for (const path of ['/thing', '/form', '/nowhere', '/broken']) {
      for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS']) {
        expect((await ask(path, { method, headers: { host } })).status).toBe(421)
      }
    }
  })

  test('a proxy-style target counts as well as the header, and X-Forwarded-Host counts for nothing', async () => {
    expect((await ask('http://evil.test/thing', { headers: { host: 'localhost' } })).status).toBe(421)
    expect((await ask('/thing', { headers: { host: 'evil.test', 'x-forwarded-host': 'localhost' } })).status).toBe(421)
  })
})

describe('every answer', () => {
  test.each([
    ['a good one', '/thing', 200],
    ['one to a path that is not there', '/nowhere', 404],
    ['one to a fault of our own', '/broken', 500],
  ])(
    '%s tells the time by the clock that was handed in, and is kept, framed and sniffed by nobody (rows 151 and 156)',
    async (_, path, status) => {
      const answer = await ask(path)
      expect(answer.status).toBe(status)
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        date: 'Fri, 27 Mar 2026 10:00:00 GMT',
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      })
    },
  )

  test('allows no other origin anything (row 148)', async () => {
    const preflight = { origin: 'http://evil.test', 'access-control-request-method': 'POST' }
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      const answer = await ask('/thing', { method, headers: preflight })
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
    }
  })
})

describe('methods', () => {
  test.each(['DELETE', 'PUT', 'PATCH', 'OPTIONS'])(
    '%s is refused where it is not one, and told which are',
    async (method) => {
      const answer = await ask('/thing', { method })
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST'])
    },
  )

  test('HEAD is GET without the body, and nothing else overrides a method (row 150)', async () => {
    const head = await ask('/thing', { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect((await ask('/form?_method=POST', { headers: { 'x-http-method-override': 'POST' } })).status).toBe(405)
  })
})

describe('bodies', () => {
  test.each([
    ['no type', {}, 415],
    ['a type that any page may send', { 'content-type': 'text/plain' }, 415],
    ['a type that only begins like it', { 'content-type': 'application/jsonp' }, 415],
    ['a type with a character set', { 'content-type': 'Application/JSON; charset=utf-8' }, 200],
  ])('JSON with %s (row 158)', async (_, headers: Record<string, string>, status) => {
    const body = new TextEncoder().encode('{"name":"x"}')
    expect((await ask('/thing', { method: 'POST', headers, body })).status).toBe(status)
  })

  test.each([
    ['not JSON', '{"name":', 400, 'INVALID_JSON'],
    ['not an object', '["name"]', 400, 'INVALID_REQUEST'],
    ['without a field that it needs', '{}', 400, 'INVALID_REQUEST'],
    ['longer than 16 KB', JSON.stringify({ name: 'x'.repeat(16 * 1024) }), 413, 'BODY_TOO_LARGE'],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 400, 'INVALID_BODY'],
  ])('a body that is %s is refused (rows 157 and 158)', async (_, body, status, code) => {
    const answer = await ask('/thing', { method: 'POST', headers: json, body })
    expect([answer.status, await answer.json()]).toEqual([status, expect.objectContaining({ code })])
  })

  test('a long body is refused before all of it came, when its length was not told', async () => {
    let sent = 0
    const body = new ReadableStream({
      pull(controller) {
        sent += 1024
        controller.enqueue(new Uint8Array(1024).fill(32))
      },
    })
    const answer = await ask('/thing', { method: 'POST', headers: json, body, duplex: 'half' } as RequestInit)
    expect(answer.status).toBe(413)
    expect(sent).toBeLessThan(64 * 1024)
  })

  test('what was sent wrong is named, not repeated', async () => {
    const answer = await ask('/thing', { method: 'POST', headers: json, body: '{"name":{"password":"hunter2"}}' })
    expect(await answer.json()).toMatchObject({ message: '"name" is missing or not as documented' })
  })

  test('a body that may be left out may be left out whole', async () => {
    expect((await ask('/optional', { method: 'POST' })).status).toBe(200)
    expect((await ask('/thing', { method: 'POST' })).status).toBe(400)
  })

  test('a field that comes twice in a form is refused (row 158)', async () => {
    expect((await ask('/form', { method: 'POST', headers: form, body: 'name=a&name=b' })).status).toBe(400)
    expect((await ask('/form', { method: 'POST', headers: json, body: '{}' })).status).toBe(415)
  })
})

describe('a form is taken from its own page only (row 149)', () => {
  const own = 'http://localhost:1'
  test.each([
    ['a program, which sends neither header', {}, 200],
    ['the page itself', { origin: own, 'sec-fetch-site': 'same-origin' }, 200],
    ['the page itself, with its origin withheld', { origin: 'null', 'sec-fetch-site': 'same-origin' }, 200],
    ['an older browser', { origin: own }, 200],
    ['another port of this machine', { origin: 'http://localhost:3001', 'sec-fetch-site': 'same-site' }, 403],
    ['another port, by an older browser', { origin: 'http://localhost:3001' }, 403],
    ['a sandboxed frame', { origin: 'null', 'sec-fetch-site': 'cross-site' }, 403],
    ['a sandboxed frame of an older browser', { origin: 'null' }, 403],
    ['a page elsewhere', { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' }, 403],
  ])('%s', async (_, headers: Record<string, string>, status) => {
    const answer = await ask('/form', { method: 'POST', headers: { ...form, ...headers }, body: 'name=x' })
    expect(answer.status).toBe(status)
  })
})

test('a fault of our own is reported to whoever runs the server, and the caller is told nothing of it (row 160)', async () => {
  const tested = makeTested()
  const answer = await tested.ask('/broken')
  expect(await answer.text()).not.toMatch(/hunter2|Error|\.ts/)
  expect(tested.faults).toEqual([new Error('a secret: hunter2')])
})
