import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { Clock } from '../vocabulary/clock.ts'

/** A key as the server keeps it: the SHA-256 of it, never the key. */
export interface StoredKey {
  id: string
  ownerId: string
  name: string
  /** The part that may be shown: it finds the key and opens nothing. */
  prefix: string
  scopes: string[]
  createdAt: number
  /** `null`: it does not end by itself. */
  expiresAt: number | null
  lastUsedAt: number | null
  digest: Buffer
}

export interface NewKey {
  ownerId: string
  name: string
  scopes: string[]
  expiresAt: number | null
}

const digestOf = (raw: string): Buffer => createHash('sha256').update(raw).digest()
const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0')

/**
 * Raw keys are `<tag><8 hex: the prefix><48 hex: 192 random bits><8 hex: CRC-32 of all before>`. The checksum lets a
 * mistyped key, or a scanner's false find, be told from a real one without asking anybody.
 */
export const makeApiKeys = (tag: string, clock: Clock) => {
  const shape = new RegExp(`^${tag}[0-9a-f]{64}$`)
  const prefixLength = tag.length + 8
  const byPrefix = new Map<string, StoredKey>()
  const hasEnded = (key: StoredKey) => key.expiresAt !== null && clock.now() >= key.expiresAt

  const freePrefix = (): string => {
    const prefix = tag + randomBytes(4).toString('hex')
    return byPrefix.has(prefix) ? freePrefix() : prefix
  }
  const find = (id: string, ownerId: string): StoredKey | null =>
    [...byPrefix.values()].find((key) => key.id === id && key.ownerId === ownerId) ?? null

  return {
    create(request: NewKey): { key: StoredKey; raw: string } {
      const prefix = freePrefix()
      const body = prefix + randomBytes(24).toString('hex')
      const raw = body + checksum(body)
      const times = { createdAt: clock.now(), lastUsedAt: null }
      const key: StoredKey = { id: randomUUID(), prefix, ...request, ...times, digest: digestOf(raw) }
      byPrefix.set(prefix, key)
      return { key, raw }
    },
    /** The key that this is, marked as used; `null` when there is none, or none any more. */
    use(raw: string): StoredKey | null {
      if (!shape.test(raw) || checksum(raw.slice(0, -8)) !== raw.slice(-8)) return null
      const key = byPrefix.get(raw.slice(0, prefixLength))
      if (!key || !timingSafeEqual(digestOf(raw), key.digest) || hasEnded(key)) return null
      key.lastUsedAt = clock.now()
      return key
    },
    find,
    all: (): StoredKey[] => [...byPrefix.values()],
    /** In place of all that there are. */
    restore(keys: readonly StoredKey[]): void {
      byPrefix.clear()
      for (const key of keys) byPrefix.set(key.prefix, key)
    },
    /** In the order in which they were made, ended ones too. */
    listOf: (ownerId: string): StoredKey[] => [...byPrefix.values()].filter((key) => key.ownerId === ownerId),
    /** `false` when the owner has no such key; whether somebody else has is not told. */
    revoke(id: string, ownerId: string): boolean {
      const key = find(id, ownerId)
      return key !== null && byPrefix.delete(key.prefix)
    },
  }
}

export type ApiKeys = ReturnType<typeof makeApiKeys>
