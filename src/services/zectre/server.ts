import { type ApiKeys, makeApiKeys, type StoredKey } from '../../server/api-keys.ts'
import { type Asked, makeApp, type Routes } from '../../server/app.ts'
import { readJson } from '../../server/body.ts'
import { instant, instantOrNull } from '../../server/instant.ts'
import { makeJwts } from '../../server/jwt.ts'
import type { MakeReferenceService, ServerContext } from '../../server/reference-service.ts'
import { Refusal } from '../../server/refusal.ts'
import { type Accounts, makeAccounts, requireEnabled, type StoredAccount, userOf } from './server-accounts.ts'
import { isCatalogToken, makeCatalogTokens } from './server-catalog.ts'
import { pageRoutes, refuseByPage } from './server-page.ts'
import { makeSignIns, type SignIns } from './server-sign-ins.ts'
import { stateOf } from './server-state.ts'
import {
  CompleteRequest,
  CreateKeyRequest,
  InitiateRequest,
  LogInRequest,
  SignUpRequest,
  VERIFIER_HEADER,
} from './wire.ts'

const DAY = 24 * 60 * 60
const JWT_LIFE = 7 * DAY

/** A fixed and documented fake, so that a person can try things without looking anything up. It opens nothing else. */
const SEED = { email: 'dev@example.com', password: 'correct horse battery', name: 'Dev' }

export const makeServer: MakeReferenceService = (context) => {
  const accounts = makeAccounts(context)
  const keys = makeApiKeys('zec_', context.clock)
  const signIns = makeSignIns(context, accounts, keys)
  const { clock, report } = context

  const api = makeApp({
    clock,
    report,
    refuse: refuseByJson,
    routes: apiRoutes(context, accounts, keys, signIns),
    describe: async () => (await import('./openapi.ts')).description,
  })
  const dashboard = makeApp({ clock, report, refuse: refuseByPage, routes: pageRoutes(context, signIns) })

  return {
    listeners: [
      { name: 'zectre', port: 47080, fetch: api },
      { name: 'zectre_dashboard', port: 47081, fetch: dashboard },
    ],
    async seed() {
      if (!accounts.isTaken(SEED.email)) await accounts.signUp(SEED)
      return { service: 'zectre', email: SEED.email, username: null, password: SEED.password, note: null }
    },
    approval: {
      async approve(code, account) {
        await signIns.complete(code, account, '')
      },
      deny(code) {
        signIns.deny(code)
      },
    },
    disable: accounts.disable,
    state: stateOf(accounts, keys),
  }
}

/** The body of every refusal: chosen, the page documents only the codes. */
const refuseByJson = (asked: Asked, { status, code, message }: Refusal): Response =>
  asked.json({ error: { code, message } }, status)

