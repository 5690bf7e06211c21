import { join } from 'node:path'
import { type KeychainOptions, makeKeychainStore } from '../../src/secrets/keychain-store.ts'
import type { Store } from '../../src/secrets/store.ts'
import { realWait } from '../files/tools.ts'

/** As it was built: `npm run build`. */
export const CHILD = join(import.meta.dirname, '..', '..', 'dist', 'keychain-child.js')

/** The keychain store over the real child, in whatever keychain the environment leads to. */
export const keychainStore = (env: Record<string, string>, changes: Partial<KeychainOptions> = {}): Store =>
  makeKeychainStore({
    execPath: process.execPath,
    childPath: CHILD,
    env,
    platform: process.platform,
    wait: realWait,
    deadline: 5000,
    onSlow: () => {},
    ...changes,
  })
