import type { Clock, Wait } from '../vocabulary/clock.ts'
import { type Credential, credentialHeader, credentialSecret } from '../vocabulary/credential.ts'
import { Failure, isFailure } from '../vocabulary/failure.ts'
import { Secret } from '../vocabulary/secret.ts'
import { secretForms } from '../vocabulary/secret-forms.ts'
import { type Deadline, startDeadline } from './deadline.ts'
import { isForGood } from './explain.ts'
import type { BodyValue, Call, Http } from './http.ts'
import { retryAfter, serviceTime } from './retry-after.ts'
import type { Transport, WireAnswer, WireRequest } from './transport.ts'

/** In MiB: a hundred thousand keys, and half as many again. */
const LONGEST_LIST = 32

const TRIES = 3
/** Nobody sits before a silent terminal for longer; what asks for more is an answer. */
const LONGEST_PAUSE = 5_000
const RETRIED_STATUS = [429, 502, 503, 504]

export interface Connection {
  base: URL
  /** Where B2B calls go; `null`: to `base` as well. */
  adminBase: URL | null
  org: string | null
  credential: Credential | null
  transport: Transport
  clock: Clock
  wait: Wait
  signal: AbortSignal
  /** For one call with all its tries; for an answer that is taken in parts, for each part. */
  timeoutMilliseconds: number
  userAgent: string
  /** One line a request and one an answer, with nothing secret in either. */
  trace?: (line: string) => void
}

/** Puts an address, a credential and the manners (deadline, retries, nothing secret in an error) behind `send`. */
export const connect = (connection: Connection): Http => {
  let offset: number | null = null
  return {
    org: connection.org,
    clockOffset: () => offset,
    send: async (call) => {
      const answer = await exchange(connection, call)
      const told = serviceTime(answer.headers)
      if (told !== null) offset = told - connection.clock.now()
      return answer
    },
  }
}

const exchange = async (connection: Connection, call: Call): Promise<WireAnswer> => {
  const { request, secrets } = prepare(connection, call)
  const deadline = startDeadline(connection.timeoutMilliseconds)
  const signal = AbortSignal.any([connection.signal, deadline.signal])
  if (call.take !== undefined) request.take = deadline.forParts(call.take)
  try {
    return strike(await tried(connection, call, request, signal, deadline), secrets)
  } catch (error) {
    if (!deadline.signal.aborted || connection.signal.aborted || error instanceof Failure) throw error
    const late = deadline.isPartTaken() ? 'sent no more of its answer for' : 'gave no whole answer within'
    throw new Failure(
      'timed_out',
      `${placeOf(connection, request.url)} ${late} ${connection.timeoutMilliseconds / 1000} s`,
      {
        hint: 'try again, or wait longer with --timeout SECONDS',
      },
    )
  } finally {
    deadline.stop()
  }
}

const prepare = (connection: Connection, call: Call): { request: WireRequest; secrets: string[] } => {
  const secrets: string[] = []
  const shown = (value: string | Secret): string => {
    if (typeof value === 'string') return value
    secrets.push(value.reveal())
    return value.reveal()
  }
  const [method = 'GET', template = '/'] = call.operation.split(' ')
  const path = call.params
    ? template.replace(/\{(\w+)\}/g, (_, name) => asPart(shown(call.params?.[name] ?? ''), call.operation))
    : template
  const headers: Record<string, string> = { 'user-agent': connection.userAgent }
  if (call.signed !== false && connection.credential !== null) {
    const { name, value } = credentialHeader(connection.credential)
    headers[name.toLowerCase()] = value.reveal()
    shown(credentialSecret(connection.credential))
  }
  const body = call.body === undefined ? null : JSON.stringify(reveal(call.body, shown))
  if (body !== null || call.raw !== undefined) headers['content-type'] = 'application/json'
  for (const [name, value] of Object.entries(call.headers ?? {})) headers[name] = shown(value)
  const base = (call.admin ? connection.adminBase : null) ?? connection.base
  const url = new URL(base.href.replace(/\/+$/, '') + path)
  const rest = { ...(call.raw && { bytes: call.raw }), ...(call.lists && { most: LONGEST_LIST }) }
  return { request: { method, url, headers, body, ...rest }, secrets }
}

