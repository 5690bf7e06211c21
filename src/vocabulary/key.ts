import type { Secret } from './secret.ts'

/** An API key as a list shows it: never with the secret in it. */
export interface Key {
  id: string
  name: string | null
  prefix: string | null
  scopes: string[] | null
  is_active: boolean | null
  expires_at: string | null
  last_used_at: string | null
  created_at: string | null
}

/** A key that was just made: the only moment at which its secret is known. */
export interface NewKey extends Key {
  key: Secret
}
