import { expect } from 'vitest'
import { connect } from '../../src/http/connect.ts'
import type { Http } from '../../src/http/http.ts'
import type { WireAnswer, WireRequest } from '../../src/http/transport.ts'
import type { Operation, Service } from '../../src/services/service.ts'
import { EXIT_CODES, Failure } from '../../src/vocabulary/failure.ts'
import type { Json } from '../../src/vocabulary/json.ts'
import { Secret } from '../../src/vocabulary/secret.ts'
import { handTime } from '../session/hand-time.ts'
import type { ClientCall, Rig } from './rig.ts'
import { fill, type Transcript } from './transcripts.ts'

const examplesOf = ({ kinds }: Rig): Record<string, Json> =>
  Object.fromEntries(Object.entries(kinds).map(([kind, { example }]) => [kind, example]))

/** A documented text with examples in place of what the page writes for them. */
const filler = (rig: Rig, transcript: Transcript) => (documented: Json) => fill(documented, transcript, examplesOf(rig))

/** The documented answer as it would come over the wire. */
export const documentedAnswer = (rig: Rig, transcript: Transcript): WireAnswer => {
  const { status, body } = transcript.response
  return answerOf(status, body === null ? '' : filler(rig, transcript)(body))
}

export const answerOf = (status: number, body: Json, type = 'application/json'): WireAnswer => ({
  status,
  headers: body === '' ? {} : { 'content-type': type },
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

/** What the documentation shows of a request, with examples filled in; names of headers in lower case. */
export const documentedRequest = (rig: Rig, transcript: Transcript) => {
  const filled = filler(rig, transcript)
  const { method, path, headers, body } = transcript.request
  const sent = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(filled(value))])
  return {
    method,
    path: String(filled(path)),
    headers: Object.fromEntries(sent) as Record<string, string>,
    body: body === null ? null : filled(body),
  }
}

/** Has the client make the call of an exchange, signed as the page shows it, and gives it an answer. */
export const exchange = async (service: Service, rig: Rig, transcript: Transcript, answer: WireAnswer) => {
  const { headers } = documentedRequest(rig, transcript)
  const requests: WireRequest[] = []
  const time = handTime()
  const key = headers['x-api-key']
  const token = headers.authorization?.replace('Bearer ', '') ?? 'a-session-that-this-call-has-no-use-for'
  const http: Http = connect({
    base: new URL(service.url),
    adminBase: service.adminUrl === null ? null : new URL(service.adminUrl),
    org: headers['x-org-id'] ?? null,
    credential: key
      ? { kind: 'api_key', key: new Secret(key), origin: 'given' }
      : { kind: 'session', access: new Secret(token), refresh: null, expiresAt: null },
    transport: async (request) => {
      requests.push(request)
      return answer
    },
    clock: time.clock,
    wait: time.wait,
    signal: new AbortController().signal,
    timeoutMilliseconds: 30_000,
    userAgent: 'keyturn/test',
  })
  const call = rig.calls[transcript.name] as ClientCall
  const examples = examplesOf(rig) as Record<string, string>
  const outcome = await call(await service.client(), http, examples).then(
    (value) => ({ value, failure: null }),
    (failure: unknown) => {
      if (failure instanceof Failure) return { value: null, failure }
      throw failure
    },
  )
  return { requests, ...outcome }
}

/** The operation that an exchange is a part of. */
export const operationOf = (service: Service, { request: { method, path } }: Transcript): Operation | undefined =>
  (Object.keys(service.operations) as Operation[]).find((operation) =>
    service.operations[operation]?.calls.includes(`${method} ${path}`),
  )

const textOrNull = expect.toSatisfy((value) => value === null || typeof value === 'string')
const ACCOUNT = { id: textOrNull, username: textOrNull, email: textOrNull, name: textOrNull, created_at: textOrNull }
const SESSION = {
  kind: 'session',
  access: expect.any(Secret),
  refresh: expect.toSatisfy((value) => value === null || value instanceof Secret),
  expiresAt: textOrNull,
}
const KEY = {
  id: expect.any(String),
  name: textOrNull,
  prefix: textOrNull,
  scopes: expect.toSatisfy((value) => value === null || Array.isArray(value)),
  is_active: expect.toSatisfy((value) => value === null || typeof value === 'boolean'),
  expires_at: textOrNull,
  last_used_at: textOrNull,
  created_at: textOrNull,
}

/** What each verb gives, in our vocabulary. */
export const GIVES: Record<Operation, unknown> = {
  'sign-up': { account: expect.objectContaining(ACCOUNT), session: expect.toSatisfy(() => true) },
  'browser-sign-in': expect.toSatisfy(
    (value) => value.code instanceof Secret || ['pending', 'completed', 'expired'].includes(value.status),
  ),
  'password-sign-in': { session: SESSION, account: expect.toSatisfy(() => true) },
  'google-sign-in': { session: SESSION, account: expect.toSatisfy(() => true) },
  'verify-email': undefined,
  'resend-verification': undefined,
  'forgot-password': undefined,
  'reset-password': undefined,
  refresh: SESSION,
  'sign-out': undefined,
  account: expect.objectContaining(ACCOUNT),
  'unlink-google': expect.objectContaining(ACCOUNT),
  'create-key': { ...KEY, key: expect.any(Secret) },
  'list-keys': [KEY],
  'revoke-key': undefined,
}

/** One sentence on one line, that names the call, says no more than a person can read, and hides no `[object Object]`. */
export const expectOneSentence = ({ message, code, exitCode }: Failure, call: string): void => {
  expect(message).toMatch(/^[ -~“”’…]{10,300}$/)
  expect(message).toContain(call)
  expect(message).not.toMatch(/undefined|null|\[object|NaN|<\w/)
  expect(exitCode).toBe(EXIT_CODES[code])
}