/** An empty part, or one that leads up, would make it another call: that on all keys, say, in place of that on one. */
const asPart = (text: string, operation: string): string => {
  if (!['', '.', '..'].includes(text)) return encodeURIComponent(text)
  throw new Failure('bad_answer', `the service gave "${text}" for what ${operation} needs, and that names nothing`)
}

const reveal = (value: BodyValue, shown: (secret: Secret) => string): unknown => {
  if (value instanceof Secret) return shown(value)
  if (Array.isArray(value)) return value.map((item) => reveal(item, shown))
  if (typeof value !== 'object' || value === null) return value
  const given = Object.entries(value).filter(([, item]) => item !== undefined)
  return Object.fromEntries(given.map(([name, item]) => [name, reveal(item as BodyValue, shown)]))
}

/** A call that only reads is tried again when it went wrong on the way; one that changes something, only after a 429. */
const tried = async (
  connection: Connection,
  call: Call,
  request: WireRequest,
  signal: AbortSignal,
  deadline: Deadline,
) => {
  const end = connection.clock.monotonic() + connection.timeoutMilliseconds
  for (let attempt = 1; ; attempt++) {
    const last = attempt === TRIES || call.retry === false
    const outcome = await once(connection, call, request, signal)
    if (outcome instanceof Failure) {
      if (last || deadline.isHandedOn() || request.method !== 'GET' || !mayPass(outcome)) throw outcome
    } else if (last || !mayRetry(request.method, outcome.status)) {
      return outcome
    }
    const asked = outcome instanceof Failure ? null : retryAfter(outcome.headers, connection.clock.now())
    const pause = asked ?? 250 * 4 ** (attempt - 1)
    const tooLong = pause > LONGEST_PAUSE || connection.clock.monotonic() + pause >= end
    if (!(outcome instanceof Failure) && tooLong) return outcome
    await connection.wait(pause, signal)
  }
}

/** Not so what a proxy refuses: a wrong password that it is told three times may lock somebody out. */
const mayPass = (outcome: Failure): boolean =>
  isFailure(outcome, 'unreachable') && (outcome.status === null || outcome.status >= 500) && !isForGood(outcome.cause)

const mayRetry = (method: string, status: number): boolean =>
  RETRIED_STATUS.includes(status) && (method === 'GET' || status === 429)

const once = async (connection: Connection, call: Call, request: WireRequest, signal: AbortSignal) => {
  const started = connection.clock.monotonic()
  const took = () => `${Math.round(connection.clock.monotonic() - started)} ms`
  connection.trace?.(`> ${call.operation} at ${placeOf(connection, request.url)}`)
  try {
    const answer = await connection.transport(request, signal)
    connection.trace?.(`< ${answer.status} in ${took()}`)
    return answer
  } catch (error) {
    connection.trace?.(`< no answer in ${took()}`)
    if (error instanceof Failure && !signal.aborted) return error
    throw error
  }
}

const placeOf = ({ transport }: Connection, url: URL): string => {
  const proxy = transport.via?.(url) ?? null
  return proxy === null ? url.origin : `${url.origin} through the proxy ${proxy}`
}

/** What an answer repeats of what it was sent must not be carried further: by an error page, or by where it redirects. */
const strike = (answer: WireAnswer, secrets: string[]): WireAnswer => {
  if (answer.status >= 200 && answer.status < 300) return answer
  const forms = secrets
    .filter((secret) => secret.length >= 6)
    .flatMap(secretForms)
    .sort((a, b) => b.length - a.length)
  const struck = (text: string): string => forms.reduce((rest, form) => rest.replaceAll(form, '[redacted]'), text)
  const headers = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, struck(value)]))
  return { ...answer, headers, body: struckBody(answer.body, struck) }
}

/** JSON can write one text in many ways, so what is struck is what it means. */
const struckBody = (body: string, struck: (text: string) => string): string => {
  try {
    return JSON.stringify(JSON.parse(body, (_name, value) => (typeof value === 'string' ? struck(value) : value)))
  } catch {
    return struck(body)
  }
}
