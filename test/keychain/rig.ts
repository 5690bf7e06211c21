/** What the keychain's tests share: a session that ends with its test, and what is asked of a store in it. */
import { expect, onTestFinished, vi } from 'vitest'
import { probe } from '../../src/secrets/probe.ts'
import type { Store } from '../../src/secrets/store.ts'
import { Failure } from '../../src/vocabulary/failure.ts'
import { NEVER } from '../files/tools.ts'
import { canary } from '../harness/canary.ts'
import { keychainChildren } from './children.ts'
import { type KeychainHarness, startSession } from './session.ts'

export const session = async (options?: { collection: boolean }): Promise<KeychainHarness> => {
  const started = await startSession(options)
  onTestFinished(() => started.close())
  return started
}

/** What a signed-in person has there. */
export const HELD = canary('key')

/** One with an entry in it, as a signed-in person has. */
export const filled = async (): Promise<KeychainHarness> => {
  const started = await session()
  await started.put('held', HELD)
  return started
}

export const OPERATIONS: Record<string, (store: Store) => Promise<unknown>> = {
  'reading an entry that is there': (store) => store.read('held', NEVER),
  'reading an entry that is not there': (store) => store.read('missing', NEVER),
  writing: (store) => store.write('held', canary('key'), NEVER),
  'removing an entry that is not there': (store) => store.remove('missing', NEVER),
  probing: (store) => probe(store, NEVER),
}

export const childPids = (): number[] => keychainChildren(process.pid).map(({ pid }) => pid)

/** Children of working stores idle on; those of this one must be gone. */
export const noneIsLeftBut = (before: number[]) =>
  vi.waitFor(() => expect(childPids().filter((pid) => !before.includes(pid))).toEqual([]), {
    timeout: 1000,
    interval: 20,
  })

export const failureOf = async (work: Promise<unknown>): Promise<Failure> => {
  const error = await work.then(
    () => 'it worked',
    (thrown: unknown) => thrown,
  )
  if (error instanceof Failure) return error
  throw new Error(`no failure: ${error}`)
}
