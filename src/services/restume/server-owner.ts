import type { ApiKeys, StoredKey } from '../../server/api-keys.ts'
import type { Routes } from '../../server/app.ts'
import { instant } from '../../server/instant.ts'
import { Refusal } from '../../server/refusal.ts'
import { accountOf, userOf } from './server-accounts.ts'
import type { Callers } from './server-callers.ts'
import { readBody } from './server-refusals.ts'
import { CreateKeyRequest } from './wire.ts'

/** What is done with a credential: API keys by a JWT alone, `/v1/me/*` by either. */
export const ownerRoutes = (callers: Callers, keys: ApiKeys): Routes => ({
  '/v1/auth/api-keys': {
    POST: async (asked) => {
      const { id: ownerId } = callers.requireSession(asked)
      const { name } = await readBody(asked, CreateKeyRequest)
      const { key, raw } = keys.create({ ownerId, name, scopes: ['*'], expiresAt: null })
      return asked.json({ ...keyEntry(key), raw_key: raw })
    },
    GET: (asked) => asked.json(keys.listOf(callers.requireSession(asked).id).map(keyEntry)),
  },
  '/v1/auth/api-keys/:key_id': {
    DELETE: (asked) => {
      const { id } = callers.requireSession(asked)
      // The same for a key that is not there and for another's: which of the two it is, is not the caller's business.
      if (!keys.revoke(asked.req.param('key_id') ?? '', id)) {
        throw new Refusal(404, 'NOT_FOUND', 'you have no API key with this id')
      }
      return asked.body(null, 204)
    },
  },
  '/v1/me/account': {
    GET: (asked) => asked.json(accountOf(callers.requireOwner(asked))),
  },
  '/v1/me/profile': {
    GET: (asked) => asked.json(userOf(callers.requireOwner(asked))),
  },
  '/v1/me/google/unlink': {
    POST: (asked) => {
      const account = callers.requireOwner(asked)
      // "Unlink Google when password sign-in is already available": nobody is left without a way in.
      if (account.password === null) {
        throw new Refusal(409, 'NO_PASSWORD', 'this account has no password yet: set one, then unlink Google')
      }
      account.googleSubject = null
      return asked.json(accountOf(account))
    },
  },
  /** "403: free-plan access against Pro-only owner features"; every account of this server is on the free plan. */
  '/v1/me/insights': {
    GET: (asked) => {
      callers.requireOwner(asked)
      throw new Refusal(403, 'PRO_ONLY', 'insights belong to the Pro plan, and this account is on the free one')
    },
  },
  /** "403: non-admin owner key against admin routes"; no account of this server is an administrator's. */
  '/v1/admin/users': {
    GET: (asked) => {
      callers.requireOwner(asked)
      throw new Refusal(403, 'ADMIN_ONLY', 'this is for administrators')
    },
  },
})

/** "GET /v1/auth/api-keys", an entry of the array. What is revoked is gone from it, so what stands there is active. */
const keyEntry = ({ id, name, prefix, createdAt }: StoredKey) => ({
  id,
  name,
  prefix,
  is_active: true,
  created_at: instant(createdAt),
})