const apiRoutes = (context: ServerContext, accounts: Accounts, keys: ApiKeys, signIns: SignIns): Routes => {
  const { clock } = context
  const jwts = makeJwts(clock)

  const catalogUser = makeCatalogTokens(context)

  const ofBearer = async (token: string): Promise<StoredAccount | null> => {
    if (isCatalogToken(token)) {
      const user = (await catalogUser?.(token)) ?? null
      return user && accounts.ofAddress(user)
    }
    const id = jwts.subjectOf(token)
    return id === null ? null : accounts.find(id)
  }

  /** Who asks, and with which rights: by a JWT all of them, by a key those of the key. */
  const requireCaller = async (asked: Asked, scope?: Scope): Promise<{ account: StoredAccount; scopes: string[] }> => {
    const bearer = /^Bearer +([^ ]+)$/i.exec(asked.req.header('authorization') ?? '')?.[1]
    const raw = asked.req.header('x-api-key')
    // One credential a request: with two, which of them is meant would be a guess.
    const key = bearer === undefined && raw !== undefined ? keys.use(raw) : null
    const account =
      bearer !== undefined && raw === undefined ? await ofBearer(bearer) : key && accounts.find(key.ownerId)
    if (!account) {
      throw new Refusal(401, 'UNAUTHORIZED', 'this needs a valid bearer token or API key', {
        'www-authenticate': 'Bearer realm="zectre"',
      })
    }
    const scopes = key?.scopes ?? ['*']
    if (scope !== undefined && !scopes.includes('*') && !scopes.includes(scope)) {
      throw new Refusal(403, 'INSUFFICIENT_SCOPE', `this key needs the scope ${scope}, or *`)
    }
    return { account: requireEnabled(account), scopes }
  }

  return {
    '/api/v1/auth/signup': {
      POST: async (asked) => {
        const { email, password, name } = await readJson(asked.req.raw, SignUpRequest)
        return asked.json(userOf(await accounts.signUp({ email, password, name: name ?? null })), 201)
      },
    },
    '/api/v1/auth/login': {
      POST: async (asked) => {
        const account = await accounts.signIn(await readJson(asked.req.raw, LogInRequest), asked.env.peer.address)
        const { token, expiresAt } = jwts.issue(account.id, JWT_LIFE)
        return asked.json({ token, expires_at: instant(expiresAt), user: userOf(account) })
      },
    },
    '/api/v1/user': {
      GET: async (asked) => asked.json(userOf((await requireCaller(asked)).account)),
    },
    '/api/v1/auth/cli/initiate': {
      POST: async (asked) => {
        const { device_name, poll_challenge } = await readJson(asked.req.raw, InitiateRequest)
        const { code, expiresAt } = signIns.initiate({
          deviceName: device_name ?? null,
          challenge: poll_challenge ?? null,
          from: asked.env.peer.address,
        })
        const auth_url = `${context.addressOf('zectre_dashboard')}/auth/cli?code=${code}`
        const bound = poll_challenge ? { poll_bound: true } : {}
        return asked.json({ code, auth_url, expires_at: instant(expiresAt), ...bound })
      },
    },
    '/api/v1/auth/cli/status/:code': {
      GET: (asked) => {
        const verifier = asked.req.header(VERIFIER_HEADER) ?? null
        return asked.json(signIns.status(asked.req.param('code') ?? '', verifier))
      },
    },
    '/api/v1/auth/cli/complete': {
      POST: async (asked) => {
        const { code, ...who } = await readJson(asked.req.raw, CompleteRequest)
        const { account, raw } = await signIns.complete(code, who, asked.env.peer.address)
        return asked.json({ success: true, api_key: raw, user: userOf(account) })
      },
    },
    '/api/v1/api-keys': {
      GET: async (asked) => {
        const { account } = await requireCaller(asked, 'api-keys:read')
        return asked.json({ data: keys.listOf(account.id).map(keyEntry) })
      },
      POST: async (asked) => {
        const caller = await requireCaller(asked, 'api-keys:write')
        const { name, scopes, expires_in_days } = await readJson(asked.req.raw, CreateKeyRequest)
        const asksFor = scopes ?? ['*']
        if (!caller.scopes.includes('*') && asksFor.some((scope) => !caller.scopes.includes(scope))) {
          throw new Refusal(403, 'FORBIDDEN', 'a key makes no key with more scopes than its own')
        }
        const expiresAt = expires_in_days ? clock.now() + expires_in_days * DAY * 1000 : null
        const { key, raw } = keys.create({ ownerId: caller.account.id, name, scopes: asksFor, expiresAt })
        const { id, prefix, createdAt } = key
        return asked.json({ id, name, key: raw, prefix, created_at: instant(createdAt) }, 201)
      },
    },
    '/api/v1/api-keys/:id': {
      DELETE: async (asked) => {
        const { account } = await requireCaller(asked, 'api-keys:write')
        // The same for a key that is not there and for another's: which of the two it is, is not the caller's business.
        if (!keys.revoke(asked.req.param('id') ?? '', account.id)) {
          throw new Refusal(404, 'NOT_FOUND', 'you have no key with this id')
        }
        return asked.body(null, 204)
      },
    },
  }
}

/** The page says that keys have scopes and names none but `*`: these two are chosen. Who it is, any key may ask. */
type Scope = 'api-keys:read' | 'api-keys:write'

/** "GET /api/v1/api-keys", an entry of `data`. */
const keyEntry = (key: StoredKey) => ({
  id: key.id,
  name: key.name,
  prefix: key.prefix,
  scopes: key.scopes,
  expires_at: instantOrNull(key.expiresAt),
  last_used_at: instantOrNull(key.lastUsedAt),
  created_at: instant(key.createdAt),
})
