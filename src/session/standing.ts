import type { Profile } from '../settings/settings.ts'
import type { Account } from '../vocabulary/account.ts'
import { addressText } from '../vocabulary/address.ts'
import type { Credential, CredentialSource } from '../vocabulary/credential.ts'
import { type Failure, isFailure } from '../vocabulary/failure.ts'
import type { JsonObject } from '../vocabulary/json.ts'

/** What is known of a credential: only the service's own word makes it valid or refused, and a bad network neither. */
export type State = 'valid' | 'ended' | 'refused' | 'unreachable' | 'unknown'

export const stateAfter = (failure: Failure): State => {
  if (isFailure(failure, 'credential_refused')) return 'refused'
  if (isFailure(failure, 'sign_in_needed')) return 'ended'
  return isFailure(failure, 'unreachable', 'timed_out') ? 'unreachable' : 'unknown'
}

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

/** What the settings say of a profile, whether or not any of it can be used. */
export const standingLastSeen = (
  profile: string | null,
  { service, url, store, user }: Pick<Profile, 'service' | 'url' | 'user'> & { store: CredentialSource | null },
): Standing => ({
  profile,
  service,
  url,
  store,
  credential: null,
  source: null,
  expires_at: null,
  user: user && { ...user, created_at: null },
})

export const standingOf = (
  where: { profile: string | null; service: { name: string }; base: URL },
  store: CredentialSource | null,
  credential: Credential | null,
  user: Account | JsonObject | null,
): Standing => ({
  ...standingLastSeen(where.profile, { service: where.service.name, url: addressText(where.base), store, user: null }),
  credential: credential?.kind ?? null,
  source: credential === null ? null : store,
  expires_at: credential?.kind === 'session' ? credential.expiresAt : null,
  // What was only seen at the sign-in knows less than what the service says.
  user: user && { ...user, created_at: user.created_at ?? null },
})
