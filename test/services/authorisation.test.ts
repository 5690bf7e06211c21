import { describe, expect, test } from 'vitest'
import type { ApiDescription } from '../../src/server/openapi.ts'
import { description as curateMe } from '../../src/services/curate-me/openapi.ts'
import { services } from '../../src/services/registry.ts'
import { description as restume } from '../../src/services/restume/openapi.ts'
import { description as zectre } from '../../src/services/zectre/openapi.ts'
import { makeServerContext } from '../server/context.ts'
import { DAY } from '../server/hand-clock.ts'

type Headers = Record<string, string>
type Sent = { status: number; json: Record<string, string> }
type Send = (call: string, body?: object | null, headers?: Headers) => Promise<Sent>

const ANN = { username: 'ann', email: 'ann@example.com', password: 'a long password', full_name: 'Ann', name: 'Ann' }
const BOB = { ...ANN, username: 'bob', email: 'bob@example.com' }
const bearer = (token = ''): Headers => ({ authorization: `Bearer ${token}` })
const apiKey = (key = ''): Headers => ({ 'x-api-key': key })

interface Rules {
  description: ApiDescription
  register: string
  /** The tokens of somebody who is signed in. */
  signIn(send: Send, who: typeof ANN): Promise<{ session: Headers; refresh?: string }>
  createKey(send: Send, session: Headers): Promise<{ id: string; key: string }>
  /** `null`: the service has no such call. */
  revoke: string | null
}
const rules: Record<string, Rules> = {
  restume: {
    description: restume,
    register: 'POST /v1/auth/register',
    signIn: async (send, who) => ({ session: bearer((await send('POST /v1/auth/login', who)).json.access_token) }),
    createKey: async (send, session) => {
      const { json } = await send('POST /v1/auth/api-keys', { name: 'ci' }, session)
      return { id: json.id ?? '', key: json.raw_key ?? '' }
    },
    revoke: 'DELETE /v1/auth/api-keys/',
  },
  zectre: {
    description: zectre,
    register: 'POST /api/v1/auth/signup',
    signIn: async (send, who) => ({ session: bearer((await send('POST /api/v1/auth/login', who)).json.token) }),
    createKey: async (send, session) => {
      const { json } = await send('POST /api/v1/api-keys', { name: 'ci' }, session)
      return { id: json.id ?? '', key: json.key ?? '' }
    },
    revoke: 'DELETE /api/v1/api-keys/',
  },
  'curate-me': {
    description: curateMe,
    register: 'POST /api/v1/auth/register',
    async signIn(send, who) {
      const { json } = await send('POST /api/v1/auth/login', who)
      const profile = await send('GET /api/v1/user/profile', null, bearer(json.access_token))
      const org = (profile.json.id ?? '').replace(/^usr/, 'org')
      return { session: { ...bearer(json.access_token), 'x-org-id': org }, refresh: json.refresh_token ?? '' }
    },
    createKey: async (send, session) => {
      const { json } = await send('POST /api/v1/b2b/api-keys', { name: 'ci', scopes: ['agents:read'] }, session)
      return { id: json.id ?? '', key: json.key ?? '' }
    },
    revoke: null,
  },
}

const arrange = async (name: string) => {
  const service = services.find((each) => each.name === name)!
  const context = makeServerContext()
  const half = (await service.server())(context)
  const send: Send = async (call, body = null, headers = {}) => {
    const [method = '', path = ''] = call.split(' ')
    const json = body === null ? {} : { body: JSON.stringify(body) }
    const type: Headers = body === null ? {} : { 'content-type': 'application/json' }
    const request = new Request(`http://localhost:1${path}`, { method, headers: { ...type, ...headers }, ...json })
    const answer = await half.listeners[0]!.fetch(request, { address: '127.0.0.1' })
    const text = await answer.text()
    return { status: answer.status, json: text === '' ? {} : JSON.parse(text) }
  }
  const { description, register, signIn, createKey, revoke } = rules[name]!
  for (const who of [ANN, BOB]) expect((await send(register, who)).status).toBeLessThan(300)
  const { session, refresh } = await signIn(send, ANN)
  const { id, key } = await createKey(send, session)
  return { context, send, signIn, createKey, session, refresh, id, key, revoke, description }
}

const signed = (description: ApiDescription) =>
  Object.values(description.calls).filter(({ credential }) => credential !== 'none')
/** With an id that nobody has: what is asked here is who may ask at all. */
const filled = (call: string, org = ''): string =>
  call.replace('{org_id}', org).replace(/\{\w+\}/, '00000000-0000-4000-8000-000000000000')

describe.each(Object.keys(rules))('who may do what at %s (row 174)', (name) => {
  const { description } = rules[name]!
  // Answered with 404, 422 and the like by whoever was let in.
  const isLetIn = (status: number) => status !== 401 && status !== 403

  test.each(signed(description))('$call, by $credential', async ({ call: documented, credential }) => {
    const { context, send, session, refresh, key } = await arrange(name)
    const org = session['x-org-id'] ?? ''
    const call = filled(documented, org)
    const body = call.startsWith('POST') && !call.endsWith('unlink') ? {} : null
    const asked = async (headers: Headers) => (await send(call, body, headers)).status
    for (const headers of [
      {},
      bearer('x'),
      apiKey('x'),
      bearer(key),
      apiKey(session.authorization?.slice(7)),
      bearer(refresh),
    ]) {
      expect(await asked({ 'x-org-id': org, ...headers })).toBe(401)
    }
    expect(await asked({ ...session, ...apiKey(key) }), 'two credentials').toBe(401)
    // What an account is not allowed on its plan is a 403 to everybody.
    const closed = /insights|admin\/users/.test(call)
    if (!closed) expect(isLetIn(await asked(session))).toBe(credential !== 'key')
    if (!closed) expect(isLetIn(await asked(apiKey(key)))).toBe(credential !== 'session')
    context.clock.advance(8 * DAY)
    expect(await asked(session), 'an ended session').toBe(401)
  })
})

test.each(Object.keys(rules).filter((name) => rules[name]?.revoke !== null))(
  'a revoked key of %s opens nothing, and another’s can’t be revoked (rows 143 and 174)',
  async (name) => {
    const { send, signIn, session, id, key, revoke, description } = await arrange(name)
    const bob = await signIn(send, BOB)
    expect((await send(`${revoke}${id}`, null, bob.session)).status).toBe(404)
    expect((await send(`${revoke}${id}`, null, session)).status).toBe(204)
    for (const { call, credential } of signed(description)) {
      if (credential !== 'session') expect((await send(filled(call), null, apiKey(key))).status).toBe(401)
    }
  },
)
