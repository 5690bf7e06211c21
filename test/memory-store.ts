import { assertSize } from '../src/secrets/size-limit.ts'
import type { Store } from '../src/secrets/store.ts'

/** Keeps secrets as long as the test that made it. */
export const makeMemoryStore = (entries = new Map<string, string>()): Store => ({
  name: 'file',
  where: 'memory',
  read: async (account, signal) => {
    signal.throwIfAborted()
    return entries.get(account) ?? null
  },
  write: async (account, secret, signal) => {
    signal.throwIfAborted()
    assertSize(secret, 'memory')
    entries.set(account, secret)
  },
  remove: async (account, signal) => {
    signal.throwIfAborted()
    return entries.delete(account)
  },
})
