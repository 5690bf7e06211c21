import type { Account } from '../vocabulary/account.ts'
import { addressText } from '../vocabulary/address.ts'
import type { Credential, CredentialSource } from '../vocabulary/credential.ts'
import type { JsonObject } from '../vocabulary/json.ts'

/** Where somebody stands with a service: what `login`, `signup` and `status` print as JSON. */
export interface Standing extends JsonObject {
  profile: string | null
  service: string
  url: string
  /** Where the profile keeps its secret; `env` when it comes from the environment and is kept nowhere. */
  store: CredentialSource | null
  credential: Credential['kind'] | null
  source: CredentialSource | null
  expires_at: string | null
  user: JsonObject | null
}

export const standingOf = (
  where: { profile: string | null; service: { name: string }; base: URL },
  store: CredentialSource | null,
  credential: Credential | null,
  user: Account | JsonObject | null,
): Standing => ({
  profile: where.profile,
  service: where.service.name,
  url: addressText(where.base),
  store,
  credential: credential?.kind ?? null,
  source: credential === null ? null : store,
  expires_at: credential?.kind === 'session' ? credential.expiresAt : null,
  user,
})
