import type { ApiDescription } from '../../server/openapi.ts'
import { restume } from './index.ts'
import * as wire from './wire.ts'

const WRONG_BODY = 'the body is not as documented: one entry a field'
const TAKEN = 'the username or the email address is taken'
const DISABLED = 'the account is inactive'
const NEEDS_JWT = `an API key is not enough; ${DISABLED}`
const QUOTA = "the account's API keys have had their requests of the day; Retry-After says for how long"
const MANY_LETTERS = 'too many letters to this address; Retry-After says for how long'

/** The three pages, call by call. `GET /_outbox` is no part of RESTume and stands in no document. */
export const description: ApiDescription = {
  title: restume.title,
  documentation: restume.documentation,
  wire,
  refusal: wire.ErrorAnswer,
  calls: {
    register: {
      call: 'POST /v1/auth/register',
      summary: 'make an account; a code that verifies its address is sent',
      credential: 'none',
      body: wire.RegisterRequest,
      success: { status: 200, schema: wire.User },
      refusals: { 409: TAKEN, 422: WRONG_BODY },
    },
    logIn: {
      call: 'POST /v1/auth/login',
      summary: 'sign in with username or email, for an hour',
      credential: 'none',
      body: wire.LoginRequest,
      success: { status: 200, schema: wire.LoginAnswer },
      refusals: {
        401: 'the username or the password is wrong',
        403: DISABLED,
        422: WRONG_BODY,
        429: 'too many wrong passwords; Retry-After says for how long',
      },
    },
    verifyEmail: {
      call: 'POST /v1/auth/verify-email',
      summary: 'verify the address with a six-digit code',
      credential: 'none',
      body: wire.VerifyEmailRequest,
      success: { status: 200, schema: wire.VerifyEmailAnswer },
      refusals: { 422: `the code is wrong or has ended; ${WRONG_BODY}` },
    },
    resendVerification: {
      call: 'POST /v1/auth/resend-verification',
      summary: 'ask for a fresh code; the answer does not tell whether there is such an account',
      credential: 'none',
      body: wire.EmailRequest,
      success: { status: 200, schema: wire.MessageAnswer },
      refusals: { 422: WRONG_BODY, 429: MANY_LETTERS },
    },
    signInWithGoogle: {
      call: 'POST /v1/auth/google',
      summary: 'sign in, or up, with a Google ID token',
      credential: 'none',
      body: wire.GoogleRequest,
      success: { status: 200, schema: wire.LoginAnswer },
      refusals: {
        401: 'the credential was not accepted',
        403: `Google has not verified the address; ${DISABLED}`,
        409: 'the address belongs to an account that can not be linked',
        422: WRONG_BODY,
        503: 'the server was started without an issuer',
      },
    },
    forgotPassword: {
      call: 'POST /v1/auth/forgot-password',
      summary: 'ask for a recovery token; the answer does not tell whether there is such an account',
      credential: 'none',
      body: wire.EmailRequest,
      success: { status: 200, schema: wire.MessageAnswer },
      refusals: { 422: WRONG_BODY, 429: MANY_LETTERS },
    },
    resetPassword: {
      call: 'POST /v1/auth/reset-password',
      summary: 'set a password with a recovery token; every session from before ends',
      credential: 'none',
      body: wire.ResetPasswordRequest,
      success: { status: 200, schema: wire.MessageAnswer },
      refusals: { 403: DISABLED, 422: `the token is wrong or has ended; ${WRONG_BODY}` },
    },
    createKey: {
      call: 'POST /v1/auth/api-keys',
      summary: 'make an API key; its secret is in this answer and in no other',
      credential: 'session',
      body: wire.CreateKeyRequest,
      success: { status: 200, schema: wire.CreateKeyAnswer },
      refusals: { 403: NEEDS_JWT, 422: WRONG_BODY },
    },
    listKeys: {
      call: 'GET /v1/auth/api-keys',
      summary: 'the API keys of the account, never their secrets',
      credential: 'session',
      success: { status: 200, schema: wire.ListKeysAnswer },
      refusals: { 403: NEEDS_JWT },
    },
    revokeKey: {
      call: 'DELETE /v1/auth/api-keys/{key_id}',
      summary: "revoke an API key; another's is answered as one that is not there",
      credential: 'session',
      success: { status: 204, schema: null },
      refusals: { 403: NEEDS_JWT, 404: 'the account has no such key' },
    },
    showAccount: {
      call: 'GET /v1/me/account',
      summary: 'the account, its plan and the ways to sign in to it',
      credential: 'session or key',
      success: { status: 200, schema: wire.AccountAnswer },
      refusals: { 403: DISABLED, 429: QUOTA },
    },
    showProfile: {
      call: 'GET /v1/me/profile',
      summary: 'the profile',
      credential: 'session or key',
      success: { status: 200, schema: wire.User },
      refusals: { 403: DISABLED, 429: QUOTA },
    },
    unlinkGoogle: {
      call: 'POST /v1/me/google/unlink',
      summary: 'unlink Google, when there is a password to sign in with',
      credential: 'session or key',
      success: { status: 200, schema: wire.AccountAnswer },
      refusals: { 403: DISABLED, 409: 'the account has no password', 429: QUOTA },
    },
    showInsights: {
      call: 'GET /v1/me/insights',
      summary: 'a path of the Pro plan, which no account of this server is on',
      credential: 'session or key',
      success: { status: 200, schema: wire.RefusedAnswer },
      refusals: { 403: `the account is on the free plan; ${DISABLED}`, 429: QUOTA },
    },
    listUsers: {
      call: 'GET /v1/admin/users',
      summary: 'a path of administrators, whom this server has none of',
      credential: 'session or key',
      success: { status: 200, schema: wire.RefusedAnswer },
      refusals: { 403: `the account is no administrator's; ${DISABLED}`, 429: QUOTA },
    },
  },
}
