import type { ApiKeys } from '../../server/api-keys.ts'
import type { Asked } from '../../server/app.ts'
import { type Jwts, makeJwts } from '../../server/jwt.ts'
import type { ServerContext } from '../../server/reference-service.ts'
import { Refusal } from '../../server/refusal.ts'
import { type Accounts, requireEnabled, type StoredAccount } from './server-accounts.ts'

const JWT_LIFE = 60 * 60
const DAY = 24 * 60 * 60 * 1000
/** What an account on the free plan may ask with its API keys in a day (UTC). A JWT "does not consume API-key quota". */
const REQUESTS_A_DAY = 1_000

/** Who asks: sessions are given out and taken here, API keys are counted. */
export const makeCallers = ({ clock }: ServerContext, accounts: Accounts, keys: ApiKeys) => {
  const jwts: Jwts = makeJwts(clock)
  const used = new Map<string, { day: number; requests: number }>()

  const bySession = (token: string): StoredAccount | null => {
    const claims = jwts.claimsOf(token)
    const account = claims && accounts.find(claims.sub)
    return account && claims.ver === account.tokenVersion ? account : null
  }

  const byKey = (raw: string): StoredAccount | null => {
    const ownerId = keys.use(raw)?.ownerId
    const account = ownerId === undefined ? null : accounts.find(ownerId)
    if (account) count(account)
    return account
  }

  const count = ({ id }: StoredAccount): void => {
    const day = Math.floor(clock.now() / DAY)
    const before = used.get(id)
    const requests = before?.day === day ? before.requests : 0
    if (requests >= REQUESTS_A_DAY) {
      const left = (day + 1) * DAY - clock.now()
      throw new Refusal(
        429,
        'QUOTA_USED',
        `the API keys of this account have had their ${REQUESTS_A_DAY} requests today`,
        {
          'retry-after': String(Math.ceil(left / 1000)),
        },
      )
    }
    used.set(id, { day, requests: requests + 1 })
  }

  const callerOf = (asked: Asked): { account: StoredAccount; by: 'session' | 'key' } => {
    const bearer = /^Bearer +([^ ]+)$/i.exec(asked.req.header('authorization') ?? '')?.[1]
    const raw = asked.req.header('x-api-key')
    // One credential a request: with two, which of them is meant would be a guess.
    const account =
      bearer !== undefined && raw === undefined
        ? bySession(bearer)
        : raw !== undefined && bearer === undefined
          ? byKey(raw)
          : null
    if (!account) {
      throw new Refusal(401, 'UNAUTHORIZED', 'missing or invalid token or key: check Authorization or X-API-Key', {
        'www-authenticate': 'Bearer realm="RESTume"',
      })
    }
    return { account: requireEnabled(account), by: bearer === undefined ? 'key' : 'session' }
  }

  return {
    /** "POST /v1/auth/login", 200. */
    sessionFor({ id, tokenVersion }: StoredAccount) {
      const iat = Math.floor(clock.now() / 1000)
      const access_token = jwts.sign({ sub: id, iat, exp: iat + JWT_LIFE, ver: tokenVersion })
      return { access_token, token_type: 'bearer' }
    },
    /** "Owner routes under /v1/me/* also accept JWT": either credential. */
    requireOwner: (asked: Asked): StoredAccount => callerOf(asked).account,
    /** "JWT is required for admin routes and API-key management endpoints." */
    requireSession(asked: Asked): StoredAccount {
      const { account, by } = callerOf(asked)
      if (by === 'session') return account
      throw new Refusal(403, 'SESSION_NEEDED', 'this needs a JWT from POST /v1/auth/login; an API key is not enough')
    },
  }
}

export type Callers = ReturnType<typeof makeCallers>
