import type { ReferenceService, ServerWishes } from '../../src/server/reference-service.ts'
import { makeServer } from '../../src/services/zectre/server.ts'
import { makeServerContext } from '../server/context.ts'
import { type HandClock, makeHandClock } from '../server/hand-clock.ts'

export const API = 'http://localhost:47080'
export const DASHBOARD = 'http://localhost:47081'
export const ALICE = { email: 'alice@example.com', password: 'hunter2abc', name: 'Alice' }
export const BOB = { email: 'bob@example.com', password: 'hunter3abc', name: 'Bob' }

export interface Answered {
  status: number
  headers: Headers
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server sent, for a test to look into
  json: any
}

/** Status and error code of a refusal. */
export const codeOf = ({ status, json }: Answered): unknown[] => [status, json.error.code]

export interface ZectreHalf {
  clock: HandClock
  service: ReferenceService
  /** A request to the API, its body as JSON. */
  call(
    method: string,
    path: string,
    options?: { body?: unknown; headers?: Record<string, string>; from?: string },
  ): Promise<Answered>
  /** A request to the dashboard; `form` is submitted as a browser would. */
  visit(
    method: string,
    path: string,
    options?: { form?: Record<string, string>; headers?: Record<string, string> },
  ): Promise<Answered>
  signUp(who?: typeof ALICE): Promise<Answered>
  /** The header that a session signs with. */
  logIn(who?: typeof ALICE): Promise<{ authorization: string }>
  initiate(
    body?: object,
    from?: string,
  ): Promise<{ code: string; auth_url: string; expires_at: string; poll_bound?: true }>
  status(code: string, headers?: Record<string, string>): Promise<Answered>
  complete(code: string, who?: typeof ALICE): Promise<Answered>
  faults: unknown[]
  /** From now on, checking one is a fault of the server's. */
  breakPasswords(): void
}

/** zectre's reference half without a socket, on the documented addresses, with a clock in the test's hands. */
export const makeZectreHalf = (clock = makeHandClock(), wishes: Partial<ServerWishes> = {}): ZectreHalf => {
  const context = makeServerContext({
    clock,
    wishes: { rotate: false, zectreJwks: null, ...wishes },
    addressOf: (listener) => (listener === 'zectre_dashboard' ? DASHBOARD : API),
  })
  const { faults } = context
  const service = makeServer(context)
  const send = async (listener: string, request: Request, address = '127.0.0.1'): Promise<Answered> => {
    const found = service.listeners.find(({ name }) => name === listener)
    if (!found) throw new Error(`no listener ${listener}`)
    const answer = await found.fetch(request, { address })
    const text = await answer.text()
    const isJson = answer.headers.get('content-type')?.startsWith('application/json')
    return { status: answer.status, headers: answer.headers, text, json: isJson ? JSON.parse(text) : null }
  }
  const call: ZectreHalf['call'] = (method, path, { body, headers = {}, from } = {}) => {
    const json = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
    return send('zectre', new Request(API + path, { method, headers: { ...type, ...headers }, ...json }), from)
  }
  return {
    clock,
    service,
    faults,
    breakPasswords() {
      context.passwords.matches = () => Promise.reject(new Error('a fault on purpose'))
    },
    call,
    visit(method, path, { form, headers = {} } = {}) {
      const body = form === undefined ? {} : { body: new URLSearchParams(form) }
      return send('zectre_dashboard', new Request(DASHBOARD + path, { method, headers, ...body }))
    },
    signUp: (who = ALICE) => call('POST', '/api/v1/auth/signup', { body: who }),
    async logIn({ email, password } = ALICE) {
      const { json } = await call('POST', '/api/v1/auth/login', { body: { email, password } })
      return { authorization: `Bearer ${json.token}` }
    },
    initiate: async (body = {}, from = '127.0.0.1') =>
      (await call('POST', '/api/v1/auth/cli/initiate', { body, from })).json,
    status: (code, headers = {}) => call('GET', `/api/v1/auth/cli/status/${code}`, { headers }),
    complete: (code, { email, password } = ALICE) =>
      call('POST', '/api/v1/auth/cli/complete', { body: { code, email, password } }),
  }
}
