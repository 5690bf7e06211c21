import * as v from 'valibot'
import { expect, test } from 'vitest'
import { assertDone, judge } from '../../src/http/judge.ts'
import { Failure } from '../../src/vocabulary/failure.ts'

const Thing = v.looseObject({ id: v.string(), name: v.nullish(v.string(), null) })
const CALL = 'GET /v1/thing'

const judged = (status: number, body: string, headers: Record<string, string> = {}) => {
  try {
    return judge(Thing, { status, headers, body }, CALL)
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

test.each([200, 201, 202, 299])('a %d is success', (status) => {
  expect(judged(status, '{"id":"1"}')).toEqual({ id: '1', name: null })
})

test('unknown fields pass through', () => {
  expect(judged(200, '{"id":"1","plan":"pro"}')).toEqual({ id: '1', name: null, plan: 'pro' })
})

test('a byte order mark is forgiven', () => expect(judged(200, '\ufeff{"id":"1"}')).toMatchObject({ id: '1' }))

test.each([
  [302, '', 'bad_answer', 1],
  [400, '', 'refused', 5],
  [401, '', 'credential_refused', 4],
  [403, '', 'refused', 5],
  [404, '', 'refused', 5],
  [408, '', 'timed_out', 7],
  [409, '', 'refused', 5],
  [410, '', 'refused', 5],
  [422, '', 'refused', 5],
  [429, '', 'rate_limited', 6],
  [500, '<html>', 'service_error', 1],
  [503, '', 'service_error', 1],
])('a %d with body %j is the failure %s, exit %d', (status, body, code, exit) => {
  expect(judged(status, body)).toMatchObject({ code, exitCode: exit, status })
})

test.each([
  [404, '<title>Not Found</title>', 'an HTML page, "Not Found"'],
  [404, '{"detail":"Not Found"}', 'Not Found'],
  [405, '', 'it says no more'],
])('a %d with body %j says that the address may be another service’s', (status, body, said) => {
  expect(judged(status, body)).toMatchObject({
    message: `what answers there does not know ${CALL}: ${said} (${status})`,
    hint: expect.stringContaining('check the address (--url, KEYTURN_URL)'),
  })
})

test('a 404 of a call that names one thing is about that thing', () => {
  const gone = () => judge(Thing, { status: 404, headers: {}, body: '{"detail":"no such thing"}' }, `${CALL}/{id}`)
  expect(gone).toThrow(`${CALL}/{id}: no such thing (404)`)
})

test('a field that is missing is named, with the call', () => {
  expect(judged(200, '{"name":"x"}')).toMatchObject({
    code: 'bad_answer',
    message: `${CALL} answered without a usable "id"`,
  })
})

test('a page where JSON was promised is told from an answer', () => {
  const failure = judged(200, '<html>sign in to the Wi-Fi', { 'content-type': 'text/html' })
  expect(failure).toMatchObject({ code: 'bad_answer' })
  expect((failure as Failure).message).toContain('sent text/html')
})

test('a redirect names the host it led to, and is not followed', () => {
  const failure = judged(307, '', { location: 'https://evil.example/take?code=one-time-code' }) as Failure
  expect(failure.message).toContain('https://evil.example')
  expect(failure.message).not.toContain('one-time-code')
})

test.each([301, 302, 303, 307, 308])('a %d is a redirect', (status) => {
  expect(judged(status, '')).toMatchObject({ code: 'bad_answer', message: expect.stringContaining('redirected') })
})

test.each([300, 304, 306])('a %d is none', (status) => {
  expect(judged(status, '')).toMatchObject({
    code: 'bad_answer',
    message: `${CALL}: an answer that nobody asked for (${status})`,
  })
})

test.each([
  ['0', 'try again in a moment'],
  ['0.2', 'try again in 1 s'],
  ['9', 'try again in 9 s'],
])('who is to come back after %s s is told so', (seconds, hint) => {
  expect(judged(429, '', { 'retry-after': seconds })).toMatchObject({ hint })
})

test('the id of the request is kept for whoever must look into it', () => {
  expect(judged(500, '', { 'x-request-id': 'req_1' })).toMatchObject({ requestId: 'req_1' })
})

test.each([
  '[]',
  'null',
  '"x"',
  '{"id":1}',
  '{"__proto__":{"id":"1"}}',
  `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
])('an answer of another shape is a failure and nothing worse (%#)', (body) =>
  expect(judged(200, body)).toMatchObject({ code: 'bad_answer' }),
)

test.each([
  ['nothing', ''],
  ['something', '{"ok":true}'],
  ['a text', 'done'],
])('a call that promises no answer is done with %s', (_, body) => {
  expect(() => assertDone({ status: 200, headers: {}, body }, CALL)).not.toThrow()
})

test('but not with the sign-in page of a network', () => {
  const page = { status: 200, headers: { 'content-type': 'text/html' }, body: '\n<!DOCTYPE html><title>Wi-Fi' }
  expect(() => assertDone(page, CALL)).toThrow(expect.objectContaining({ code: 'bad_answer' }))
})
