/**
 * Secrets larger than an item of the store behind it, in parts, so that no crash leaves half of one and no reader sees
 * two halves of two. The profile's own entry either holds a secret that fits or names the slot whose parts are in force.
 * New parts go to the other slot, and that one entry is replaced when all of them are there.
 */
import { createHash } from 'node:crypto'
import { Failure, isFailure } from '../vocabulary/failure.ts'
import { assertSize } from './size-limit.ts'
import type { Store } from './store.ts'

/** An item holds 2,560 bytes there (CRED_MAX_CREDENTIAL_BLOB_SIZE), and the native part writes UTF-16. */
export const ROOM_ON_WINDOWS = 1280

/** How often a reader looks again when the parts do not fit together: a writer may have been at work between. */
const TRIES = 5

const SLOTS = ['a', 'b'] as const
type Slot = (typeof SLOTS)[number]
const otherThan = (slot: Slot): Slot => (slot === 'a' ? 'b' : 'a')

/** No profile can be called this: there are blanks in it. */
const partAccount = (account: string, slot: Slot, index: number): string => `${account} part ${slot}${index}`

interface Manifest {
  slot: Slot
  count: number
  sha256: string
}

const MARK = 'keyturn split '
const isManifest = (head: string): boolean => head.startsWith(MARK)
const encodeManifest = ({ slot, count, sha256 }: Manifest): string => `${MARK}1 ${slot} ${count} ${sha256}`

/** `null` for what this keyturn can't read. */
const decodeManifest = (head: string): Manifest | null => {
  const [, slot, count, sha256 = ''] = /^1 ([ab]) (\d{1,4}) ([0-9a-f]{64})$/.exec(head.slice(MARK.length)) ?? []
  return slot === 'a' || slot === 'b' ? { slot, count: Number(count), sha256 } : null
}

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/** Never between the two halves of one character. */
const cut = (secret: string, room: number): string[] => {
  const parts: string[] = []
  for (let from = 0; from < secret.length; from += parts.at(-1)!.length) {
    const part = secret.slice(from, from + room)
    const isCutInTwo = from + room < secret.length && /[\ud800-\udbff]$/.test(part)
    parts.push(isCutInTwo ? part.slice(0, -1) : part)
  }
  return parts
}

/** `room`: how many UTF-16 units one entry of the inner store holds. */
export const splitStore = (inner: Store, room: number): Store => {
  const assemble = async (account: string, head: string, signal: AbortSignal): Promise<string | null> => {
    const manifest = decodeManifest(head)
    if (manifest === null) return null
    const { slot, count, sha256 } = manifest
    let whole = ''
    for (let index = 0; index < count; index += 1) {
      const part = await inner.read(partAccount(account, slot, index), signal)
      if (part === null) return null
      whole += part
    }
    return hashOf(whole) === sha256 ? whole : null
  }

  /** Parts are written from the first and removed from the last, so that whatever a crash left is found from the first. */
  const clear = async (account: string, slot: Slot, signal: AbortSignal): Promise<void> => {
    let count = 0
    while ((await inner.read(partAccount(account, slot, count), signal)) !== null) count += 1
    while (count > 0) {
      count -= 1
      await inner.remove(partAccount(account, slot, count), signal)
    }
  }

  /** The new secret is whole by now; old parts that stay go with the next write, or with the entry. */
  const tidy = async (account: string, slots: readonly Slot[], signal: AbortSignal): Promise<void> => {
    try {
      for (const slot of slots) await clear(account, slot, signal)
    } catch (error) {
      signal.throwIfAborted()
      if (!isFailure(error)) throw error
    }
  }

  /** One whose parts are not in force. */
  const freeSlot = async (account: string, signal: AbortSignal): Promise<Slot> => {
    const head = await inner.read(account, signal)
    const manifest = head !== null && isManifest(head) ? decodeManifest(head) : null
    return manifest === null ? 'a' : otherThan(manifest.slot)
  }

  return {
    ...inner,
    read: async (account, signal) => {
      for (let tries = 1; tries <= TRIES; tries += 1) {
        const head = await inner.read(account, signal)
        if (head === null || !isManifest(head)) return head
        const whole = await assemble(account, head, signal)
        if (whole !== null) return whole
      }
      throw torn(account, inner.where)
    },
    write: async (account, secret, signal) => {
      assertSize(secret, inner.where)
      if (secret.length <= room && !isManifest(secret)) {
        await inner.write(account, secret, signal)
        return tidy(account, SLOTS, signal)
      }
      const slot = await freeSlot(account, signal)
      const parts = cut(secret, room)
      for (const [index, part] of parts.entries()) await inner.write(partAccount(account, slot, index), part, signal)
      await inner.write(account, encodeManifest({ slot, count: parts.length, sha256: hashOf(secret) }), signal)
      await tidy(account, [otherThan(slot)], signal)
    },
    remove: async (account, signal) => {
      const removed = await inner.remove(account, signal)
      for (const slot of SLOTS) await clear(account, slot, signal)
      return removed
    },
  }
}

const torn = (account: string, where: string): Failure =>
  new Failure('store_unusable', `unreadable entry: ${where} holds "${account}" in parts that do not fit together`, {
    hint: `remove it there (service keyturn, account ${account}) and sign in again: keyturn login --profile ${account}`,
  })
