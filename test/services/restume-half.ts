import type { Letter } from '../../src/server/public.ts'
import type { GoogleIdentity, ReferenceService } from '../../src/server/reference-service.ts'
import { Refusal } from '../../src/server/refusal.ts'
import { makeServer } from '../../src/services/restume/server.ts'
import { makeServerContext } from '../server/context.ts'
import { type HandClock, makeHandClock } from '../server/hand-clock.ts'

const API = 'http://localhost:8000'
export const HERSHEL = {
  username: 'hershel',
  email: 'hershel@example.com',
  password: 'secureP@ss123',
  full_name: 'Hershel Moshkovitz',
}
export const RUTH = { username: 'ruth', email: 'ruth@example.com', password: 'secureP@ss456', full_name: 'Ruth' }
export const GOOGLE: GoogleIdentity = {
  subject: '1077',
  email: HERSHEL.email,
  emailVerified: true,
  name: 'Hershel M.',
}

export interface Answered {
  status: number
  headers: Headers
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server sent, for a test to look into
  json: any
}

/** Status and text of a refusal. */
export const detailOf = ({ status, json }: Answered): unknown[] => [status, json.detail]
/** The fields that a 422 complains about, and of what kind. */
export const fieldsOf = ({ status, json }: Answered): unknown[] => [
  status,
  ...json.detail.map(({ loc, type }: { loc: string[]; type: string }) => `${loc.join('.')}: ${type}`),
]
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

export interface RestumeHalf {
  clock: HandClock
  service: ReferenceService
  faults: unknown[]
  letters: Letter[]
  call(method: string, path: string, options?: { body?: unknown; headers?: Record<string, string> }): Promise<Answered>
  register(who?: typeof HERSHEL): Promise<Answered>
  /** The header that a session signs with. */
  logIn(who?: { username: string; password: string }): Promise<{ authorization: string }>
  withGoogle(identity?: GoogleIdentity): Promise<Answered>
  createKey(headers: Record<string, string>): Promise<{ id: string; raw_key: string; prefix: string }>
  /** What the last letter to an address had in it. */
  lastCode(email?: string): string
  /** The code that the last letter brought, sent back. */
  verify(email?: string): Promise<Answered>
}

/** RESTume's reference half without a socket, with a clock in the test's hands, and with an issuer of its own. */
export const makeRestumeHalf = (clock = makeHandClock(), changes: { google?: null } = {}): RestumeHalf => {
  const issued = new Map<string, GoogleIdentity>()
  const google = async (idToken: string): Promise<GoogleIdentity> => {
    const identity = issued.get(idToken)
    if (!identity) throw new Refusal(401, 'INVALID_CREDENTIAL', 'this is no credential of the issuer')
    return identity
  }
  const context = makeServerContext({ clock, google, ...changes })
  const { faults, letters } = context
  const service = makeServer(context)

  const call: RestumeHalf['call'] = async (method, path, { body, headers = {} } = {}) => {
    const json = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
    const request = new Request(API + path, { method, headers: { ...type, ...headers }, ...json })
    const answer = await service.listeners[0]!.fetch(request, { address: '127.0.0.1' })
    const text = await answer.text()
    // Some letters are sent when the answer has gone.
    await new Promise((resolve) => setImmediate(resolve))
    const isJson = answer.headers.get('content-type')?.startsWith('application/json')
    return { status: answer.status, headers: answer.headers, text, json: isJson ? JSON.parse(text) : null }
  }
  const lastCode: RestumeHalf['lastCode'] = (email = HERSHEL.email) =>
    letters.findLast(({ to }) => to === email)?.code ?? ''

  return {
    clock,
    service,
    faults,
    letters,
    call,
    lastCode,
    register: (who = HERSHEL) => call('POST', '/v1/auth/register', { body: who }),
    async logIn({ username, password } = HERSHEL) {
      const { json } = await call('POST', '/v1/auth/login', { body: { username, password } })
      return bearer(json.access_token)
    },
    withGoogle(identity = GOOGLE) {
      const credential = `id-token-${issued.size}`
      issued.set(credential, identity)
      return call('POST', '/v1/auth/google', { body: { credential } })
    },
    createKey: async (headers) =>
      (await call('POST', '/v1/auth/api-keys', { body: { name: 'my-app-key' }, headers })).json,
    verify: (email = HERSHEL.email) =>
      call('POST', '/v1/auth/verify-email', { body: { email, code: lastCode(email) } }),
  }
}
