import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto'
import type { ServerContext } from '../../server/reference-service.ts'
import { Refusal } from '../../server/refusal.ts'
import type { Clock } from '../../vocabulary/clock.ts'
import type { StoredAccount } from './server-accounts.ts'

const MINUTE = 60_000
const CODE_LIFE = 10 * MINUTE
const CODE_TRIES = 5
const TOKEN_LIFE = 60 * MINUTE
const LETTERS_AN_HOUR = 5
const MOST_ADDRESSES = 10_000

interface Moment {
  wall: number
  steady: number
}

/** By whichever clock is further on: a clock that is set back gives neither a code nor a token more time. */
const ageOf = ({ wall, steady }: Moment, clock: Clock): number =>
  Math.max(clock.now() - wall, clock.monotonic() - steady)

const digestOf = (token: string): string => createHash('sha256').update(token).digest('hex')
const isSame = (one: string, other: string): boolean =>
  timingSafeEqual(Buffer.from(digestOf(one)), Buffer.from(digestOf(other)))

/** What is sent by mail: six-digit codes that verify an address, and tokens that let a password be set anew. */
export const makeLetters = ({ clock, outbox }: ServerContext) => {
  const codes = new Map<string, { code: string; sent: Moment; triesLeft: number }>()
  /** By their SHA-256. */
  const tokens = new Map<string, { accountId: string; sent: Moment }>()
  /** When letters were asked for lately, by address, whether or not there is an account with it. */
  const asked = new Map<string, number[]>()
  const moment = (): Moment => ({ wall: clock.now(), steady: clock.monotonic() })

  /** Whose token this is, within an hour. */
  const ownerOf = (token: string): string | null => {
    const held = tokens.get(digestOf(token))
    return held && ageOf(held.sent, clock) < TOKEN_LIFE ? held.accountId : null
  }

  return {
    /**
     * Five letters an hour to one address, counted for addresses without an account too: neither a mailbox can be
     * flooded, nor can five tries a code be made many by asking for code after code.
     */
    requireFewLetters(kind: string, email: string): void {
      const address = `${kind} ${email.toLowerCase()}`
      const now = clock.monotonic()
      const lately = (asked.get(address) ?? []).filter((at) => now - at < 60 * MINUTE)
      const [oldest = now] = lately
      if (lately.length >= LETTERS_AN_HOUR) {
        throw new Refusal(429, 'TOO_MANY_LETTERS', 'too many letters to this address; wait for those on their way', {
          'retry-after': String(Math.ceil((oldest + 60 * MINUTE - now) / 1000)),
        })
      }
      asked.delete(address)
      asked.set(address, [...lately, now])
      const [quietest] = asked.keys()
      if (asked.size > MOST_ADDRESSES && quietest !== undefined) asked.delete(quietest)
    },

    /** A fresh code; the one before it is dead. */
    sendCode({ id, email }: StoredAccount): void {
      const code = String(randomInt(1_000_000)).padStart(6, '0')
      codes.set(id, { code, sent: moment(), triesLeft: CODE_TRIES })
      outbox.send({ to: email, subject: 'your RESTume verification code', code })
    },
    /** True once for the right code, within ten minutes and five tries. */
    takeCode({ id }: StoredAccount, code: string): boolean {
      const held = codes.get(id)
      if (!held || held.triesLeft === 0 || ageOf(held.sent, clock) >= CODE_LIFE) return false
      held.triesLeft -= 1
      return isSame(held.code, code) && codes.delete(id)
    },

    sendToken({ id, email }: StoredAccount): void {
      for (const [digest, { sent }] of tokens) if (ageOf(sent, clock) >= TOKEN_LIFE) tokens.delete(digest)
      const token = randomBytes(32).toString('base64url')
      tokens.set(digestOf(token), { accountId: id, sent: moment() })
      outbox.send({ to: email, subject: 'set your RESTume password anew', code: token })
    },
    ownerOf,
    /** Whose token this is, once; every other token of that account is dead then too. */
    takeToken(token: string): string | null {
      const ownerId = ownerOf(token)
      for (const [digest, { accountId }] of tokens) if (accountId === ownerId) tokens.delete(digest)
      return ownerId
    },
  }
}
