/** A real Secret Service in every state it can get into. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { KeychainOptions } from '../src/secrets/keychain-store.ts'
import { probe } from '../src/secrets/probe.ts'
import type { Store } from '../src/secrets/store.ts'
import { Failure, type FailureCode } from '../src/vocabulary/failure.ts'
import { buildProgram } from './files/program.ts'
import { freshFolder, isRunning, NEVER } from './files/tools.ts'
import { environmentOf, isAlive, keychainChildren, processes } from './keychain/children.ts'
import { type KeychainHarness, missingForKeychain, startSession } from './keychain/session.ts'
import { CHILD, keychainStore } from './keychain/store.ts'

const missing = missingForKeychain()
if (missing) process.stderr.write(`SKIPPED: the keychain suite: ${missing}\n`)

const session = async (options?: { collection: boolean }): Promise<KeychainHarness> => {
  const started = await startSession(options)
  onTestFinished(() => started.close())
  return started
}

/** One with an entry in it, as a signed-in person has. */
const filled = async (): Promise<KeychainHarness> => {
  const started = await session()
  await started.put('held', 'zec_canary')
  return started
}

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
    words: /is locked, and the question to unlock it was not answered within 2 s/,
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

const OPERATIONS: Record<string, (store: Store) => Promise<unknown>> = {
  'reading an entry that is there': (store) => store.read('held', NEVER),
  'reading an entry that is not there': (store) => store.read('missing', NEVER),
  writing: (store) => store.write('held', 'zec_canary_2', NEVER),
  'removing an entry that is not there': (store) => store.remove('missing', NEVER),
  probing: (store) => probe(store, NEVER),
}

const childPids = (): number[] => keychainChildren(process.pid).map(({ pid }) => pid)

/** Children of working stores idle on; those of this one must be gone. */
const noneIsLeftBut = (before: number[]) =>
  vi.waitFor(() => expect(childPids().filter((pid) => !before.includes(pid))).toEqual([]), {
    timeout: 1000,
    interval: 20,
  })

const failureOf = async (work: Promise<unknown>): Promise<Failure> => {
  const error = await work.then(
    () => 'it worked',
    (thrown: unknown) => thrown,
  )
  if (error instanceof Failure) return error
  throw new Error(`no failure: ${error}`)
}

