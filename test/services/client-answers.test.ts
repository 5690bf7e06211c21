import { describe, expect, test } from 'vitest'
import type { WireAnswer } from '../../src/http/transport.ts'
import { services } from '../../src/services/registry.ts'
import type { Operation, ServiceClient } from '../../src/services/service.ts'
import type { FailureCode } from '../../src/vocabulary/failure.ts'
import type { Json } from '../../src/vocabulary/json.ts'
import { answerOf, documentedAnswer, exchange, expectOneSentence, GIVES, operationOf } from './client-half.ts'
import { rigs } from './rigs.ts'
import { transcriptsOf } from './transcripts.ts'

const HALF_OF: Record<Operation, keyof ServiceClient> = {
  'sign-up': 'signUp',
  'browser-sign-in': 'browserSignIn',
  'password-sign-in': 'passwordSignIn',
  'google-sign-in': 'googleSignIn',
  'verify-email': 'verifyEmail',
  'resend-verification': 'resendVerification',
  'forgot-password': 'forgotPassword',
  'reset-password': 'resetPassword',
  refresh: 'refresh',
  'sign-out': 'signOut',
  account: 'account',
  'unlink-google': 'unlinkGoogle',
  'create-key': 'createKey',
  'list-keys': 'listKeys',
  'revoke-key': 'revokeKey',
}

/** The same answer after something was done to every object in it. */
const withEach = (change: (fields: Record<string, Json>) => Record<string, Json>) => {
  const within = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(within)
    if (typeof value !== 'object' || value === null) return value
    return change(Object.fromEntries(Object.entries(value).map(([name, each]) => [name, within(each)])))
  }
  return (answer: WireAnswer): WireAnswer =>
    answer.body === '' ? answer : { ...answer, body: JSON.stringify(within(JSON.parse(answer.body))) }
}

const PAGE = '<!doctype html><html><head><title>Bad Gateway</title></head><body>nginx</body></html>'

/** "What a client must not assume": an answer that is still good. */
const good: [string, (answer: WireAnswer) => WireAnswer][] = [
  ['fields that nobody documents', withEach((fields) => ({ ...fields, since_v9: { a: [1] }, x: null }))],
  ['no created_at', withEach(({ created_at, ...fields }) => fields)],
  ['201 for 200', (answer) => ({ ...answer, status: 201 })],
  ['200 for 201', (answer) => ({ ...answer, status: 200 })],
  [
    'a date that can’t be read',
    withEach((fields) => ('created_at' in fields ? { ...fields, created_at: '?' } : fields)),
  ],
]

/** And one that is not: the code it gives, and what the sentence must have in it. */
const bad: [string, WireAnswer, FailureCode, string][] = [
  ['an HTML error page', answerOf(502, PAGE, 'text/html'), 'service_error', 'an HTML page, "Bad Gateway" (502)'],
  ['an HTML page for 200', answerOf(200, PAGE, 'text/html'), 'bad_answer', 'text/html'],
  ['an empty 401', answerOf(401, ''), 'credential_refused', '(401)'],
  ['a message', answerOf(404, { message: 'no such thing' }), 'refused', 'no such thing (404)'],
  ['errors', answerOf(422, { errors: [{ message: 'one' }, { message: 'two' }] }), 'refused', 'one; two (422)'],
  ['errors as texts', answerOf(409, { errors: ['one', 'two'] }), 'refused', 'one; two (409)'],
  ['an empty 403', answerOf(403, ''), 'refused', 'refused (403)'],
  ['an empty 500', answerOf(500, ''), 'service_error', '(500)'],
  [
    'a redirect',
    { status: 302, headers: { location: '/login' }, body: '' },
    'bad_answer',
    'redirected to another address',
  ],
]

describe.each(services)('$name', (service) => {
  const rig = rigs[service.name as keyof typeof rigs]
  const called = transcriptsOf(service.name).filter(({ name }) => name in rig.calls)

  test('says that it has a verb exactly when its client has it', async () => {
    const client = await service.client()
    for (const [operation, half] of Object.entries(HALF_OF)) {
      expect([operation, client[half] === null]).toEqual([
        operation,
        service.operations[operation as Operation] === null,
      ])
    }
  })

  test('has an exchange for each call that it says it makes', () => {
    const exchanged = called.map(({ request: { method, path } }) => `${method} ${path}`)
    const calls = Object.values(service.operations).flatMap((means) => means?.calls ?? [])
    expect(exchanged).toEqual(expect.arrayContaining(calls))
  })

  describe.each(called)('$name', (transcript) => {
    const operation = operationOf(service, transcript) as Operation
    const call = `${transcript.request.method} ${transcript.request.path}`
    const documented = documentedAnswer(rig, transcript)

    test.each(good)('takes %s', async (_, change) => {
      const { value, failure } = await exchange(service, rig, transcript, change(documented))
      expect(failure).toBeNull()
      expect(value).toEqual(GIVES[operation])
    })

    test.each(bad)('makes one sentence of %s', async (_, answer, code, words) => {
      const { failure, requests } = await exchange(service, rig, transcript, answer)
      expect(failure).toMatchObject({ code, status: answer.status })
      expectOneSentence(failure!, call)
      expect(failure!.message).toContain(words)
      for (const secret of ['authorization', 'x-api-key']) {
        const sent = requests[0]?.headers[secret]
        if (sent) expect(failure!.message).not.toContain(sent)
      }
    })
  })
})
