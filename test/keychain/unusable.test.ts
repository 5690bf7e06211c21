/** A real Secret Service in every state it can get into, and each operation on it. */
import { describe, expect, test } from 'vitest'
import type { Store } from '../../src/secrets/store.ts'
import type { FailureCode } from '../../src/vocabulary/failure.ts'
import { NEVER } from '../files/tools.ts'
import { childPids, failureOf, filled, noneIsLeftBut, OPERATIONS, session } from './rig.ts'
import { missingForKeychain } from './session.ts'
import { keychainStore } from './store.ts'

const missing = missingForKeychain()
if (missing) process.stderr.write(`SKIPPED: the keychain suite: ${missing}\n`)

const without = (env: Record<string, string>, name: string): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter(([key]) => key !== name))

interface State {
  code: FailureCode
  words: RegExp
  /** Milliseconds; kept short where the wait for it is what is tried. */
  deadline: number
  /** Nothing comes but the deadline, so that the operations may as well wait for it together. */
  isSilent?: boolean
  prepare(): Promise<Record<string, string>>
}

const STATES: Record<string, State> = {
  'no bus': {
    code: 'store_absent',
    words: /there is no D-Bus session/,
    deadline: 5000,
    prepare: async () => without((await session()).env, 'DBUS_SESSION_BUS_ADDRESS'),
  },
  'a bus that has gone': {
    code: 'store_absent',
    words: /there is no D-Bus session/,
    deadline: 5000,
    prepare: async () => ({ ...(await session()).env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' }),
  },
  'no collection': {
    code: 'store_absent',
    words: /no collection to keep secrets in/,
    deadline: 5000,
    prepare: async () => (await session({ collection: false })).env,
  },
  'locked without a display': {
    code: 'store_locked',
    words: /is locked, and there is no display/,
    deadline: 5000,
    prepare: async () => {
      const { lock, env } = await filled()
      await lock()
      return env
    },
  },
  'locked, and the prompt dismissed': {
    code: 'store_refused',
    words: /locked, and the question to unlock it was turned down/,
    deadline: 5000,
    prepare: async () => {
      const { lock, prompter, env } = await filled()
      await prompter('dismiss')
      await lock()
      return { ...env, DISPLAY: ':99' }
    },
  },
  'locked, and the prompt not answered': {
    code: 'store_locked',
    words: /is locked, and the question to unlock it was not answered within 1\.5 s/,
    isSilent: true,
    deadline: 1500,
    prepare: async () => {
      const { lock, prompter, env } = await filled()
      await prompter('silent')
      await lock()
      return env
    },
  },
  'daemon stopped': {
    code: 'store_not_answering',
    words: /is not answering/,
    isSilent: true,
    deadline: 5000,
    prepare: async () => {
      const { stop, env } = await filled()
      stop()
      return env
    },
  },
  'daemon stopped, and less patience than the native part has': {
    code: 'store_not_answering',
    words: /did not answer within 1 s/,
    isSilent: true,
    deadline: 1000,
    prepare: async () => {
      const { stop, env } = await filled()
      stop()
      return env
    },
  },
  'daemon killed': {
    code: 'store_locked',
    words: /is locked, and there is no display/,
    deadline: 5000,
    prepare: async () => {
      const { kill, env } = await filled()
      await kill()
      return env
    },
  },
}

describe.skipIf(missing !== null)('a keychain that can not be used', () => {
  for (const [name, state] of Object.entries(STATES)) {
    test(`${name}: each operation says so in time, and leaves no process behind`, async () => {
      const env = await state.prepare()
      const before = childPids()
      const tryOut = async ([operation, run]: [string, (store: Store) => Promise<unknown>]) => {
        const began = performance.now()
        const failure = await failureOf(run(keychainStore(env, { deadline: state.deadline })))
        expect({ operation, code: failure.code }).toEqual({ operation, code: state.code })
        expect(failure.message).toMatch(state.words)
        expect(failure.hint).toMatch(/--store file/)
        expect(performance.now() - began).toBeLessThan(state.deadline + 1000)
      }
      const operations = Object.entries(OPERATIONS)
      if (state.isSilent) await Promise.all(operations.map(tryOut))
      else for (const operation of operations) await tryOut(operation)
      await noneIsLeftBut(before)
    })
  }
})

describe.skipIf(missing !== null)('a locked keychain and several commands at once', () => {
  // gnome-keyring 42 answers one of them and forgets the others, for ever.
  test('are each told that it is locked, in time', async () => {
    const { lock, env } = await filled()
    await lock()
    const before = childPids()
    const failures = Array.from({ length: 5 }, () =>
      failureOf(keychainStore(env, { deadline: 1500 }).read('held', NEVER)),
    )
    expect((await Promise.all(failures)).map(({ code }) => code)).toEqual(Array(5).fill('store_locked'))
    await noneIsLeftBut(before)
  })
})
