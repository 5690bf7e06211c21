import * as v from 'valibot'
import { clean } from '../vocabulary/clean.ts'
import { Failure, type FailureCode } from '../vocabulary/failure.ts'
import { complaint } from './complaint.ts'
import { retryAfter, serviceTime } from './retry-after.ts'
import type { WireAnswer } from './transport.ts'

/** The JSON of a good answer, checked field by field; anything else is a `Failure` that names the call. */
export const judge = <S extends v.GenericSchema>(
  schema: S,
  answer: WireAnswer,
  operation: string,
): v.InferOutput<S> => {
  assertKnown(answer, operation)
  assertDone(answer, operation)
  const parsed = v.safeParse(schema, readJson(answer, operation))
  if (parsed.success) return parsed.output
  const issue = parsed.issues[0]
  const field = v.getDotPath(issue) ?? 'the answer itself'
  throw new Failure('bad_answer', `${operation} answered without a usable "${clean(field, 80)}"`, {
    status: answer.status,
    ...requestId(answer),
    hint: 'the address (--url) may be that of another service, or the service newer or older than this keyturn (keyturn --version)',
  })
}

/** RFC 9110 §15.5.5, §15.5.6: what answers there knows no such call, or not with this method. */
const NOT_KNOWN = [404, 405]

/** A call that names one thing can be told that there is no such thing; any other one every service of that kind knows. */
const assertKnown = (answer: WireAnswer, operation: string): void => {
  if (!NOT_KNOWN.includes(answer.status) || operation.includes('{')) return
  const said = complaint(answer) ?? 'it says no more'
  throw new Failure('refused', `what answers there does not know ${operation}: ${said} (${answer.status})`, {
    status: answer.status,
    ...requestId(answer),
    hint: 'it may be another service: check the address (--url, KEYTURN_URL); which are usual: keyturn services',
  })
}

/** Any 2xx is success: live services differ from their pages in that. */
export const assertDone = (answer: WireAnswer, operation: string): void => {
  if (answer.status < 200 || answer.status >= 300) throw refusal(answer, operation)
  assertNoPage(answer, operation)
}

/** The sign-in page of a network says 200 to everything: nothing was revoked, reset or sent by it. */
export const assertNoPage = (answer: WireAnswer, operation: string): void => {
  if (/^\s*<(!doctype|html)\b/i.test(answer.body)) throw notJson(answer, operation)
}

export const readJson = (answer: WireAnswer, operation: string): unknown => {
  try {
    return JSON.parse(answer.body.replace(/^\ufeff/, ''))
  } catch {
    throw notJson(answer, operation)
  }
}

const notJson = (answer: WireAnswer, operation: string): Failure => {
  const type = clean(answer.headers['content-type'] ?? 'no content type', 60)
  return new Failure('bad_answer', `${operation} should have answered with JSON and sent ${type}`, {
    status: answer.status,
    ...requestId(answer),
    hint: 'a proxy or a sign-in page of the network may stand in between, or something else be at that address (--url); what answers there: keyturn doctor',
  })
}

const refusal = (answer: WireAnswer, operation: string): Failure => {
  const said = complaint(answer)
  const details = { status: answer.status, ...requestId(answer) }
  const code = codeFor(answer.status)
  if (REDIRECTS.includes(answer.status)) {
    return new Failure(code, `${operation} was redirected to ${whereTo(answer)}, and keyturn follows no redirect`, {
      ...details,
      hint: 'if the service has moved, sign in at its new address: keyturn login --url https://…',
    })
  }
  const wait = code === 'rate_limited' ? retryAfter(answer.headers, serviceTime(answer.headers) ?? 0) : null
  const hint = wait === null ? NEXT[code] : `try again in ${wait === 0 ? 'a moment' : `${Math.ceil(wait / 1000)} s`}`
  return new Failure(code, `${operation}: ${said ?? PLAIN[code] ?? 'refused'} (${answer.status})`, {
    ...details,
    ...(hint === undefined ? {} : { hint }),
  })
}

/** RFC 9110 §15.4: those that send whoever asks to another address. */
const REDIRECTS = [301, 302, 303, 307, 308]

/** The host alone: what stands behind it may repeat what was asked for, which may be a secret. */
const whereTo = ({ headers: { location = '' } }: WireAnswer): string =>
  URL.canParse(location) ? clean(new URL(location).origin, 120) : 'another address'

const codeFor = (status: number): FailureCode => {
  if (status === 401) return 'credential_refused'
  if (status === 408) return 'timed_out'
  if (status === 429) return 'rate_limited'
  if (status >= 500) return 'service_error'
  return status >= 400 ? 'refused' : 'bad_answer'
}

/** For answers that say nothing themselves. */
const PLAIN: Partial<Record<FailureCode, string>> = {
  credential_refused: 'the credential was not accepted',
  timed_out: 'the service gave up waiting',
  rate_limited: 'too many requests',
  service_error: 'the service itself failed',
  bad_answer: 'an answer that nobody asked for',
}

const LOOK = 'to see what was asked and answered, add --verbose'

/** What to do, where the answer does not say. */
const NEXT: Partial<Record<FailureCode, string>> = {
  credential_refused: 'sign in again: keyturn login; which credential was sent: keyturn status --explain',
  refused: LOOK,
  bad_answer: LOOK,
  timed_out: 'try again later; whether it answers at all: keyturn doctor',
  rate_limited: 'wait a little, then try again',
  service_error: 'try again later; whether it answers at all: keyturn doctor',
}

const requestId = (answer: WireAnswer): { requestId?: string } => {
  const id = answer.headers['x-request-id']
  return id === undefined ? {} : { requestId: clean(id, 100) }
}