describe.skipIf(missing)('a keychain that can not be used', () => {
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

describe.skipIf(missing)('a locked keychain and several commands at once', () => {
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

describe.skipIf(missing)('entries that keyturn did not write', () => {
  test('two of one name are neither read, written nor removed', async () => {
    const { env, put, found } = await filled()
    await put('held', 'foreign', 'extra', 'attribute')
    for (const operation of ['reading an entry that is there', 'writing'] as const) {
      const failure = await failureOf(OPERATIONS[operation]!(keychainStore(env)))
      expect(failure).toMatchObject({ code: 'store_unusable', message: expect.stringContaining('more than one entry') })
    }
    expect(await failureOf(keychainStore(env).remove('held', NEVER))).toMatchObject({ code: 'store_unusable' })
    // Both are still there, under the one name.
    expect((await found()).sort()).toEqual([
      ['held', 'foreign'],
      ['held', 'zec_canary'],
    ])
  })

  test('one that is no text is unreadable, not missing', async () => {
    const { env, put } = await session()
    await put('held', Buffer.from([0xff, 0xfe, 0xfd]))
    expect(await failureOf(keychainStore(env).read('held', NEVER))).toMatchObject({
      code: 'store_unusable',
      message: expect.stringContaining('unreadable entry'),
    })
  })
})

describe.skipIf(missing)('a keychain that asks to be unlocked', () => {
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
    const failure = failureOf(keychainStore(env, { deadline: 2500, onSlow }).read('held', NEVER))
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
    await keychainStore(env, { onSlow }).write('held', 'zec_canary', NEVER)
    expect(onSlow).not.toHaveBeenCalled()
  })
})

describe.skipIf(missing)('the child of the keychain store', () => {
  const helperOf = (env: Record<string, string>, changes: Partial<KeychainOptions>) =>
    failureOf(keychainStore(env, changes).read('held', NEVER))

  test('has no secret and no variable of ours in its environment or arguments, nor has anybody else', async () => {
    const { env } = await session()
    const canary = 'zec_canary_5e1c0d9a'
    const store = keychainStore({
      ...env,
      KEYTURN_TOKEN: 'tok_canary_77aa',
      KEYTURN_CONFIG_DIR: '/x',
      OTHER: 'other_canary',
    })
    let isOver = false
    const writing = (async () => {
      for (let i = 0; i < 20; i += 1) await store.write('held', `${canary}_${i}`, NEVER)
      isOver = true
    })()
    let samples = 0
    while (!isOver) {
      const all = processes()
      const children = all.filter((seen) => seen.parent === process.pid && seen.cmdline.includes('keychain-child'))
      samples += children.length
      for (const seen of all) expect(seen.cmdline + environmentOf(seen)).not.toContain(canary)
      for (const child of children) expect(environmentOf(child)).not.toMatch(/KEYTURN_|tok_canary|other_canary/)
      await new Promise(setImmediate)
    }
    await writing
    expect(samples).toBeGreaterThan(0)
  })

  test('serves a whole command alone', async () => {
    const { env } = await session()
    const store = keychainStore(env)
    const before = childPids()
    await probe(store, NEVER)
    await store.write('held', 'zec_canary', NEVER)
    await Promise.all([store.read('held', NEVER), store.read('held', NEVER), store.read('missing', NEVER)])
    expect(childPids().filter((pid) => !before.includes(pid))).toHaveLength(1)
  })

  test('says which part is broken when the native part does not load', async () => {
    const folder = freshFolder()
    const childPath = await buildProgram(join(import.meta.dirname, '../src/secrets/keychain-child.ts'), folder)
    const failure = await helperOf({ PATH: '/usr/bin' }, { childPath })
    expect(failure).toMatchObject({ code: 'store_unusable', message: expect.stringContaining('@napi-rs/keyring') })
    expect(failure.hint).toContain('npm install')
  })

  test.each([
    ['is not where it was installed', { childPath: '/nonexistent/keychain-child.js' }],
    ['can not be started', { execPath: '/nonexistent/node' }],
  ])('makes the store unusable when it %s', async (_, changes) => {
    expect(await helperOf({ PATH: '/usr/bin' }, changes)).toMatchObject({ code: 'store_unusable' })
  })

  test('is started again when it was killed between two operations', async () => {
    const { env } = await session()
    const store = keychainStore(env)
    const before = childPids()
    await store.write('held', 'zec_canary', NEVER)
    const [child = 0] = childPids().filter((pid) => !before.includes(pid))
    process.kill(child, 'SIGKILL')
    await vi.waitFor(() => expect(isRunning(child)).toBe(false))
    expect(await store.read('held', NEVER)).toBe('zec_canary')
  })
})

describe.skipIf(missing)('a program that uses the keychain store', () => {
  let program: string
  beforeAll(async () => {
    const cleanUps: (() => void)[] = []
    program = await buildProgram(
      join(import.meta.dirname, 'keychain/holder.ts'),
      freshFolder((cleanUp) => cleanUps.push(cleanUp)),
    )
    return () => {
      for (const cleanUp of cleanUps) cleanUp()
    }
  })

  const run = (env: Record<string, string>, deadline: number) => {
    const child = spawn(process.execPath, [program, CHILD, String(deadline)], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    const lines = createInterface(child.stdout)
    return { child, line: once(lines, 'line').then(([text]) => String(text)), exit: once(child, 'exit') }
  }

  test('ends by itself when it has nothing more to do, with an idle child', async () => {
    const { env } = await filled()
    const { child, line, exit } = run(env, 5000)
    expect(await line).toBe('read zec_canary')
    expect(await exit).toEqual([0, null])
    expect(keychainChildren(child.pid!)).toEqual([])
  })

  test('takes the child with it when it is killed, though that one waits for a prompt', async () => {
    const { env, prompter, lock } = await filled()
    await prompter('silent')
    await lock()
    const { child, line, exit } = run(env, 20_000)
    expect(await line).toBe('slow')
    const [waiting] = keychainChildren(child.pid!)
    child.kill('SIGKILL')
    await exit
    await vi.waitFor(() => expect(isAlive(waiting!.pid)).toBe(false), { timeout: 1000, interval: 20 })
  })

  test('ends in time while the keychain waits for a prompt', async () => {
    const { env, prompter, lock } = await filled()
    await prompter('silent')
    await lock()
    const began = performance.now()
    const { exit } = run(env, 1000)
    expect(await exit).toEqual([0, null])
    expect(performance.now() - began).toBeLessThan(2000)
  })
})
