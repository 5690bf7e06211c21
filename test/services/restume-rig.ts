import { Secret } from '../../src/vocabulary/secret.ts'
import { makeHandClock } from '../server/hand-clock.ts'
import { bearer, GOOGLE, HERSHEL, makeRestumeHalf, type RestumeHalf } from './restume-half.ts'
import type { Rig, Values } from './rig.ts'
import type { Kinds } from './transcripts.ts'

const HEADER = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9'
const YOU = { username: 'yourname', email: 'you@example.com', password: 'secureP@ss123', full_name: 'Your Name' }

/** What the pages' placeholders stand for. */
export const kinds: Kinds = {
  id: {
    pattern: /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/,
    example: 'b2c3d4e5-6789-4bcd-8f01-23456789abcd',
  },
  instant: { pattern: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/, example: '2026-02-16T10:30:00Z' },
  // The header of the pages' own token, to the letter.
  jwt: { pattern: new RegExp(`${HEADER}\\.[\\w-]+\\.[\\w-]+`), example: `${HEADER}.eyJleHAiOjE3NzEyNDE0MDB9.c2ln` },
  key: { pattern: /rst_[0-9a-f]{64}/, example: 'rst_a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5' },
  prefix: { pattern: /rst_[0-9a-f]{8}/, example: 'rst_a1b2' },
  username: { pattern: /[A-Za-z0-9]{3,50}/, example: HERSHEL.username },
  email: { pattern: /[^@]+@[^@]+/, example: HERSHEL.email },
  full_name: { pattern: /.{1,200}/, example: HERSHEL.full_name },
  password: { pattern: /.{8,128}/, example: 'another P@ss' },
  code: { pattern: /\d{6}/, example: '012345' },
  token: { pattern: /[\w-]{43}/, example: 'a1b2c3d4'.repeat(5) },
  id_token: { pattern: /.+/, example: `${HEADER}.e30.c2ln` },
  message: { pattern: /.{10,}/, example: 'a letter is on its way' },
  google_linked: { pattern: /true|false/, example: true },
  has_password: { pattern: /true|false/, example: true },
  can_unlink_google: { pattern: /true|false/, example: true },
  methods: { pattern: /\["password"(?:,"google")?\]/, example: ['password', 'google'] },
}

const signedIn = async (restume: RestumeHalf): Promise<{ jwt: string }> => {
  await restume.register()
  return { jwt: (await restume.logIn()).authorization.replace('Bearer ', '') }
}
const withKey = async (restume: RestumeHalf) => {
  const { jwt } = await signedIn(restume)
  const { id, raw_key } = await restume.createKey(bearer(jwt))
  return { jwt, id, key: raw_key }
}

/** What came before a documented exchange, told in the service's own verbs; gives what its placeholders stand for. */
const before: Record<string, (restume: RestumeHalf) => Promise<Values>> = {
  register: async () => ({}),
  'register-guide': async () => ({}),
  login: async (restume) => {
    await restume.register()
    return {}
  },
  'login-guide': async (restume) => {
    await restume.register(YOU)
    return {}
  },
  'keys-create': signedIn,
  'keys-create-guide': signedIn,
  'keys-create-python': signedIn,
  'keys-create-account': signedIn,
  'keys-list': withKey,
  'keys-delete': withKey,
  account: signedIn,
  'google-unlink': async (restume) => {
    await restume.register()
    await restume.verify()
    const { json } = await restume.withGoogle()
    return { jwt: json.access_token }
  },
  'profile-key': withKey,
  'profile-jwt': signedIn,
  'verify-email': async (restume) => {
    await restume.register()
    return { code: restume.lastCode() }
  },
  'resend-verification': async (restume) => {
    await restume.register()
    return {}
  },
  google: async (restume) => {
    await restume.withGoogle(GOOGLE)
    return { id_token: 'id-token-0' }
  },
  'forgot-password': async (restume) => {
    await restume.register()
    return {}
  },
  'reset-password': async (restume) => {
    await restume.register()
    await restume.call('POST', '/v1/auth/forgot-password', { body: { email: HERSHEL.email } })
    return { token: restume.lastCode(), password: 'another P@ss' }
  },
}

export const arrange: Rig['arrange'] = async (transcript) => {
  const restume = makeRestumeHalf(makeHandClock(transcript.at))
  const values = await before[transcript.name]?.(restume)
  if (!values) throw new Error(`nothing says what comes before ${transcript.name}`)
  return {
    values,
    send: (method, path, headers, body) => restume.call(method, path, body === null ? { headers } : { headers, body }),
  }
}

const newAccount = ({ full_name, password, ...who }: typeof HERSHEL) => ({
  ...who,
  name: full_name,
  password: new Secret(password),
})
const key = (name: string) => ({ name, scopes: null, expiresInDays: null })
const { email } = HERSHEL

export const calls: Rig['calls'] = {
  register: (client, http) => client.signUp!(http, newAccount(HERSHEL)),
  'register-guide': (client, http) => client.signUp!(http, newAccount(YOU)),
  login: (client, http) =>
    client.passwordSignIn!(http, { name: HERSHEL.username, password: new Secret(HERSHEL.password) }),
  'login-guide': (client, http) =>
    client.passwordSignIn!(http, { name: YOU.username, password: new Secret(YOU.password) }),
  'keys-create': (client, http) => client.createKey!(http, key('my-app-key')),
  'keys-create-guide': (client, http) => client.createKey!(http, key('my-app-key')),
  'keys-create-account': (client, http) => client.createKey!(http, key('Human-readable key label')),
  'keys-list': (client, http) => client.listKeys!(http),
  'keys-delete': (client, http, { id = '' }) => client.revokeKey!(http, id),
  account: (client, http) => client.account(http),
  'google-unlink': (client, http) => client.unlinkGoogle!(http),
  'verify-email': (client, http, { code = '' }) => client.verifyEmail!(http, { email, code: new Secret(code) }),
  'resend-verification': (client, http) => client.resendVerification!(http, email),
  google: (client, http, { id_token = '' }) => client.googleSignIn!(http, new Secret(id_token)),
  'forgot-password': (client, http) => client.forgotPassword!(http, email),
  'reset-password': (client, http, { token = '', password = '' }) =>
    client.resetPassword!(http, { token: new Secret(token), password: new Secret(password) }),
}

export const notCalled: Rig['notCalled'] = {
  'keys-create-python': 'the page reads one field of the answer; the whole of it is in keys-create',
  'profile-key': 'a sample: `keyturn api /v1/me/profile` asks for it',
  'profile-jwt': 'a sample: `keyturn api /v1/me/profile` asks for it',
}

export const additions: Rig['additions'] = {}
