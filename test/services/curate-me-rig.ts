import { SCOPES } from '../../src/services/curate-me/wire.ts'
import type { Json } from '../../src/vocabulary/json.ts'
import { Secret } from '../../src/vocabulary/secret.ts'
import { makeHandClock } from '../server/hand-clock.ts'
import { bearer, type CurateMeHalf, JANE, makeCurateMeHalf } from './curate-me-half.ts'
import type { Rig } from './rig.ts'
import type { Kinds, Transcript } from './transcripts.ts'

const JWT = {
  pattern: /eyJhbGciOiJIUzI1NiIs[\w-]+\.[\w-]+\.[\w-]+/,
  example: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhIn0.c2ln',
}

/** What the page's placeholders stand for. */
export const kinds: Kinds = {
  // The page cuts access and refresh token short to the same text.
  jwt: { ...JWT, several: true },
  access: JWT,
  user: { pattern: /usr_[0-9a-f]{24}/, example: 'usr_0123456789abcdef01234567' },
  org: { pattern: /org_[0-9a-f]{24}/, example: 'org_0123456789abcdef01234567' },
  id: { pattern: /key_[0-9a-f]{32}/, example: 'key_0123456789abcdef0123456789abcdef' },
  key: { pattern: /cm_live_sk_[0-9a-f]{64}/, example: `cm_live_sk_1234abcd${'0'.repeat(56)}` },
}

type Values = Record<string, Json>
/** What came before a documented exchange, told in the service's own verbs; gives what its placeholders stand for. */
const before: Record<string, (curateMe: CurateMeHalf) => Promise<Values>> = {
  register: async () => ({}),
  login: async (curateMe) => {
    await curateMe.register()
    return {}
  },
  refresh: async (curateMe) => ({ jwt: (await signedIn(curateMe)).refresh_token }),
  logout: async (curateMe) => {
    const { access_token, refresh_token } = await signedIn(curateMe)
    return { access: access_token, jwt: refresh_token }
  },
  profile: async (curateMe) => ({ jwt: (await signedIn(curateMe)).access_token }),
  'agents-status-jwt': async (curateMe) => {
    const { access_token } = await signedIn(curateMe)
    return { jwt: access_token, org: curateMe.orgOf() }
  },
  'agents-status-key': async (curateMe) => {
    const { access_token } = await signedIn(curateMe)
    const { json } = await curateMe.call('POST', '/api/v1/b2b/api-keys', {
      body: { name: 'Production Integration', scopes: ['agents:read'] },
      headers: { ...bearer(access_token), 'x-org-id': curateMe.orgOf() },
    })
    return { key: json.key }
  },
  'keys-create': async (curateMe) => {
    const { access_token } = await signedIn(curateMe)
    return { access: access_token, org: curateMe.orgOf() }
  },
}

const signedIn = async (curateMe: CurateMeHalf) => {
  await curateMe.register()
  return curateMe.logIn(JANE)
}

/** A reference half at the point where the exchange begins. */
export const arrange = async (transcript: Transcript) => {
  const curateMe = makeCurateMeHalf({}, makeHandClock(transcript.at))
  const arranged = await before[transcript.name]?.(curateMe)
  if (!arranged) throw new Error(`nothing says what comes before ${transcript.name}`)
  const send = (method: string, path: string, headers: Record<string, string>, body: Json) =>
    curateMe.call(method, path, body === null ? { headers } : { headers, body })
  return { values: arranged, send }
}

const jane = { email: JANE.email, password: new Secret(JANE.password) }

export const calls: Rig['calls'] = {
  register: (client, http) => client.signUp!(http, { ...jane, name: JANE.name, username: null }),
  login: (client, http) => client.passwordSignIn!(http, { name: JANE.email, password: jane.password }),
  refresh: (client, http, { jwt = '' }) => client.refresh!(http, new Secret(jwt)),
  logout: (client, http, { jwt = '' }) => client.signOut!(http, new Secret(jwt)),
  profile: (client, http) => client.account(http),
  'keys-create': (client, http) =>
    client.createKey!(http, { name: 'Production Integration', scopes: [...SCOPES], expiresInDays: null }),
}

export const notCalled: Rig['notCalled'] = {
  'agents-status-jwt': 'a sample: `keyturn api /api/v1/admin/agents/status` asks for it',
  'agents-status-key': 'a sample: `keyturn api /api/v1/admin/agents/status` asks for it',
}

export const additions: Rig['additions'] = {}
