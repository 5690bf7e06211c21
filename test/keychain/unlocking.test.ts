/** A keychain that asks a person to unlock it: told after a second, waited for as long as was said, asked once. */
import { describe, expect, test, vi } from 'vitest'
import { NEVER } from '../files/tools.ts'
import { childPids, failureOf, filled, HELD, noneIsLeftBut, session } from './rig.ts'
import { type KeychainHarness, missingForKeychain } from './session.ts'
import { keychainStore } from './store.ts'

const missing = missingForKeychain()

describe.skipIf(missing !== null)('a keychain that asks to be unlocked', () => {
  const locked = async (mode: 'silent' | 'dismiss'): Promise<KeychainHarness> => {
    const started = await filled()
    await started.prompter(mode)
    await started.lock()
    return started
  }

  test('asks once: after a refusal the next operation of the same command fails at once', async () => {
    const { env } = await locked('silent')
    const store = keychainStore(env, { deadline: 1000 })
    const first = await failureOf(store.read('held', NEVER))
    const began = performance.now()
    expect(await failureOf(store.write('held', 'other', NEVER))).toBe(first)
    expect(performance.now() - began).toBeLessThan(100)
  })

  test('is spoken of after a second, once', async () => {
    const { env } = await locked('silent')
    const onSlow = vi.fn()
    const began = performance.now()
    const heard = new Promise<number>((resolve) => onSlow.mockImplementation(() => resolve(performance.now() - began)))
    const failure = failureOf(keychainStore(env, { deadline: 1500, onSlow }).read('held', NEVER))
    expect(await heard).toBeGreaterThan(900)
    await failure
    expect(onSlow).toHaveBeenCalledOnce()
  })

  test('is given up at once when the command is stopped', async () => {
    const { env } = await locked('silent')
    const stopping = new AbortController()
    const before = childPids()
    const store = keychainStore(env, { deadline: 20_000, onSlow: () => stopping.abort(new Error('Ctrl-C')) })
    const began = performance.now()
    await expect(store.read('held', stopping.signal)).rejects.toThrow('Ctrl-C')
    expect(performance.now() - began).toBeLessThan(1500)
    await noneIsLeftBut(before)
  })

  test('and the working keychain is never spoken of', async () => {
    const onSlow = vi.fn()
    const { env } = await session()
    await keychainStore(env, { onSlow }).write('held', HELD, NEVER)
    expect(onSlow).not.toHaveBeenCalled()
  })
})
