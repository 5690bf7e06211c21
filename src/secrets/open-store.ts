import type { FileTools } from '../files/tools.ts'
import { makeFileStore } from './file-store.ts'
import type { KeychainOptions } from './keychain-store.ts'
import type { Store, StoreName } from './store.ts'

export interface StorePlan {
  /** Where the file store has its file. */
  folder(): string
  tools: FileTools
  keychain: Omit<KeychainOptions, 'wait'>
}

/** Nothing is touched before the first read or write; the keychain's code is loaded only for the keychain. */
export const openStore = async (name: StoreName, { folder, tools, keychain }: StorePlan): Promise<Store> => {
  if (name === 'file') return makeFileStore(folder(), tools)
  const { makeKeychainStore } = await import('./keychain-store.ts')
  const store = makeKeychainStore({ ...keychain, wait: tools.wait })
  if (keychain.platform !== 'win32') return store
  const { ROOM_ON_WINDOWS, splitStore } = await import('./split-store.ts')
  return splitStore(store, ROOM_ON_WINDOWS)
}
