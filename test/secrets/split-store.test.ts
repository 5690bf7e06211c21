/** A secret in parts: whole before and after, whoever dies or looks on at whatever step. */
import { describe, expect, test } from 'vitest'
import { ROOM_ON_WINDOWS, splitStore } from '../../src/secrets/split-store.ts'
import type { Store } from '../../src/secrets/store.ts'
import { Failure } from '../../src/vocabulary/failure.ts'
import { NEVER } from '../files/tools.ts'
import { makeMemoryStore } from '../memory-store.ts'

const ROOM = 100
const SMALL = 'zec_EXAMPLE_small'
const LARGE = 'zec_EXAMPLE_large_'.padEnd(3 * ROOM + 1, '0123456789')
const OTHER = 'zec_EXAMPLE_other_'.padEnd(5 * ROOM, 'abcdefghij')

/** Tells of each operation before it is done, and of what is kept; like the real one it holds no more than there is room. */
const watched = (entries: Map<string, string>, beforeEach: () => void | Promise<void>): Store => {
  const memory = makeMemoryStore(entries)
  return {
    ...memory,
    read: async (account, signal) => {
      await beforeEach()
      return memory.read(account, signal)
    },
    remove: async (account, signal) => {
      await beforeEach()
      return memory.remove(account, signal)
    },
    write: async (account, secret, signal) => {
      await beforeEach()
      if (secret.length > ROOM) throw new Error(`${secret.length} characters in one item`)
      return memory.write(account, secret, signal)
    },
  }
}

const open = (entries: Map<string, string>, beforeEach: () => void | Promise<void> = () => {}): Store =>
  splitStore(watched(entries, beforeEach), ROOM)

/** Dies for good at its nth operation. */
const dying = (entries: Map<string, string>, nth: number, how: Error): Store => {
  let left = nth
  return open(entries, () => {
    left -= 1
    if (left < 0) throw how
  })
}

const filledWith = async (secret: string | null): Promise<Map<string, string>> => {
  const entries = new Map<string, string>()
  if (secret !== null) await open(entries).write('me', secret, NEVER)
  return entries
}
const kept = (entries: Map<string, string>): Promise<string | null> => open(entries).read('me', NEVER)
const setTo =
  (secret: string | null) =>
  async (store: Store): Promise<void> => {
    await (secret === null ? store.remove('me', NEVER) : store.write('me', secret, NEVER))
  }

const CHANGES: [from: string | null, to: string | null][] = [
  [null, LARGE],
  [SMALL, LARGE],
  [LARGE, SMALL],
  [LARGE, OTHER],
  [OTHER, LARGE],
  [LARGE, LARGE],
  [LARGE, null],
  [SMALL, null],
]
const named = CHANGES.map(([from, to]) => [nameOf(from), nameOf(to), from, to] as const)
function nameOf(secret: string | null): string {
  return secret === null ? 'nothing' : `${secret.length} characters`
}

/** How many operations the whole change takes. */
const stepsOf = async (from: string | null, change: (store: Store) => Promise<void>): Promise<number> => {
  let steps = 0
  const counted = open(await filledWith(from), () => {
    steps += 1
  })
  await change(counted)
  return steps
}

