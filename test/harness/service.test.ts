import { expect, test } from 'vitest'
import { type Answer, serveScript } from './service.ts'

test('answers are given in order, the last one again and again', async () => {
  const service = await serveScript({
    'GET /status/{code}': [{ status: 404 }, { json: { status: 'pending' } }, { json: { status: 'completed' } }],
  })
  const seen: string[] = []
  for (let i = 0; i < 4; i++) {
    const answer = await fetch(`${service.url}/status/a.b?x=1`)
    seen.push(`${answer.status} ${await answer.text()}`)
  }
  expect(seen).toEqual(['404 ', '200 {"status":"pending"}', '200 {"status":"completed"}', '200 {"status":"completed"}'])
  expect(service.to('GET /status/{code}')[0]).toMatchObject({ path: '/status/a.b?x=1', at: { code: 'a.b' } })
  service.verify()
})

test('what was sent is kept, and an answer may be made from it', async () => {
  const service = await serveScript({
    'POST /echo': ({ body, headers }) => ({ json: { body, key: headers['x-api-key'] } }),
  })
  const answer = await fetch(`${service.url}/echo`, {
    method: 'POST',
    body: '{"a":1}',
    headers: { 'X-API-Key': 'zec_1' },
  })
  expect(await answer.json()).toEqual({ body: '{"a":1}', key: 'zec_1' })
  expect(service.requests).toHaveLength(1)
})

test('a request that nobody expected fails the check, and so does an answer that nobody asked for', async () => {
  const service = await serveScript({ 'GET /one': [{}, {}], 'GET /two': {} })
  await fetch(`${service.url}/one`)
  await fetch(`${service.url}/one`, { method: 'DELETE' })
  expect(() => service.verify()).toThrow(
    'it was asked DELETE /one, which the script does not know; ' +
      'GET /one: 1 of 2 answers were asked for; GET /two: 0 of 1 answers were asked for',
  )
})

test('a dot in a route is a dot', async () => {
  const service = await serveScript({ 'GET /a.b': {} })
  expect((await fetch(`${service.url}/axb`)).status).toBe(500)
})

test.each<[string, Answer]>([
  ['drop', { fault: 'drop' }],
  ['reset', { fault: 'reset' }],
  ['cut', { fault: 'cut', text: '{"status":' }],
])('the fault "%s" leaves the caller without an answer', async (_, answer) => {
  const service = await serveScript({ 'GET /': answer })
  await expect(fetch(service.url).then((got) => got.text())).rejects.toThrow()
})

test('the fault "silence" answers nothing for as long as the caller waits', async () => {
  const service = await serveScript({ 'GET /': { fault: 'silence' } })
  await expect(fetch(service.url, { signal: AbortSignal.timeout(200) })).rejects.toThrow(/timeout|aborted/)
  expect(service.requests).toHaveLength(1)
})

test('a script can be rewritten while it runs', async () => {
  const service = await serveScript({ 'GET /': { text: 'before' } })
  await fetch(service.url)
  service.rewrite({ 'GET /': { text: 'after' } })
  expect(await (await fetch(service.url)).text()).toBe('after')
})
