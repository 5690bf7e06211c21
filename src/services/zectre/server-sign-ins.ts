import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { ApiKeys, StoredKey } from '../../server/api-keys.ts'
import { instant } from '../../server/instant.ts'
import { networkOf } from '../../server/network.ts'
import type { SignInWith } from '../../server/public.ts'
import type { ServerContext } from '../../server/reference-service.ts'
import { Refusal } from '../../server/refusal.ts'
import { clean } from '../../vocabulary/clean.ts'
import { type Accounts, refusal, requireEnabled, type StoredAccount, userOf } from './server-accounts.ts'

export const CODE_LIFE = 10 * 60 * 1000
/** An ended sign-in is remembered so long, to be told from one that never was. */
const AFTERLIFE = 60 * 60 * 1000
/** A terminal asks every second or two. */
const ABANDONED_AFTER = 15 * 1000
const MOST_SIGN_INS = 10_000
/** So many of one client's may wait: the rest is for the others. */
const MOST_OF_ONE_CLIENT = 1_000
const LONGEST_DEVICE_NAME = 64

export interface SignIn {
  /** What the asking program calls itself; cleaned, and still only its own word. */
  deviceName: string | null
  /** Where it asked from, as the socket said. */
  from: string
  startedAt: number
  startedMonotonic: number
  /** When its terminal asked last, by the steady clock; `null` before the first time. */
  askedAt: number | null
  challenge: Buffer | null
  outcome: { kind: 'none' } | { kind: 'denied' } | { kind: 'completed'; key: StoredKey; account: StoredAccount }
  /** The one raw key that is held, and no longer than its code lives: a lost answer can be asked for again. */
  rawKey: string | null
}

export type SignInState = 'unknown' | 'pending' | 'completed' | 'denied' | 'ended'

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()
const unknownCode = () => refusal('INVALID_CODE', 'there is no sign-in with this code')

