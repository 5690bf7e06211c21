import * as v from 'valibot'
import type { ApiDescription, DocumentedCall } from '../../server/openapi.ts'
import { curateMe } from './index.ts'
import * as wire from './wire.ts'

/** The body of every refusal: chosen, the page documents none. */
const Refusal = v.looseObject({ error: v.string(), code: v.string() })
/** The page shows the call and not its answer: chosen. */
const AgentsStatusAnswer = v.looseObject({ org_id: v.string(), agents: v.array(v.unknown()) })

const WRONG_BODY = 'INVALID_REQUEST: a field is missing or not as documented'
const NO_ORGANISATION = 'ORGANIZATION_REQUIRED: neither the token nor the header nor the path names one'
const ORG = {
  [wire.ORG_HEADER]: {
    required: false,
    description: 'the organisation, where the token does not name one; a key belongs to one and needs no header',
  },
}

const createKey: DocumentedCall = {
  call: 'POST /api/v1/b2b/api-keys',
  summary: 'make a key for an organisation; its secret is in this answer and in no other',
  credential: 'session',
  headers: ORG,
  body: wire.CreateKeyRequest,
  success: { status: 201, schema: wire.CreateKeyAnswer },
  refusals: {
    403: 'ACCOUNT_DISABLED; FORBIDDEN: not an organisation of this account',
    422: `${NO_ORGANISATION}; ${WRONG_BODY}`,
  },
}
const agentsStatus: DocumentedCall = {
  call: 'GET /api/v1/admin/agents/status',
  summary: 'the agents of an organisation; a key needs the scope agents:read',
  credential: 'session or key',
  headers: ORG,
  success: { status: 200, schema: AgentsStatusAnswer },
  refusals: {
    403: 'ACCOUNT_DISABLED; INSUFFICIENT_SCOPE; FORBIDDEN: not an organisation of this account',
    422: NO_ORGANISATION,
  },
}
/** "B2B Organization Context", third: the organisation in the path. */
const inPath = (call: DocumentedCall): DocumentedCall => ({
  ...call,
  call: call.call.replace(' ', ' /organizations/{org_id}'),
  summary: `${call.summary}; the organisation in the path`,
})

/** Curate-Me's "Authentication", call by call. */
export const description: ApiDescription = {
  title: curateMe.title,
  documentation: curateMe.documentation,
  wire,
  refusal: Refusal,
  calls: {
    register: {
      call: 'POST /api/v1/auth/register',
      summary: 'make an account, and sign in to it',
      credential: 'none',
      body: wire.RegisterRequest,
      success: { status: 201, schema: wire.RegisterAnswer },
      refusals: { 409: 'EMAIL_EXISTS', 422: `INVALID_EMAIL, WEAK_PASSWORD; ${WRONG_BODY}` },
    },
    logIn: {
      call: 'POST /api/v1/auth/login',
      summary: 'sign in: an access token for thirty minutes, a refresh token for seven days',
      credential: 'none',
      body: wire.LogInRequest,
      success: { status: 200, schema: wire.LogInAnswer },
      refusals: {
        401: 'INVALID_CREDENTIALS',
        403: 'ACCOUNT_DISABLED',
        422: WRONG_BODY,
        429: 'TOO_MANY_ATTEMPTS; Retry-After says for how long',
      },
    },
    refresh: {
      call: 'POST /api/v1/auth/refresh',
      summary: 'a new access token; a new refresh token too, where they rotate',
      credential: 'none',
      body: wire.RefreshRequest,
      success: { status: 200, schema: wire.RefreshAnswer },
      refusals: { 401: 'INVALID_REFRESH_TOKEN, REFRESH_TOKEN_REUSED', 403: 'ACCOUNT_DISABLED', 422: WRONG_BODY },
    },
    logOut: {
      call: 'POST /api/v1/auth/logout',
      summary: 'end both tokens',
      credential: 'session',
      body: wire.LogOutRequest,
      success: { status: 204, schema: null },
      refusals: { 403: "ACCOUNT_DISABLED; FORBIDDEN: another account's refresh token", 422: WRONG_BODY },
    },
    showProfile: {
      call: 'GET /api/v1/user/profile',
      summary: 'the account behind the session',
      credential: 'session',
      success: { status: 200, schema: wire.User },
      refusals: { 403: 'ACCOUNT_DISABLED' },
    },
    createKey,
    createKeyOfOrganisation: inPath(createKey),
    agentsStatus,
    agentsStatusOfOrganisation: inPath(agentsStatus),
  },
}
