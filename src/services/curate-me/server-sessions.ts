import { randomUUID } from 'node:crypto'
import { type Claims, makeJwts } from '../../server/jwt.ts'
import type { ServerContext } from '../../server/reference-service.ts'
import { Refusal } from '../../server/refusal.ts'
import { type Accounts, requireEnabled, type StoredAccount } from './server-accounts.ts'

/** "Token Lifetimes": 30 minutes and 7 days. */
const ACCESS_LIFE = 30 * 60
const REFRESH_LIFE = 7 * 24 * 60 * 60
/** However often its refresh tokens rotate, a session ends so long after it began; chosen (ASVS 5.0, 7.3.2). */
const SESSION_LIFE = 90 * 24 * 60 * 60
/** How long a refresh token that was just replaced is taken once more: the answer with the new one may have been lost. */
const SECOND_CHANCE = 30_000

/** One sign-in and all tokens that came of it; forgetting it ends every one of them. */
interface StoredSession {
  id: string
  accountId: string
  /** When it ends whatever happens, in seconds. */
  endsAt: number
  /** What the refresh token in force says: enough to give the same one out again, and no secret. */
  refresh: RefreshClaims
  /** The refresh token before that one, where there was one. */
  replaced: { jti: string; at: number } | null
}

/** `typ` keeps the two kinds apart: neither is ever taken for the other (RFC 8725, 3.11). */
interface RefreshClaims extends Claims {
  typ: 'refresh'
  sid: string
  jti: string
}

export interface SignedInSession {
  id: string
  account: StoredAccount
  /** The organisation that the token names by itself. */
  claimedOrg: string | null
}

export const makeSessions = ({ clock, wishes }: ServerContext, accounts: Accounts) => {
  const jwts = makeJwts(clock)
  const byId = new Map<string, StoredSession>()

  const claimsFor = (account: StoredAccount, sid: string, seconds: number) => {
    const iat = Math.floor(clock.now() / 1000)
    return { sub: account.id, sid, jti: randomUUID(), iat, exp: iat + seconds }
  }
  const refreshFor = (account: StoredAccount, sid: string, endsAt: number): RefreshClaims => {
    const claims = claimsFor(account, sid, REFRESH_LIFE)
    return { ...claims, exp: Math.min(claims.exp, endsAt), typ: 'refresh' }
  }
  /** "B2B Organization Context": `org_id` and `org_role` embedded in the token payload. */
  const accessFor = (account: StoredAccount, sid: string): string => {
    const { claims } = account
    const organisation = claims === null ? {} : { org_id: claims.org, org_role: claims.role }
    return jwts.sign({ ...claimsFor(account, sid, ACCESS_LIFE), typ: 'access', ...organisation })
  }
  const tokens = (access_token: string, refresh: RefreshClaims | null) => ({
    access_token,
    ...(refresh === null ? {} : { refresh_token: jwts.sign(refresh) }),
    token_type: 'bearer',
    expires_in: ACCESS_LIFE,
  })

  const forgetEnded = (): void => {
    for (const { id, refresh } of byId.values()) {
      if (clock.now() >= (refresh.exp + ACCESS_LIFE) * 1000) byId.delete(id)
    }
  }

  const find = (token: string, typ: 'access' | 'refresh'): { session: StoredSession; claims: Claims } | null => {
    const claims = jwts.claimsOf(token)
    const session = claims?.typ === typ ? byId.get(String(claims.sid)) : undefined
    return claims && session ? { session, claims } : null
  }

  /** The direct predecessor of a refresh token that nobody has used yet, and only for a moment. */
  const mayComeAgain = ({ replaced }: StoredSession, { jti }: Claims): boolean =>
    replaced !== null && replaced.jti === jti && clock.now() <= replaced.at + SECOND_CHANCE

  return {
    /** A new session's tokens, as "Login" answers with them. */
    begin(account: StoredAccount) {
      forgetEnded()
      const id = randomUUID()
      const endsAt = Math.floor(clock.now() / 1000) + SESSION_LIFE
      const refresh = refreshFor(account, id, endsAt)
      byId.set(id, { id, accountId: account.id, endsAt, refresh, replaced: null })
      return tokens(accessFor(account, id), refresh)
    },
    /**
     * New tokens for a refresh token, as "Refresh Token" answers with them. Where they rotate, one that was used before
     * is a stolen one or its thief's, and which of the two can't be told: the session ends for both (RFC 9700, 4.14.2).
     */
    renew(token: string) {
      const found = find(token, 'refresh')
      const account = found && accounts.find(found.session.accountId)
      if (!found || !account) throw notGood()
      requireEnabled(account)
      const { session, claims } = found
      if (!wishes.rotate) return tokens(accessFor(account, session.id), null)
      if (claims.jti === session.refresh.jti) {
        session.replaced = { jti: session.refresh.jti, at: clock.now() }
        session.refresh = refreshFor(account, session.id, session.endsAt)
      } else if (!mayComeAgain(session, claims)) {
        byId.delete(session.id)
        throw new Refusal(401, 'REFRESH_TOKEN_REUSED', 'this refresh token was used before, so its session has ended')
      }
      return tokens(accessFor(account, session.id), session.refresh)
    },
    /** Who an access token speaks for; `null` when it is none of ours or its session has ended. */
    of(token: string): SignedInSession | null {
      const found = find(token, 'access')
      const account = found && accounts.find(found.session.accountId)
      if (!found || !account) return null
      const { org_id } = found.claims
      return { id: found.session.id, account, claimedOrg: typeof org_id === 'string' ? org_id : null }
    },
    /** "Invalidate the current access and refresh tokens." One that is dead already is as it should be (RFC 7009, 2.2). */
    end(current: SignedInSession, refresh: string): void {
      const named = find(refresh, 'refresh')?.session
      if (named && named.accountId !== current.account.id) {
        throw new Refusal(403, 'FORBIDDEN', "this is another account's refresh token")
      }
      byId.delete(current.id)
      if (named) byId.delete(named.id)
    },
  }
}

const notGood = (): Refusal => new Refusal(401, 'INVALID_REFRESH_TOKEN', 'this refresh token is not good, or no longer')

export type Sessions = ReturnType<typeof makeSessions>
