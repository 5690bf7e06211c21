import * as v from 'valibot'
import { complaint } from '../../http/complaint.ts'
import type { Http } from '../../http/http.ts'
import { assertDone, judge } from '../../http/judge.ts'
import { serviceTime } from '../../http/retry-after.ts'
import type { WireAnswer } from '../../http/transport.ts'
import type { Account } from '../../vocabulary/account.ts'
import type { SessionCredential } from '../../vocabulary/credential.ts'
import { Failure } from '../../vocabulary/failure.ts'
import type { JsonObject } from '../../vocabulary/json.ts'
import type { Key } from '../../vocabulary/key.ts'
import { Secret } from '../../vocabulary/secret.ts'
import type { BrowserSignIn, ServiceClient, SignInStatus } from '../service.ts'
import * as wire from './wire.ts'

const SIGN_UP = 'POST /api/v1/auth/signup'
const LOG_IN = 'POST /api/v1/auth/login'
const ACCOUNT = 'GET /api/v1/user'
const INITIATE = 'POST /api/v1/auth/cli/initiate'
const STATUS = 'GET /api/v1/auth/cli/status/{code}'
const COMPLETE = 'POST /api/v1/auth/cli/complete'
const LIST_KEYS = 'GET /api/v1/api-keys'
const CREATE_KEY = 'POST /api/v1/api-keys'
const REVOKE_KEY = 'DELETE /api/v1/api-keys/{id}'

const accountOf = (user: wire.User): Account => ({ ...(user as JsonObject), ...named(user), username: null })
const named = ({ id, email, name, created_at }: wire.User) => ({ id, email, name, created_at })

const account = async (http: Http): Promise<Account> =>
  accountOf(judge(wire.User, await http.send({ operation: ACCOUNT }), ACCOUNT))

const signUp: ServiceClient['signUp'] = async (http, { email, password, name }) => {
  const body = { email, password, name: name ?? undefined }
  const answer = await http.send({ operation: SIGN_UP, body, signed: false })
  return { account: accountOf(judge(wire.User, answer, SIGN_UP)), session: null }
}

const passwordSignIn: ServiceClient['passwordSignIn'] = async (http, { name, password }) => {
  const answer = await http.send({ operation: LOG_IN, body: { email: name, password }, signed: false })
  const { token, expires_at, user } = judge(wire.LogInAnswer, answer, LOG_IN)
  const session: SessionCredential = {
    kind: 'session',
    access: new Secret(token),
    refresh: null,
    expiresAt: expires_at,
  }
  return { session, account: user === null ? null : accountOf(user) }
}

const initiate: BrowserSignIn['initiate'] = async (http, { deviceName, pollChallenge }) => {
  const body = { device_name: deviceName, poll_challenge: pollChallenge }
  const answer = await http.send({ operation: INITIATE, body, signed: false })
  const started = judge(wire.InitiateAnswer, answer, INITIATE)
  return {
    code: new Secret(started.code),
    authUrl: started.auth_url,
    expiresAt: started.expires_at,
    serviceNow: serviceTime(answer.headers),
  }
}

const askStatus: BrowserSignIn['askStatus'] = (http, code, verifier) =>
  http.send({
    operation: STATUS,
    params: { code },
    headers: { [wire.VERIFIER_HEADER]: verifier },
    signed: false,
    retry: false,
  })

const judgeStatus = (answer: WireAnswer): SignInStatus => {
  const said = judge(wire.StatusAnswer, answer, STATUS)
  if (said.status === 'pending') return { status: 'pending' }
  if (said.status === 'expired') return { status: 'expired', denied: said.reason === 'denied' }
  const key = v.safeParse(wire.RawKey, said.api_key)
  if (!key.success) {
    throw new Failure('bad_answer', `${STATUS} said "completed" without a usable "api_key"`, {
      hint: 'the key it made, if it made one, stands on the dashboard: revoke it there, then sign in again: keyturn login zectre',
    })
  }
  return completed(key.output, said.user)
}

/** Who it is comes second: a user in an unknown shape must not cost the key. */
const completed = (key: string, said: unknown): SignInStatus => {
  const user = v.safeParse(wire.User, said)
  return { status: 'completed', key: new Secret(key), account: user.success ? accountOf(user.output) : null }
}

const complete: BrowserSignIn['complete'] = async (http, { code, email, password }) => {
  const answer = await http.send({ operation: COMPLETE, body: { code, email, password }, signed: false })
  // It names a sign-in, though not in its address: a 404 is about that, and no sign of another service.
  assertDone(answer, COMPLETE)
  const said = judge(wire.CompleteAnswer, answer, COMPLETE)
  if (said.success === false) {
    const why = complaint(answer) ?? 'it was not completed, and nothing says why'
    throw new Failure('refused', `${COMPLETE}: ${why}`, {
      status: answer.status,
      hint: 'try again: keyturn login zectre',
    })
  }
  const key = v.safeParse(wire.RawKey, said.api_key)
  return key.success ? completed(key.output, said.user) : { status: 'pending' }
}

const listKeys = async (http: Http): Promise<Key[]> => {
  const { data } = judge(wire.ListKeysAnswer, await http.send({ operation: LIST_KEYS, lists: true }), LIST_KEYS)
  return data.map(({ id, name, prefix, scopes, expires_at, last_used_at, created_at }) => ({
    id,
    name,
    prefix,
    scopes,
    is_active: null,
    expires_at,
    last_used_at,
    created_at,
  }))
}

const createKey: ServiceClient['createKey'] = async (http, { name, scopes, expiresInDays }) => {
  const body = { name, scopes: scopes ?? undefined, expires_in_days: expiresInDays ?? undefined }
  const made = judge(wire.CreateKeyAnswer, await http.send({ operation: CREATE_KEY, body }), CREATE_KEY)
  return {
    id: made.id,
    name: made.name ?? name,
    key: new Secret(made.key),
    prefix: made.prefix,
    scopes: made.scopes ?? scopes,
    is_active: null,
    expires_at: made.expires_at,
    last_used_at: null,
    created_at: made.created_at,
  }
}

const revokeKey = async (http: Http, id: string): Promise<void> =>
  assertDone(await http.send({ operation: REVOKE_KEY, params: { id } }), REVOKE_KEY)

export const client: ServiceClient = {
  signUp,
  browserSignIn: { initiate, askStatus, judgeStatus, complete },
  passwordSignIn,
  googleSignIn: null,
  verifyEmail: null,
  resendVerification: null,
  forgotPassword: null,
  resetPassword: null,
  refresh: null,
  signOut: null,
  account,
  unlinkGoogle: null,
  createKey,
  listKeys,
  revokeKey,
}
