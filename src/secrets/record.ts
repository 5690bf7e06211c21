/** What a store keeps for one profile, as one text: so that no crash leaves half of it. */
import type { Credential } from '../vocabulary/credential.ts'
import { Failure } from '../vocabulary/failure.ts'
import { Secret } from '../vocabulary/secret.ts'

/** Where a credential belongs. */
export interface MadeFor {
  service: string
  /** The exact address that the credential was made for; it is sent nowhere else. */
  url: string
  /** Where the service's B2B calls go with it, where that is another host. */
  adminUrl?: string | null
}

export interface SecretRecord extends MadeFor {
  credential: Credential | null
  pending: PendingSignIn | null
  /** What was replaced and may still be alive at its service: kept until it is known to be ended. */
  outgoing: readonly Outgoing[]
}

export interface Outgoing extends MadeFor {
  credential: Credential
}

/** A browser sign-in under way, with all that another process needs to end it. */
export interface PendingSignIn {
  service: string
  url: string
  code: Secret
  verifier: Secret
  /** The code stands in it. */
  authUrl: Secret
  /** As the service wrote it. */
  expiresAt: string | null
  /** ISO 8601, by this machine's clock. */
  startedAt: string
}

type Fields = Record<string, unknown>

const revealed = (fields: object): Fields =>
  Object.fromEntries(Object.entries(fields).map(([name, v]) => [name, v instanceof Secret ? v.reveal() : v]))

export const encodeRecord = (record: SecretRecord): string =>
  JSON.stringify({
    version: 1,
    service: record.service,
    url: record.url,
    adminUrl: record.adminUrl ?? null,
    credential: record.credential && revealed(record.credential),
    pending: record.pending && revealed(record.pending),
    outgoing: record.outgoing.map((each) => ({ ...each, credential: revealed(each.credential) })),
  })

/** Something in the store under our name that keyturn did not write. It is left where it is. */
const unreadable = (account: string, where: string): Failure =>
  new Failure('store_unusable', `unreadable entry: what ${where} holds for "${account}" was not written by keyturn`, {
    hint: `look at it and remove it yourself (service keyturn, account ${account}), or use another --profile`,
  })

class Unreadable extends Error {}

const fieldsOf = (value: unknown): Fields => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Unreadable()
  return value as Fields
}

const text = (value: unknown): string => {
  if (typeof value !== 'string') throw new Unreadable()
  return value
}

const secret = (value: unknown): Secret => new Secret(text(value))
const orNull = <T>(value: unknown, read: (value: unknown) => T): T | null =>
  value === null || value === undefined ? null : read(value)

const readCredential = (value: unknown): Credential => {
  const fields = fieldsOf(value)
  if (fields.kind === 'session') {
    return {
      kind: 'session',
      access: secret(fields.access),
      refresh: orNull(fields.refresh, secret),
      expiresAt: orNull(fields.expiresAt, text),
      clockOffset: typeof fields.clockOffset === 'number' ? fields.clockOffset : null,
    }
  }
  if (fields.kind !== 'api_key' || (fields.origin !== 'sign-in' && fields.origin !== 'given')) throw new Unreadable()
  return { kind: 'api_key', key: secret(fields.key), origin: fields.origin }
}

const readPending = (value: unknown): PendingSignIn => {
  const fields = fieldsOf(value)
  return {
    service: text(fields.service),
    url: text(fields.url),
    code: secret(fields.code),
    verifier: secret(fields.verifier),
    authUrl: secret(fields.authUrl),
    expiresAt: orNull(fields.expiresAt, text),
    startedAt: text(fields.startedAt),
  }
}

const readMadeFor = (fields: Fields): MadeFor => ({
  service: text(fields.service),
  url: text(fields.url),
  adminUrl: orNull(fields.adminUrl, text),
})

const readOutgoing = (value: unknown): Outgoing => {
  const fields = fieldsOf(value)
  return { ...readMadeFor(fields), credential: readCredential(fields.credential) }
}

const list = <T>(value: unknown, read: (value: unknown) => T): T[] => {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw new Unreadable()
  return value.map(read)
}

/** `account` and `where` are for the words of the failure only. */
export const decodeRecord = (stored: string, account: string, where: string): SecretRecord => {
  try {
    const fields = fieldsOf(JSON.parse(stored))
    if (typeof fields.version === 'number' && fields.version > 1) {
      throw new Failure('store_unusable', `what ${where} holds for "${account}" was written by a newer keyturn`, {
        hint: 'update keyturn: npm install -g keyturn',
      })
    }
    if (fields.version !== 1) throw new Unreadable()
    return {
      ...readMadeFor(fields),
      credential: orNull(fields.credential, readCredential),
      pending: orNull(fields.pending, readPending),
      outgoing: list(fields.outgoing, readOutgoing),
    }
  } catch (error) {
    // A parser's message would quote the text, which may be somebody's secret.
    throw error instanceof Failure ? error : unreadable(account, where)
  }
}
