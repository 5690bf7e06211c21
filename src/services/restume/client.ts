import * as v from 'valibot'
import type { Http } from '../../http/http.ts'
import { assertDone, judge } from '../../http/judge.ts'
import type { WireAnswer } from '../../http/transport.ts'
import type { Account } from '../../vocabulary/account.ts'
import { Failure } from '../../vocabulary/failure.ts'
import type { JsonObject } from '../../vocabulary/json.ts'
import type { Key } from '../../vocabulary/key.ts'
import { Secret } from '../../vocabulary/secret.ts'
import { tokenExpiry } from '../../vocabulary/token-expiry.ts'
import type { ServiceClient, SignedIn } from '../service.ts'
import * as wire from './wire.ts'

const SIGN_UP = 'POST /v1/auth/register'
const LOG_IN = 'POST /v1/auth/login'
const GOOGLE = 'POST /v1/auth/google'
const VERIFY = 'POST /v1/auth/verify-email'
const RESEND = 'POST /v1/auth/resend-verification'
const FORGOT = 'POST /v1/auth/forgot-password'
const RESET = 'POST /v1/auth/reset-password'
const ACCOUNT = 'GET /v1/me/account'
const UNLINK = 'POST /v1/me/google/unlink'
const CREATE_KEY = 'POST /v1/auth/api-keys'
const LIST_KEYS = 'GET /v1/auth/api-keys'
const REVOKE_KEY = 'DELETE /v1/auth/api-keys/{key_id}'

const signUp: ServiceClient['signUp'] = async (http, { email, password, username, name }) => {
  const body = { username: username ?? undefined, email, password, full_name: name ?? undefined }
  const user = judge(wire.User, await http.send({ operation: SIGN_UP, body, signed: false }), SIGN_UP)
  return { account: { ...(user as JsonObject), ...shared(user) }, session: null }
}

/** The names that every service shares; the rest of what was sent stands behind them. */
const shared = (said: v.InferOutput<typeof wire.User> | wire.AccountAnswer) => ({
  id: said.id,
  username: said.username,
  email: said.email,
  name: said.full_name,
  created_at: said.created_at,
})

const passwordSignIn: ServiceClient['passwordSignIn'] = async (http, { name, password }) =>
  signedIn(await http.send({ operation: LOG_IN, body: { username: name, password }, signed: false }), LOG_IN)

const googleSignIn: ServiceClient['googleSignIn'] = async (http, idToken) =>
  signedIn(await http.send({ operation: GOOGLE, body: { credential: idToken }, signed: false }), GOOGLE)

/** "Interactive login returns a JWT session only": who it is and until when, the answer does not say. */
const signedIn = (answer: WireAnswer, operation: string): SignedIn => {
  const { access_token } = judge(wire.LoginAnswer, answer, operation)
  const access = new Secret(access_token)
  return { session: { kind: 'session', access, refresh: null, expiresAt: tokenExpiry(access_token) }, account: null }
}

const verifyEmail: ServiceClient['verifyEmail'] = async (http, { email, code }) =>
  assertDone(await http.send({ operation: VERIFY, body: { email, code }, signed: false }), VERIFY)

const resendVerification: ServiceClient['resendVerification'] = async (http, email) =>
  assertDone(await http.send({ operation: RESEND, body: { email }, signed: false }), RESEND)

const forgotPassword: ServiceClient['forgotPassword'] = async (http, email) =>
  assertDone(await http.send({ operation: FORGOT, body: { email }, signed: false }), FORGOT)

const resetPassword: ServiceClient['resetPassword'] = async (http, { token, password }) =>
  assertDone(await http.send({ operation: RESET, body: { token, new_password: password }, signed: false }), RESET)

const accountOf = (said: wire.AccountAnswer): Account => ({ ...(said as JsonObject), ...shared(said) })

const account = async (http: Http): Promise<Account> =>
  accountOf(judge(wire.AccountAnswer, await http.send({ operation: ACCOUNT }), ACCOUNT))

/** No page shows this answer, so one that is not the account is no failure: the account is then asked for. */
const unlinkGoogle = async (http: Http): Promise<Account> => {
  const answer = await http.send({ operation: UNLINK })
  assertDone(answer, UNLINK)
  const said = v.safeParse(v.pipe(v.string(), v.parseJson(), wire.AccountAnswer), answer.body)
  return said.success ? accountOf(said.output) : account(http)
}

const createKey: ServiceClient['createKey'] = async (http, { name, scopes, expiresInDays }) => {
  // Left out in silence they would give a key that can do more, or lasts longer, than was asked for.
  if (scopes !== null) {
    throw new Failure('unsupported', 'RESTume documents no scopes: its keys do what their owner does', {
      hint: 'leave --scope away',
    })
  }
  if (expiresInDays !== null) {
    throw new Failure('unsupported', 'RESTume documents no way to make a key that ends by itself', {
      hint: 'leave --expires-in away, and revoke the key when it is no longer needed',
    })
  }
  const made = judge(wire.CreateKeyAnswer, await http.send({ operation: CREATE_KEY, body: { name } }), CREATE_KEY)
  return { ...entryOf(made), name: made.name ?? name, key: new Secret(made.raw_key) }
}

const listKeys = async (http: Http): Promise<Key[]> =>
  judge(wire.ListKeysAnswer, await http.send({ operation: LIST_KEYS, lists: true }), LIST_KEYS).map(entryOf)

const entryOf = ({ id, name, prefix, is_active, created_at }: v.InferOutput<typeof wire.KeyEntry>): Key => ({
  id,
  name,
  prefix,
  scopes: null,
  is_active,
  expires_at: null,
  last_used_at: null,
  created_at,
})

const revokeKey = async (http: Http, id: string): Promise<void> =>
  assertDone(await http.send({ operation: REVOKE_KEY, params: { key_id: id } }), REVOKE_KEY)

export const client: ServiceClient = {
  signUp,
  browserSignIn: null,
  passwordSignIn,
  googleSignIn,
  verifyEmail,
  resendVerification,
  forgotPassword,
  resetPassword,
  refresh: null,
  signOut: null,
  account,
  unlinkGoogle,
  createKey,
  listKeys,
  revokeKey,
}
