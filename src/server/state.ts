/** What a service's reference half remembers from one run to the next, where the person who starts it wants that. */
import * as v from 'valibot'
import type { Json } from '../vocabulary/json.ts'
import type { StoredKey } from './api-keys.ts'
import type { PasswordHash } from './passwords.ts'

/**
 * Accounts and keys, by what proves them and never by what opens them: no raw key, no password, no code, and no secret
 * that tokens are signed with. So sessions and what waits for an answer end with the server: chosen.
 */
export interface ServiceState {
  save(): Json
  /** Checks what was saved; gives what puts it in force, or `null` for what this service can't have saved. */
  prepare(saved: unknown): (() => void) | null
}

export const makeState = <Schema extends v.GenericSchema>(
  schema: Schema,
  save: () => v.InferInput<Schema> & Json,
  load: (saved: v.InferOutput<Schema>) => void,
): ServiceState => ({
  save,
  prepare(saved) {
    const checked = v.safeParse(schema, saved)
    return checked.success ? () => load(checked.output) : null
  },
})

const text = v.string()
const time = v.pipe(v.number(), v.finite())
const maybeTime = v.nullable(time)
const bytes = (length: number) =>
  v.pipe(
    text,
    v.base64(),
    v.transform((encoded) => Buffer.from(encoded, 'base64')),
    v.check((decoded) => decoded.length === length),
  )

/** The highest cost is that of 128 MiB: a file must not make the server take more. */
export const SavedPassword = v.object({
  cost: v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(2 ** 17)),
  salt: bytes(16),
  digest: bytes(32),
})
export const savedPassword = ({ cost, salt, digest }: PasswordHash) => ({
  cost,
  salt: salt.toString('base64'),
  digest: digest.toString('base64'),
})

export const SavedKeys = v.array(
  v.object({
    id: text,
    ownerId: text,
    name: text,
    prefix: text,
    scopes: v.array(text),
    createdAt: time,
    expiresAt: maybeTime,
    lastUsedAt: maybeTime,
    digest: bytes(32),
  }),
)
export const savedKeys = (keys: readonly StoredKey[]) =>
  keys.map((key) => ({ ...key, digest: key.digest.toString('base64') }))
