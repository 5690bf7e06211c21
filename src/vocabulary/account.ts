import type { JsonObject } from './json.ts'

/** Who a credential belongs to: the five names every service shares, and behind them all that the service sent. */
export interface Account extends JsonObject {
  id: string | null
  username: string | null
  email: string | null
  name: string | null
  created_at: string | null
}

/** The name a person would recognise the account by. */
export const accountLabel = (account: Account): string =>
  account.email ?? account.username ?? account.name ?? account.id ?? 'an account without a name'
