import type { ApiDescription } from '../../server/openapi.ts'
import { zectre } from './index.ts'
import * as wire from './wire.ts'

const WRONG_BODY = 'INVALID_REQUEST: a field is missing or not as documented'
const NO_ACCOUNT = {
  401: 'INVALID_CREDENTIALS',
  403: 'ACCOUNT_DISABLED',
  429: 'TOO_MANY_ATTEMPTS; Retry-After says for how long',
}
const DISABLED = { 403: 'ACCOUNT_DISABLED' }
const NARROW = { 403: 'ACCOUNT_DISABLED; INSUFFICIENT_SCOPE: the key has neither the scope nor *' }

/** zectre-api's "Authentication", call by call. The dashboard's own page is no API and stands in no document. */
export const description: ApiDescription = {
  title: zectre.title,
  documentation: zectre.documentation,
  wire,
  refusal: wire.ErrorAnswer,
  calls: {
    signUp: {
      call: 'POST /api/v1/auth/signup',
      summary: 'make an account',
      credential: 'none',
      body: wire.SignUpRequest,
      success: { status: 201, schema: wire.User },
      refusals: { 400: `INVALID_EMAIL, WEAK_PASSWORD; ${WRONG_BODY}`, 409: 'EMAIL_EXISTS' },
    },
    logIn: {
      call: 'POST /api/v1/auth/login',
      summary: 'sign in with email and password, for seven days',
      credential: 'none',
      body: wire.LogInRequest,
      success: { status: 200, schema: wire.LogInAnswer },
      refusals: { 400: WRONG_BODY, ...NO_ACCOUNT },
    },
    showUser: {
      call: 'GET /api/v1/user',
      summary: 'the account behind the credential',
      credential: 'session or key',
      success: { status: 200, schema: wire.User },
      refusals: DISABLED,
    },
    initiateSignIn: {
      call: 'POST /api/v1/auth/cli/initiate',
      summary: "start a command line's sign-in, which a person approves in the browser within ten minutes",
      credential: 'none',
      body: wire.InitiateRequest,
      success: { status: 200, schema: wire.InitiateAnswer },
      refusals: { 400: WRONG_BODY },
    },
    showSignInStatus: {
      call: 'GET /api/v1/auth/cli/status/{code}',
      summary: 'what became of a sign-in; the key, once it is approved',
      credential: 'none',
      headers: {
        [wire.VERIFIER_HEADER]: {
          required: false,
          description: 'what `poll_challenge` is the SHA-256 of; asked for when it was sent. An addition of keyturn’s',
        },
      },
      success: { status: 200, schema: wire.StatusAnswer },
      refusals: { 403: 'ACCOUNT_DISABLED', 404: 'INVALID_CODE' },
    },
    completeSignIn: {
      call: 'POST /api/v1/auth/cli/complete',
      summary: 'approve a sign-in: what the dashboard sends',
      credential: 'none',
      body: wire.CompleteRequest,
      success: { status: 200, schema: wire.CompleteAnswer },
      refusals: { 400: WRONG_BODY, ...NO_ACCOUNT, 404: 'INVALID_CODE', 409: 'SESSION_USED', 410: 'CODE_EXPIRED' },
    },
    listKeys: {
      call: 'GET /api/v1/api-keys',
      summary: 'the keys of the account, never their secrets',
      credential: 'session or key',
      success: { status: 200, schema: wire.ListKeysAnswer },
      refusals: NARROW,
    },
    createKey: {
      call: 'POST /api/v1/api-keys',
      summary: 'make a key; its secret is in this answer and in no other',
      credential: 'session or key',
      body: wire.CreateKeyRequest,
      success: { status: 201, schema: wire.CreateKeyAnswer },
      refusals: {
        400: WRONG_BODY,
        403: 'ACCOUNT_DISABLED; INSUFFICIENT_SCOPE; FORBIDDEN: more scopes than the key that asks has',
      },
    },
    revokeKey: {
      call: 'DELETE /api/v1/api-keys/{id}',
      summary: "end a key; another's is answered as one that is not there",
      credential: 'session or key',
      success: { status: 204, schema: null },
      refusals: { ...NARROW, 404: 'NOT_FOUND' },
    },
  },
}
