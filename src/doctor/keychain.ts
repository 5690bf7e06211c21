import { probe } from '../secrets/probe.ts'
import type { Store } from '../secrets/store.ts'
import type { Clock } from '../vocabulary/clock.ts'
import { isFailure } from '../vocabulary/failure.ts'
import { type Finding, failure, good, note, nothingKept, warning } from './finding.ts'

/** `demanded`: something is kept there, or is to be. `spare`: secrets go to a file, as a person agreed. */
export type Need = 'demanded' | 'usual' | 'spare'

export interface KeychainCheck {
  open(): Promise<Store>
  /** The program that answers for it, where that is known. */
  owner(): Promise<string | null>
  need: Need
  /** The profiles whose secrets it keeps. */
  profiles: readonly string[]
  clock: Clock
  signal: AbortSignal
}

/** Slower than this a person notices it at every command. */
const SLOW = 2000

/** Writes an entry of no profile, reads it back, and removes it; then sees whether it has what it should keep. */
export const examineKeychain = async (check: KeychainCheck): Promise<Finding[]> => {
  const { open, owner, need, profiles, clock, signal } = check
  const started = clock.monotonic()
  try {
    const store = await open()
    await probe(store, signal)
    const took = Math.round(clock.monotonic() - started)
    const by = await owner()
    const detail = `${store.where}${by === null ? '' : `, by ${by}`}: written, read, removed in ${took} ms`
    const slow = 'restart it: log out of the desktop and in again'
    const findings = [took <= SLOW ? good('keychain', detail) : warning('keychain', `${detail}, which is slow`, slow)]
    for (const profile of profiles) {
      if ((await store.read(profile, signal)) === null) findings.push(nothingKept(profile, 'the keychain'))
    }
    return findings
  } catch (error) {
    signal.throwIfAborted()
    if (!isFailure(error)) throw error
    const hint = error.hint ?? 'keep secrets in a file: keyturn login --store file'
    if (need === 'spare') return [note('keychain', `${error.message}; it is not needed: secrets go to a file`)]
    return [(need === 'demanded' ? failure : warning)('keychain', error.message, hint)]
  }
}
