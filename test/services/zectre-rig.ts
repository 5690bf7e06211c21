import type { Http } from '../../src/http/http.ts'
import type { ServiceClient } from '../../src/services/service.ts'
import type { Json } from '../../src/vocabulary/json.ts'
import { Secret } from '../../src/vocabulary/secret.ts'
import { makeHandClock } from '../server/hand-clock.ts'
import type { Rig } from './rig.ts'
import type { Kinds, Transcript } from './transcripts.ts'
import { ALICE, makeZectreHalf, type ZectreHalf } from './zectre-half.ts'

const USER = {
  id: '0b1c2d3e-4f50-4617-8829-3a4b5c6d7e8f',
  email: 'alice@example.com',
  name: 'Alice',
  is_admin: false,
  created_at: '2026-03-27T10:00:00Z',
}

/** What the page's placeholders stand for. */
export const kinds: Kinds = {
  id: { pattern: /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/, example: USER.id },
  instant: { pattern: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/, example: '2026-03-27T10:00:00Z' },
  jwt: { pattern: /eyJ[\w-]+\.[\w-]+\.[\w-]+/, example: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln' },
  key: { pattern: /zec_[0-9a-f]{64}/, example: `zec_1234abcd${'0'.repeat(56)}` },
  prefix: { pattern: /zec_[0-9a-f]{8}/, example: 'zec_1234abcd' },
  code: { pattern: /[\w-]{43}/, example: 'a1b2c3d4'.repeat(5) },
  email: { pattern: /[^@]+@[^@]+/, example: ALICE.email },
  password: { pattern: /.{8,}/, example: ALICE.password },
  user: {
    pattern: /\{"id":"[^"]+","email":"[^"]+","name":"Alice","is_admin":false,"created_at":"[^"]+"\}/,
    example: USER,
  },
}

type Values = Record<string, Json>
/** What came before a documented exchange, told in the service's own verbs; gives what its placeholders stand for. */
const before: Record<string, (zectre: ZectreHalf) => Promise<Values>> = {
  signup: async () => ({}),
  login: async (zectre) => {
    await zectre.signUp()
    return {}
  },
  user: (zectre) => signedIn(zectre),
  'cli-initiate': async () => ({}),
  'cli-status-pending': async (zectre) => ({ code: (await zectre.initiate()).code }),
  'cli-status-completed': async (zectre) => {
    await zectre.signUp()
    const { code } = await zectre.initiate()
    await zectre.complete(code)
    return { code }
  },
  'cli-complete': async (zectre) => {
    await zectre.signUp()
    return { code: (await zectre.initiate()).code, email: ALICE.email, password: ALICE.password }
  },
  'keys-list': async (zectre) => {
    const { jwt } = await signedIn(zectre)
    const { key } = await createKey(zectre, jwt)
    await zectre.call('GET', '/api/v1/user', { headers: { 'x-api-key': key } })
    return { jwt }
  },
  'keys-create': (zectre) => signedIn(zectre),
  'keys-delete': async (zectre) => {
    const { jwt } = await signedIn(zectre)
    const { id } = await createKey(zectre, jwt)
    return { jwt, id }
  },
}

const signedIn = async (zectre: ZectreHalf) => {
  await zectre.signUp()
  const { authorization } = await zectre.logIn()
  return { jwt: authorization.replace('Bearer ', '') }
}
const createKey = async (zectre: ZectreHalf, jwt: string) =>
  (
    await zectre.call('POST', '/api/v1/api-keys', {
      body: { name: 'CI key' },
      headers: { authorization: `Bearer ${jwt}` },
    })
  ).json as { id: string; key: string }

/** A reference half at the point where the exchange begins. */
export const arrange = async (transcript: Transcript) => {
  const zectre = makeZectreHalf(makeHandClock(transcript.at))
  const arranged = await before[transcript.name]?.(zectre)
  if (!arranged) throw new Error(`nothing says what comes before ${transcript.name}`)
  const send = (method: string, path: string, headers: Record<string, string>, body: Json) =>
    zectre.call(method, path, body === null ? { headers } : { headers, body })
  return { values: arranged, send }
}

const alice = { email: ALICE.email, password: new Secret(ALICE.password) }

export const calls: Rig['calls'] = {
  signup: (client, http) => client.signUp!(http, { ...alice, name: ALICE.name, username: null }),
  login: (client, http) => client.passwordSignIn!(http, { name: ALICE.email, password: alice.password }),
  user: (client, http) => client.account(http),
  'cli-initiate': (client, http) =>
    client.browserSignIn!.initiate(http, { deviceName: 'My MacBook', pollChallenge: 'c'.repeat(43) }),
  'cli-status-pending': (client, http, { code = '' }) => askStatus(client, http, code),
  'cli-status-completed': (client, http, { code = '' }) => askStatus(client, http, code),
  'cli-complete': (client, http, { code = '' }) =>
    client.browserSignIn!.complete(http, { code: new Secret(code), ...alice }),
  'keys-list': (client, http) => client.listKeys!(http),
  'keys-create': (client, http) =>
    client.createKey!(http, { name: 'GitHub Actions', scopes: ['*'], expiresInDays: 90 }),
  'keys-delete': (client, http, { id = '' }) => client.revokeKey!(http, id),
}

const askStatus = async (client: ServiceClient, http: Http, code: string) => {
  const { askStatus, judgeStatus } = client.browserSignIn!
  return judgeStatus(await askStatus(http, new Secret(code), new Secret('v'.repeat(43))))
}

export const notCalled: Rig['notCalled'] = {}

/** keyturn's own, which a server is free to ignore: it binds the answers to the program that asked. */
export const additions: Rig['additions'] = { 'cli-initiate': ['poll_challenge'] }
