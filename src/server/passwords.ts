import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { Refusal } from './refusal.ts'

/** OWASP Password Storage Cheat Sheet: scrypt with N=2^17, r=8, p=1. Tests hand in a lower N. */
export const SCRYPT_COST = 2 ** 17
/** Each needs 128 MiB, more than Node allows unless it is told, so few run at once and not many may wait. */
const MEMORY = 256 * 1024 * 1024
const AT_ONCE = 4
const MAY_WAIT = 64

export interface PasswordHash {
  cost: number
  salt: Buffer
  digest: Buffer
}

export interface Passwords {
  hash(password: string): Promise<PasswordHash>
  /** Takes as long for an account that is not there (`null`), so that time does not tell which accounts are. */
  matches(password: string, hash: PasswordHash | null): Promise<boolean>
}

const digestOf = (password: string, salt: Buffer, cost: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(password, salt, 32, { N: cost, r: 8, p: 1, maxmem: MEMORY }, (error, digest) =>
      error ? reject(error) : resolve(digest),
    )
  })

export const makePasswords = (cost: number = SCRYPT_COST): Passwords => {
  const nobody: PasswordHash = { cost, salt: randomBytes(16), digest: randomBytes(32) }
  const waiting: (() => void)[] = []
  let running = 0

  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running < AT_ONCE) running += 1
    else if (waiting.length < MAY_WAIT) await new Promise<void>((go) => waiting.push(go))
    else throw new Refusal(503, 'BUSY', 'too many passwords are being checked', { 'retry-after': '1' })
    try {
      return await work()
    } finally {
      // The place is handed on, not given back, so nobody can slip in between.
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }

  return {
    hash: (password) =>
      inTurn(async () => {
        const salt = randomBytes(16)
        return { cost, salt, digest: await digestOf(password, salt, cost) }
      }),
    matches: (password, hash) =>
      inTurn(async () => {
        const against = hash ?? nobody
        const digest = await digestOf(password, against.salt, against.cost)
        return timingSafeEqual(digest, against.digest) && hash !== null
      }),
  }
}
