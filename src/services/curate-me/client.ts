import type * as v from 'valibot'
import type { Http } from '../../http/http.ts'
import { assertDone, judge } from '../../http/judge.ts'
import { serviceTime } from '../../http/retry-after.ts'
import type { WireAnswer } from '../../http/transport.ts'
import type { Account } from '../../vocabulary/account.ts'
import type { SessionCredential } from '../../vocabulary/credential.ts'
import { Failure, isFailure } from '../../vocabulary/failure.ts'
import type { JsonObject } from '../../vocabulary/json.ts'
import { Secret } from '../../vocabulary/secret.ts'
import { tokenExpiry } from '../../vocabulary/token-expiry.ts'
import type { ServiceClient } from '../service.ts'
import * as wire from './wire.ts'

const REGISTER = 'POST /api/v1/auth/register'
const LOG_IN = 'POST /api/v1/auth/login'
const REFRESH = 'POST /api/v1/auth/refresh'
const LOG_OUT = 'POST /api/v1/auth/logout'
const PROFILE = 'GET /api/v1/user/profile'
const CREATE_KEY = 'POST /api/v1/b2b/api-keys'

const accountOf = (user: wire.User): Account => ({ ...(user as JsonObject), ...named(user), username: null })
const named = ({ id, email, name, created_at }: wire.User) => ({ id, email, name, created_at })

type Tokens = v.InferOutput<typeof wire.RefreshAnswer>

const sessionOf = (tokens: Tokens, answer: WireAnswer, refresh: Secret | null): SessionCredential => ({
  kind: 'session',
  access: new Secret(tokens.access_token),
  refresh: tokens.refresh_token === null ? refresh : new Secret(tokens.refresh_token),
  expiresAt: endOf(tokens, answer),
})

/** `expires_in` counts from the moment of the answer, so both are read by the service's own clock. */
const endOf = ({ access_token, expires_in }: Tokens, answer: WireAnswer): string | null => {
  const answered = serviceTime(answer.headers)
  const counted = answered !== null && expires_in !== null
  const end = counted ? answered + expires_in * 1000 : Date.parse(tokenExpiry(access_token) ?? '')
  // The furthest moment that a date can name (ECMA-262, 21.4.1.1).
  return Math.abs(end) <= 8.64e15 ? new Date(end).toISOString() : null
}

const signUp: ServiceClient['signUp'] = async (http, { email, password, name }) => {
  const body = { email, password, name: name ?? undefined }
  const answer = await http.send({ operation: REGISTER, body, signed: false })
  const registered = judge(wire.RegisterAnswer, answer, REGISTER)
  return { account: accountOf(registered.user), session: sessionOf(registered, answer, null) }
}

const passwordSignIn: ServiceClient['passwordSignIn'] = async (http, { name, password }) => {
  const answer = await http.send({ operation: LOG_IN, body: { email: name, password }, signed: false })
  return { session: sessionOf(judge(wire.LogInAnswer, answer, LOG_IN), answer, null), account: null }
}

/** `credential_refused` means that this refresh token is done for; every other failure leaves it as good as it was. */
const refresh: ServiceClient['refresh'] = async (http, token) => {
  const answer = await http.send({ operation: REFRESH, body: { refresh_token: token }, signed: false })
  try {
    return sessionOf(judge(wire.RefreshAnswer, answer, REFRESH), answer, token)
  } catch (error) {
    // RFC 6749, 5.2 has 400 for a refresh token that is no longer good, and many follow it.
    if (!isFailure(error, 'refused') || error.status !== 400) throw error
    const { message, requestId } = error
    throw new Failure('credential_refused', message, { status: 400, ...(requestId === null ? {} : { requestId }) })
  }
}

const signOut: ServiceClient['signOut'] = async (http, token) =>
  assertDone(await http.send({ operation: LOG_OUT, body: { refresh_token: token } }), LOG_OUT)

const account = async (http: Http): Promise<Account> =>
  accountOf(judge(wire.User, await http.send({ operation: PROFILE }), PROFILE))

const createKey: ServiceClient['createKey'] = async (http, { name, scopes, expiresInDays }) => {
  if (expiresInDays !== null) {
    throw new Failure('unsupported', 'Curate-Me documents no way to make a key that ends by itself', {
      hint: 'leave --expires-in away',
    })
  }
  const org = requireOrg(http)
  if (scopes === null) {
    throw new Failure('input_needed', 'Curate-Me wants to be told what a key may do', {
      hint: `name one or more: ${wire.SCOPES.map((scope) => `--scope ${scope}`).join(' ')}`,
    })
  }
  const headers = { [wire.ORG_HEADER]: org }
  const answer = await http.send({ operation: CREATE_KEY, body: { name, scopes }, headers, admin: true })
  const made = judge(wire.CreateKeyAnswer, answer, CREATE_KEY)
  return {
    id: made.id,
    name: made.name ?? name,
    key: new Secret(made.key),
    prefix: null,
    scopes: made.scopes ?? scopes,
    is_active: null,
    expires_at: null,
    last_used_at: null,
    created_at: made.created_at,
  }
}

const requireOrg = ({ org }: Http): string => {
  if (org !== null && /^[\x21-\x7e]{1,200}$/.test(org)) return org
  throw new Failure(
    'input_needed',
    org === null
      ? 'making a key needs an organisation, and none was named'
      : 'what was named can be no id of an organisation: it has blanks or odd characters',
    { hint: 'name the one that the key is for: --org ORG, or KEYTURN_ORG=ORG' },
  )
}

export const client: ServiceClient = {
  signUp,
  browserSignIn: null,
  passwordSignIn,
  googleSignIn: null,
  verifyEmail: null,
  resendVerification: null,
  forgotPassword: null,
  resetPassword: null,
  refresh,
  signOut,
  account,
  unlinkGoogle: null,
  createKey,
  listKeys: null,
  revokeKey: null,
}
