import type { Key } from './key.ts'
import { Secret } from './secret.ts'

export interface ApiKeyCredential {
  kind: 'api_key'
  key: Secret
  /** `sign-in`: keyturn had it made and may end it. `given`: somebody handed it in, and others may be using it. */
  origin: 'sign-in' | 'given'
}

export interface SessionCredential {
  kind: 'session'
  access: Secret
  refresh: Secret | null
  /** When the access token ends by the service's clock, as ISO 8601; `null` when the service did not say. */
  expiresAt: string | null
  /** How far the service's clock was ahead of this machine's when the token came, in milliseconds. */
  clockOffset?: number | null
}

export type Credential = ApiKeyCredential | SessionCredential

export type CredentialSource = 'keychain' | 'file' | 'env'

/** What a header can carry and a credential can be: a text in one piece, of signs that all can print. */
export const isHeaderSafe = (text: string): boolean => /^[\x21-\x7e]{1,8192}$/.test(text)

/** The header that carries a credential; all three services document the same two. */
export const credentialHeader = (credential: Credential): { name: string; value: Secret } =>
  credential.kind === 'api_key'
    ? { name: 'X-API-Key', value: credential.key }
    : { name: 'Authorization', value: new Secret(`Bearer ${credential.access.reveal()}`) }

export const credentialSecret = (credential: Credential): Secret =>
  credential.kind === 'api_key' ? credential.key : credential.access

/** Whether a raw key begins as the one in a list does. A prefix that is empty tells nothing. */
export const beginsLike = ({ prefix }: Pick<Key, 'prefix'>, raw: string): boolean =>
  prefix !== null && prefix !== '' && raw.startsWith(prefix)

/** The one in a list that a raw key is, where that can be told. */
export const listedKey = (keys: readonly Key[], raw: string): Key | null => {
  const [found, another] = keys.filter((key) => beginsLike(key, raw))
  return another === undefined ? (found ?? null) : null
}
