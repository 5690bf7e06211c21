/** The OS keychain: Secret Service, macOS Keychain, Windows Credential Manager, through the child that can be killed. */
import type { Wait } from '../vocabulary/clock.ts'
import { Failure, isFailure } from '../vocabulary/failure.ts'
import { judgeRefusal, judgeSilence, type KeychainPlace } from './keychain-failure.ts'
import type { KeychainReply, KeychainRequest } from './keychain-protocol.ts'
import type { ChildPlan, KeychainSession } from './keychain-session.ts'
import { readOverBus } from './read-over-bus.ts'
import { assertSize } from './size-limit.ts'
import type { Store } from './store.ts'

export interface KeychainOptions extends ChildPlan {
  wait: Wait
  /** How long one operation may take, in milliseconds; the person may have to type a password meanwhile. */
  deadline: number
  /** Called when an operation takes longer than a second: the time to say what is being waited for. */
  onSlow(): void
}

const SLOW = 1000

/** After these another try would only show the same question once more, or wait as long again. */
const FINAL = ['store_locked', 'store_absent', 'store_not_answering', 'store_refused'] as const

const TITLES: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'Secret Service',
  darwin: 'Keychain',
  win32: 'Credential Manager',
}

type Question = Omit<KeychainRequest, 'id'>

const IS_ANYBODY_THERE: Question = { operation: 'ask', account: '', secret: null }

export const makeKeychainStore = (options: KeychainOptions): Store => {
  const { env, platform, wait, deadline } = options
  const place: KeychainPlace = { platform, hasDisplay: Boolean(env.DISPLAY || env.WAYLAND_DISPLAY) }
  const title = TITLES[platform]
  const where = title ? `the OS keychain (${title})` : 'the OS keychain'
  let session: KeychainSession | null = null
  let final: Failure | null = null

  const answerOf = async (asked: KeychainSession, question: Question, signal: AbortSignal): Promise<KeychainReply> => {
    const over = new AbortController()
    let isAlive = false
    const after = (time: number, act: () => unknown) =>
      wait(time, over.signal)
        .then(act)
        .catch(() => {})
    after(SLOW, options.onSlow)
    // Asked beside the operation that waits, so that the deadline is the end: nothing comes on top of it.
    after(Math.min(SLOW, deadline / 2), async () => {
      isAlive = (await asked.ask(IS_ANYBODY_THERE)).ok
    })
    const late = wait(deadline, AbortSignal.any([signal, over.signal])).then(() => null)
    try {
      const reply = await Promise.race([asked.ask(question), late])
      if (reply !== null) return reply
      throw judgeSilence(isAlive, deadline / 1000, place, where)
    } finally {
      over.abort()
      late.catch(() => {})
    }
  }

  const drop = (dropped: KeychainSession): void => {
    dropped.kill()
    if (session === dropped) session = null
  }

  const perform = async (question: Question, signal: AbortSignal): Promise<string | boolean | null> => {
    signal.throwIfAborted()
    if (final) throw final
    // Most commands read one secret, and then nothing is started, nor what that takes loaded.
    const { ChildEnded, startKeychainSession } = await import('./keychain-session.ts')
    if (session === null || session.hasEnded()) session = startKeychainSession(options)
    const asked = session
    try {
      const reply = await answerOf(asked, question, signal)
      if (reply.ok) return reply.value
      throw judgeRefusal(reply, place, where)
    } catch (error) {
      const failure = error instanceof ChildEnded ? (final ?? helperEnded(error, where)) : error
      if (isFailure(failure, ...FINAL)) final = failure
      // Whatever else went wrong: a call that still runs in there is not waited for.
      if (!isFailure(failure, 'store_unusable') || error instanceof ChildEnded) drop(asked)
      throw failure
    }
  }

  /** While there is a child, it is asked: it has found out more by then than a look can. */
  const look = async (account: string, signal: AbortSignal): Promise<string | null> =>
    platform === 'linux' && session === null && final === null ? readOverBus(account, options, signal) : null

  return {
    name: 'keychain',
    where,
    read: async (account, signal) => {
      signal.throwIfAborted()
      const value =
        (await look(account, signal)) ?? (await perform({ operation: 'read', account, secret: null }, signal))
      return typeof value === 'string' ? value : null
    },
    write: async (account, secret, signal) => {
      assertSize(secret, where)
      await perform({ operation: 'write', account, secret }, signal)
    },
    remove: async (account, signal) => (await perform({ operation: 'remove', account, secret: null }, signal)) === true,
  }
}

const helperEnded = (error: Error, where: string): Failure =>
  new Failure('store_unusable', `${where} can't be used: the helper that talks to it ended (${error.message})`, {
    hint: 'try again; if it stays so, install keyturn again, or keep secrets in a file: keyturn login --store file',
    cause: error,
  })
