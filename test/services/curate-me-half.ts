import type { ServerWishes } from '../../src/server/reference-service.ts'
import { type CurateMeService, makeServer } from '../../src/services/curate-me/server.ts'
import { makeServerContext } from '../server/context.ts'
import { type HandClock, makeHandClock } from '../server/hand-clock.ts'

export const API = 'http://localhost:47090'
export const JANE = { email: 'user@example.com', password: 'securePassword123', name: 'Jane Doe' }
export const BOB = { email: 'bob@example.com', password: 'hunter3abc', name: 'Bob' }

export interface Answered {
  status: number
  headers: Headers
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server sent, for a test to look into
  json: any
}

/** Status and error code of a refusal. */
export const codeOf = ({ status, json }: Answered): unknown[] => [status, json.code]

export interface Tokens {
  access_token: string
  refresh_token: string
}

export interface CurateMeHalf {
  clock: HandClock
  service: CurateMeService
  faults: unknown[]
  /** A request, its body as JSON. */
  call(method: string, path: string, options?: { body?: unknown; headers?: Record<string, string> }): Promise<Answered>
  register(who?: typeof JANE): Promise<Answered>
  logIn(who?: typeof JANE): Promise<Tokens>
  refresh(refresh_token: string): Promise<Answered>
  profile(access_token: string): Promise<Answered>
  /** The account's own organisation. */
  orgOf(who?: typeof JANE): string
}

export const bearer = (access_token: string) => ({ authorization: `Bearer ${access_token}` })

/** Curate-Me's reference half without a socket, with a clock in the test's hands. */
export const makeCurateMeHalf = (wishes: Partial<ServerWishes> = {}, clock = makeHandClock()): CurateMeHalf => {
  const context = makeServerContext({
    clock,
    addressOf: () => API,
    wishes: { rotate: false, zectreJwks: null, ...wishes },
  })
  const service = makeServer(context)
  const call: CurateMeHalf['call'] = async (method, path, { body, headers = {} } = {}) => {
    const json = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
    const request = new Request(API + path, { method, headers: { ...type, ...headers }, ...json })
    const answer = await service.listeners[0]!.fetch(request, { address: '127.0.0.1' })
    const text = await answer.text()
    const isJson = answer.headers.get('content-type')?.startsWith('application/json')
    return { status: answer.status, headers: answer.headers, text, json: isJson ? JSON.parse(text) : null }
  }
  return {
    clock,
    service,
    faults: context.faults,
    call,
    register: (who = JANE) => call('POST', '/api/v1/auth/register', { body: who }),
    logIn: async ({ email, password } = JANE) =>
      (await call('POST', '/api/v1/auth/login', { body: { email, password } })).json,
    refresh: (refresh_token) => call('POST', '/api/v1/auth/refresh', { body: { refresh_token } }),
    profile: (access_token) => call('GET', '/api/v1/user/profile', { headers: bearer(access_token) }),
    orgOf: ({ email } = JANE) => service.organisations.of(email)[0]?.org ?? '',
  }
}
