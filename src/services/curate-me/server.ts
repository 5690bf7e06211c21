import { type ApiKeys, makeApiKeys } from '../../server/api-keys.ts'
import { type Asked, type Handler, makeApp, type Routes } from '../../server/app.ts'
import { readJson } from '../../server/body.ts'
import { instant } from '../../server/instant.ts'
import type { ReferenceService, ServerContext } from '../../server/reference-service.ts'
import { Refusal } from '../../server/refusal.ts'
import { type Accounts, makeAccounts, requireEnabled, userOf } from './server-accounts.ts'
import { makeSessions, type Sessions, type SignedInSession } from './server-sessions.ts'
import { stateOf } from './server-state.ts'
import { CreateKeyRequest, LogInRequest, LogOutRequest, ORG_HEADER, RefreshRequest, RegisterRequest } from './wire.ts'

/** A fixed and documented fake, so that a person can try things without looking anything up. It opens nothing else. */
const SEED = { email: 'dev@example.com', password: 'correct horse battery', name: 'Dev' }

/** With the verbs that put an account into an organisation: Curate-Me documents no call for that. */
export type CurateMeService = ReferenceService & Pick<Accounts, 'organisations'>

export const makeServer = (context: ServerContext): CurateMeService => {
  const { clock, report } = context
  const accounts = makeAccounts(context)
  const sessions = makeSessions(context, accounts)
  const keys = makeApiKeys('cm_live_sk_', clock)
  /** By a key's id: what "API keys are scoped to a specific organization" says. */
  const orgOfKey = new Map<string, string>()
  const routes = { ...userRoutes(accounts, sessions), ...b2bRoutes(accounts, sessions, keys, orgOfKey) }
  const describe = async () => (await import('./openapi.ts')).description

  return {
    // The documented host has no port of its own; one listener serves it and the B2B host.
    listeners: [
      { name: 'curate-me', port: 47090, fetch: makeApp({ clock, report, refuse: refuseByJson, routes, describe }) },
    ],
    async seed() {
      const { memberships } = accounts.byAddress(SEED.email) ?? (await accounts.register(SEED))
      const note = `its organisation, for B2B calls: --org ${memberships[0]?.org}`
      return { service: 'curate-me', email: SEED.email, username: null, password: SEED.password, note }
    },
    approval: null,
    disable: accounts.disable,
    organisations: accounts.organisations,
    state: stateOf(accounts, keys, orgOfKey),
  }
}

/** The body of every refusal, and 422 for a field that is not as documented: chosen, the page documents neither. */
const refuseByJson = (asked: Asked, { status, code, message }: Refusal): Response =>
  asked.json({ error: message, code }, code === 'INVALID_REQUEST' ? 422 : status)

const unauthorized = (what: string): Refusal =>
  new Refusal(401, 'UNAUTHORIZED', `this needs ${what}`, { 'www-authenticate': 'Bearer realm="curate-me"' })

/** One credential a request: with two, which of them is meant would be a guess. */
const credentialOf = (asked: Asked): { bearer: string | null; key: string | null } => {
  const bearer = /^Bearer +([^ ]+)$/i.exec(asked.req.header('authorization') ?? '')?.[1] ?? null
  const key = asked.req.header('x-api-key') ?? null
  return bearer !== null && key !== null ? { bearer: null, key: null } : { bearer, key }
}

const requireSession = (asked: Asked, sessions: Sessions): SignedInSession => {
  const { bearer } = credentialOf(asked)
  const session = bearer === null ? null : sessions.of(bearer)
  if (!session) throw unauthorized('a valid access token')
  requireEnabled(session.account)
  return session
}

const userRoutes = (accounts: Accounts, sessions: Sessions): Routes => ({
  '/api/v1/auth/register': {
    POST: async (asked) => {
      const account = await accounts.register(await readJson(asked.req.raw, RegisterRequest))
      return asked.json({ user: userOf(account), ...sessions.begin(account) }, 201)
    },
  },
  '/api/v1/auth/login': {
    POST: async (asked) => {
      const account = await accounts.signIn(await readJson(asked.req.raw, LogInRequest), asked.env.peer.address)
      return asked.json(sessions.begin(account))
    },
  },
  '/api/v1/auth/refresh': {
    POST: async (asked) => {
      const { refresh_token } = await readJson(asked.req.raw, RefreshRequest)
      return asked.json(sessions.renew(refresh_token))
    },
  },
  '/api/v1/auth/logout': {
    POST: async (asked) => {
      const session = requireSession(asked, sessions)
      const { refresh_token } = await readJson(asked.req.raw, LogOutRequest)
      sessions.end(session, refresh_token)
      return asked.body(null, 204)
    },
  },
  '/api/v1/user/profile': {
    GET: (asked) => asked.json(userOf(requireSession(asked, sessions).account)),
  },
})

const b2bRoutes = (accounts: Accounts, sessions: Sessions, keys: ApiKeys, orgOfKey: Map<string, string>): Routes => {
  /** "B2B Organization Context": the token's claim, then the header, then the path. */
  const requireOrg = (asked: Asked, { account, claimedOrg }: SignedInSession): string => {
    const org = claimedOrg || asked.req.header(ORG_HEADER) || asked.req.param('org_id')
    if (!org) throw new Refusal(422, 'ORGANIZATION_REQUIRED', 'name the organisation in the X-Org-ID header')
    // The same for one that is not there: which of the two it is, is not the caller's business.
    if (!account.memberships.some((membership) => membership.org === org)) {
      throw new Refusal(403, 'FORBIDDEN', 'this account does not belong to that organisation')
    }
    return org
  }

  /** The organisation that a request is for, when it may do what `scope` is about: a session may do everything. */
  const requireScope = (asked: Asked, scope: string): string => {
    const raw = credentialOf(asked).key
    if (raw === null) return requireOrg(asked, requireSession(asked, sessions))
    const key = keys.use(raw)
    const account = key && accounts.find(key.ownerId)
    const org = key && orgOfKey.get(key.id)
    if (!account || !org) throw unauthorized('a valid access token or API key')
    requireEnabled(account)
    if (!key.scopes.includes(scope)) {
      throw new Refusal(403, 'INSUFFICIENT_SCOPE', `this key was made without the scope ${scope}`)
    }
    return org
  }

  const agentsStatus: Handler = (asked) => asked.json({ org_id: requireScope(asked, 'agents:read'), agents: [] })

  const createKey: Handler = async (asked) => {
    const session = requireSession(asked, sessions)
    const org = requireOrg(asked, session)
    const { name, scopes } = await readJson(asked.req.raw, CreateKeyRequest)
    const { key, raw } = keys.create({ ownerId: session.account.id, name, scopes, expiresAt: null })
    orgOfKey.set(key.id, org)
    // As the page shows it, "key_abc123".
    const id = `key_${key.id.replaceAll('-', '')}`
    return asked.json({ id, name, key: raw, scopes, created_at: instant(key.createdAt) }, 201)
  }

  return {
    '/api/v1/b2b/api-keys': { POST: createKey },
    '/api/v1/admin/agents/status': { GET: agentsStatus },
    // The page documents only how such a path begins; that the documented one follows is chosen.
    '/organizations/:org_id/api/v1/b2b/api-keys': { POST: createKey },
    '/organizations/:org_id/api/v1/admin/agents/status': { GET: agentsStatus },
  }
}
