import { isFailure } from '../vocabulary/failure.ts'
import type { Store } from './store.ts'

/** No profile can be called this: there is a blank in it. One name for all time, so that no probe leaves rubbish. */
export const PROBE_ACCOUNT = 'keyturn probe'

/** Another program may be probing at the same moment, and take away what this one has just written. */
const TRIES = 5

/** Proves that a store works before anything is asked of a service: writes, reads back (as every write does), removes. */
export const probe = async (store: Store, signal: AbortSignal): Promise<void> => {
  for (let tries = 1; ; tries += 1) {
    try {
      await store.write(PROBE_ACCOUNT, 'this entry only tries out the keychain, and may be removed', signal)
      await store.remove(PROBE_ACCOUNT, signal)
      return
    } catch (error) {
      if (tries === TRIES || !isFailure(error, 'store_unusable')) throw error
    }
  }
}