export const makeSignIns = ({ clock }: ServerContext, accounts: Accounts, keys: ApiKeys) => {
  /** By the SHA-256 of their code, oldest first: those whose code lives, and those that have ended. */
  const living = new Map<string, SignIn>()
  const ended = new Map<string, SignIn>()
  /** How many of the living wait for an answer, by the network that they were asked from. */
  const waiting = new Map<string, number>()

  /** By whichever clock is further on: neither a machine that slept nor a clock set back gives a code more time. */
  const age = (signIn: SignIn): number =>
    Math.max(clock.now() - signIn.startedAt, clock.monotonic() - signIn.startedMonotonic)
  const hasEnded = (signIn: SignIn): boolean => age(signIn) >= CODE_LIFE

  const stopsWaiting = ({ from }: SignIn): void => {
    const network = networkOf(from)
    const left = (waiting.get(network) ?? 1) - 1
    if (left === 0) waiting.delete(network)
    else waiting.set(network, left)
  }

  /** Both lists are in the order of age, so that each call looks at what it moves, and at one more. */
  const sweep = (): void => {
    for (const [digest, signIn] of living) {
      if (!hasEnded(signIn)) break
      signIn.rawKey = null
      if (signIn.outcome.kind === 'none') stopsWaiting(signIn)
      living.delete(digest)
      ended.set(digest, signIn)
    }
    for (const [digest, signIn] of ended) {
      if (age(signIn) < CODE_LIFE + AFTERLIFE && ended.size <= MOST_SIGN_INS) return
      ended.delete(digest)
    }
  }

  const find = (code: string): SignIn | null => {
    sweep()
    const digest = sha256(code).toString('hex')
    return living.get(digest) ?? ended.get(digest) ?? null
  }

  const stateOf = (signIn: SignIn | null): SignInState => {
    if (!signIn) return 'unknown'
    if (signIn.outcome.kind !== 'none') return signIn.outcome.kind
    return hasEnded(signIn) ? 'ended' : 'pending'
  }

  const requirePending = (code: string): SignIn => {
    const signIn = find(code)
    if (!signIn) throw unknownCode()
    const state = stateOf(signIn)
    if (state === 'completed') throw refusal('SESSION_USED', 'this sign-in has been completed already')
    if (state === 'denied') throw refusal('CODE_EXPIRED', 'this sign-in was turned down')
    if (state === 'ended') throw refusal('CODE_EXPIRED', 'this sign-in ended ten minutes after it was started')
    return signIn
  }

  /** As an unknown code, when the program that started it has bound it and this is not that program. */
  const requireVerifier = (signIn: SignIn, verifier: string | null): void => {
    if (signIn.challenge && !timingSafeEqual(sha256(verifier ?? ''), signIn.challenge)) throw unknownCode()
  }

  return {
    find,
    stateOf,
    millisecondsLeft: (signIn: SignIn): number => Math.max(0, CODE_LIFE - age(signIn)),
    /** Whether its terminal asked before and has stopped. It may come back: nothing is decided by this. */
    isAbandoned: ({ askedAt }: SignIn): boolean => askedAt !== null && clock.monotonic() - askedAt > ABANDONED_AFTER,

    initiate(request: { deviceName: string | null; challenge: string | null; from: string }) {
      sweep()
      const network = networkOf(request.from)
      const ofThisClient = waiting.get(network) ?? 0
      if (living.size >= MOST_SIGN_INS || ofThisClient >= MOST_OF_ONE_CLIENT) {
        throw new Refusal(429, 'TOO_MANY_SIGN_INS', 'too many sign-ins are waiting', { 'retry-after': '60' })
      }
      waiting.set(network, ofThisClient + 1)
      const code = randomBytes(32).toString('base64url')
      const startedAt = clock.now()
      living.set(sha256(code).toString('hex'), {
        deviceName: clean(request.deviceName ?? '', LONGEST_DEVICE_NAME) || null,
        from: request.from,
        startedAt,
        startedMonotonic: clock.monotonic(),
        askedAt: null,
        challenge: request.challenge === null ? null : Buffer.from(request.challenge, 'base64url'),
        outcome: { kind: 'none' },
        rawKey: null,
      })
      return { code, expiresAt: startedAt + CODE_LIFE }
    },

    /** "GET /api/v1/auth/cli/status/{code}", 200; `reason` is an addition that a client is free to ignore. */
    status(code: string, verifier: string | null) {
      const signIn = find(code)
      if (!signIn) throw unknownCode()
      requireVerifier(signIn, verifier)
      signIn.askedAt = clock.monotonic()
      const nothing = { api_key: null, user: null }
      const { outcome, rawKey } = signIn
      if (outcome.kind === 'denied') return { status: 'expired', ...nothing, reason: 'denied' }
      if (hasEnded(signIn)) return { status: 'expired', ...nothing }
      if (outcome.kind === 'none') return { status: 'pending', ...nothing }
      requireEnabled(outcome.account)
      // A key that was revoked in the meantime is not handed out.
      if (!keys.find(outcome.key.id, outcome.account.id)) return { status: 'expired', ...nothing }
      return { status: 'completed', api_key: rawKey, user: userOf(outcome.account) }
    },

    /** "POST /api/v1/auth/cli/complete", and what the dashboard's page does with its form. */
    async complete(code: string, who: SignInWith, from: string) {
      requirePending(code)
      const account = await accounts.signIn(who, from)
      // Again: the password took a while, and a code is good for one completion.
      const signIn = requirePending(code)
      const { key, raw } = keys.create({
        ownerId: account.id,
        name: keyName(signIn, clock.now()),
        scopes: ['*'],
        expiresAt: null,
      })
      stopsWaiting(signIn)
      signIn.outcome = { kind: 'completed', key, account }
      signIn.rawKey = raw
      return { account, key, raw }
    },

    deny(code: string): SignIn {
      const signIn = requirePending(code)
      stopsWaiting(signIn)
      signIn.outcome = { kind: 'denied' }
      return signIn
    },
  }
}

/** What the key is going to be called, so that its owner knows it again in a list. */
export const keyName = (signIn: SignIn, now: number): string =>
  `${signIn.deviceName ?? 'command line'} ${instant(now).slice(0, 10)}`

export type SignIns = ReturnType<typeof makeSignIns>