describe('a secret in parts (rows 79, 80)', () => {
  test('one that fits is one entry, as it is; a larger one leaves nothing behind when it goes', async () => {
    const entries = await filledWith(SMALL)
    expect([...entries]).toEqual([['me', SMALL]])
    await setTo(LARGE)(open(entries))
    expect([...entries.keys()].sort()).toEqual(['me', 'me part a0', 'me part a1', 'me part a2', 'me part a3'])
    expect(entries.get('me')).toMatch(/^keyturn split 1 a 4 [0-9a-f]{64}$/)
    await setTo(OTHER)(open(entries))
    expect([...entries.keys()].filter((account) => account.includes(' part a'))).toEqual([])
    await setTo(SMALL)(open(entries))
    expect([...entries]).toEqual([['me', SMALL]])
  })

  test.each([
    ['the last that fits', ROOM_ON_WINDOWS, 1],
    ['the first that does not', ROOM_ON_WINDOWS + 1, 3],
    ['a pair of two large tokens', 9000, 9],
    ['the largest', 64 * 1024, 53],
  ])('on Windows %s, %i characters, is %i entries', async (_, length, count) => {
    const entries = new Map<string, string>()
    const store = splitStore(makeMemoryStore(entries), ROOM_ON_WINDOWS)
    await store.write('me', 'x'.repeat(length), NEVER)
    expect(entries.size).toBe(count)
    // Two bytes a character: what Credential Manager holds in one.
    for (const part of entries.values()) expect(Buffer.byteLength(part, 'utf16le')).toBeLessThanOrEqual(2560)
    expect(await store.read('me', NEVER)).toHaveLength(length)
  })

  test('no character is cut in two, and a text that looks like the note about the parts is kept as a text', async () => {
    for (const text of [`x${'🔑'.repeat(ROOM)}`, `keyturn split 1 a 1 ${'0'.repeat(64)}`, 'keyturn split 2']) {
      const entries = await filledWith(text)
      expect(await kept(entries)).toBe(text)
      for (const part of entries.values()) expect(Buffer.from(part).toString()).toBe(part)
    }
  })

  test('what is larger than any credential is refused in words, and what was there stays', async () => {
    const entries = await filledWith(LARGE)
    const before = new Map(entries)
    const refusal = open(entries).write('me', 'x'.repeat(64 * 1024 + 1), NEVER)
    await expect(refusal).rejects.toMatchObject({ code: 'store_unusable', message: /a secret of 65,537 characters/ })
    expect(entries).toEqual(before)
  })

  test.each(named)(
    'from %s to %s: a death at any step leaves the old whole or the new whole',
    async (_, __, from, to) => {
      const steps = await stepsOf(from, setTo(to))
      for (let nth = 0; nth < steps; nth += 1) {
        const entries = await filledWith(from)
        await expect(setTo(to)(dying(entries, nth, new Error('killed')))).rejects.toThrow('killed')
        expect([from, to]).toContain(await kept(entries))
        // Whatever lies about is gone with the next change, whichever that is.
        for (const next of [SMALL, null]) {
          const later = new Map(entries)
          await setTo(next)(open(later))
          expect([...later]).toEqual(next === null ? [] : [['me', next]])
        }
        await setTo(OTHER)(open(entries))
        expect(await kept(entries)).toBe(OTHER)
      }
    },
  )

  test.each(named)(
    'from %s to %s: a store that fails at any step fails the change, or has made it',
    async (_, __, from, to) => {
      const steps = await stepsOf(from, setTo(to))
      for (let nth = 0; nth < steps; nth += 1) {
        const entries = await filledWith(from)
        const gone = new Failure('store_not_answering', 'it does not answer')
        const error = await setTo(to)(dying(entries, nth, gone)).catch((thrown: unknown) => thrown)
        const now = await kept(entries)
        if (error === undefined) expect(now).toBe(to)
        else expect(error).toBe(gone)
        // Only a removal is finished by being tried again: what is gone is gone, and its parts are named as a failure.
        if (to !== null && error !== undefined) expect(now).toBe(from)
      }
    },
  )

  test.each(named)(
    'from %s to %s: a reader sees one or the other, whatever happens between two of its steps',
    async (_, __, from, to) => {
      const changing = await stepsOf(from, setTo(to))
      const reading = 1 + Math.ceil((from?.length ?? 0) / ROOM)
      for (let step = 0; step <= reading; step += 1) {
        for (let done = 0; done <= changing; done += 1) {
          const entries = await filledWith(from)
          let left = step
          const reader = open(entries, async () => {
            left -= 1
            if (left === -1) await setTo(to)(dying(entries, done, new Error('killed'))).catch(() => {})
          })
          expect([from, to]).toContain(await reader.read('me', NEVER))
        }
      }
    },
  )

  test('a reader beside a writer that never rests sees only whole ones', async () => {
    const entries = await filledWith(LARGE)
    let turn = 0
    let isOver = false
    /** Each operation lets the others have two turns, then three, then one, …: no two rounds meet in the same way. */
    const yielding = async () => {
      turn += 1
      for (let i = 0; i <= turn % 3; i += 1) await Promise.resolve()
    }
    const writing = (async () => {
      for (let i = 0; i < 200; i += 1) await setTo([OTHER, SMALL, LARGE][i % 3]!)(open(entries, yielding))
      isOver = true
    })()
    let reads = 0
    while (!isOver) {
      expect([LARGE, OTHER, SMALL]).toContain(await open(entries, yielding).read('me', NEVER))
      reads += 1
    }
    await writing
    expect(reads).toBeGreaterThan(100)
  })

  test.each([
    ['a part is missing', (entries: Map<string, string>) => void entries.delete('me part a3')],
    ['a part is another', (entries: Map<string, string>) => void entries.set('me part a1', 'y'.repeat(ROOM))],
    [
      'the note was written by a later keyturn',
      (entries: Map<string, string>) => void entries.set('me', 'keyturn split 2 …'),
    ],
  ])('where %s it is unreadable, never "signed out", and removing it takes all of it', async (_, damage) => {
    const entries = await filledWith(LARGE)
    damage(entries)
    await expect(kept(entries)).rejects.toMatchObject({
      code: 'store_unusable',
      exitCode: 8,
      message: expect.stringMatching(/unreadable entry/),
      hint: expect.stringContaining('keyturn login --profile me'),
    })
    await setTo(OTHER)(open(new Map(entries)))
    expect(await open(entries).remove('me', NEVER)).toBe(true)
    expect(entries.size).toBe(0)
  })
})
