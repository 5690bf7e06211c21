import { randomUUID } from 'node:crypto'
import { makeGuesses } from '../../server/guesses.ts'
import { instant } from '../../server/instant.ts'
import type { PasswordHash } from '../../server/passwords.ts'
import type { SignInWith } from '../../server/public.ts'
import type { ServerContext } from '../../server/reference-service.ts'
import { Refusal } from '../../server/refusal.ts'
import { ERROR_STATUS, type ErrorCode, type User } from './wire.ts'

export interface StoredAccount {
  id: string
  email: string
  name: string | null
  createdAt: number
  /** `null`: it came with a token of zectre-catalog, and no password opens it. */
  password: PasswordHash | null
  disabled: boolean
}

const SHORTEST_PASSWORD = 8

export const refusal = (code: ErrorCode, message: string): Refusal => new Refusal(ERROR_STATUS[code], code, message)

/** "GET /api/v1/user". */
export const userOf = (account: StoredAccount): User => ({
  id: account.id,
  email: account.email,
  name: account.name,
  is_admin: false,
  created_at: instant(account.createdAt),
})

/** One account an address, however its letters are cased. */
const sameEmail = (email: string): string => email.trim().toLowerCase()

export const requireEnabled = (account: StoredAccount): StoredAccount => {
  if (account.disabled) throw refusal('ACCOUNT_DISABLED', 'this account is inactive')
  return account
}

export const makeAccounts = ({ clock, passwords }: ServerContext) => {
  const byEmail = new Map<string, StoredAccount>()
  const guesses = makeGuesses(clock)

  const requireFree = (email: string): void => {
    if (byEmail.has(sameEmail(email))) throw refusal('EMAIL_EXISTS', 'there is an account with this email address')
  }

  return {
    async signUp(request: SignInWith & { name: string | null }): Promise<StoredAccount> {
      const email = request.email.trim()
      if (!/^[^\s@\p{C}]+@[^\s@\p{C}]+$/u.test(email)) throw refusal('INVALID_EMAIL', 'the email address is malformed')
      if ([...request.password].length < SHORTEST_PASSWORD) {
        throw refusal('WEAK_PASSWORD', `the password is shorter than ${SHORTEST_PASSWORD} characters`)
      }
      requireFree(email)
      const password = await passwords.hash(request.password)
      // Again: the same address may have signed up while the password was being hashed.
      requireFree(email)
      const account = { id: randomUUID(), email, name: request.name, createdAt: clock.now(), password, disabled: false }
      byEmail.set(sameEmail(email), account)
      return account
    },
    /** The account, when address and password are right. Only who knows the password is told that it is inactive. */
    async signIn({ email, password }: SignInWith, from: string): Promise<StoredAccount> {
      const account = await guesses.guess({ name: sameEmail(email), from }, async () => {
        const named = byEmail.get(sameEmail(email))
        const matches = await passwords.matches(password, named?.password ?? null)
        return named && matches ? named : null
      })
      if (!account) throw refusal('INVALID_CREDENTIALS', 'the email address or the password is wrong')
      return requireEnabled(account)
    },
    /** The account of this address, made on first sight: for who has been proven to be that address by another way. */
    ofAddress({ email, name }: { email: string; name: string | null }): StoredAccount {
      const known = byEmail.get(sameEmail(email))
      if (known) return known
      const account = { id: randomUUID(), email, name, createdAt: clock.now(), password: null, disabled: false }
      byEmail.set(sameEmail(email), account)
      return account
    },
    isTaken: (email: string): boolean => byEmail.has(sameEmail(email)),
    all: (): StoredAccount[] => [...byEmail.values()],
    /** In place of all that there are. */
    restore(accounts: readonly StoredAccount[]): void {
      byEmail.clear()
      for (const account of accounts) byEmail.set(sameEmail(account.email), account)
    },
    find: (id: string): StoredAccount | null => [...byEmail.values()].find((account) => account.id === id) ?? null,
    disable(email: string): boolean {
      const account = byEmail.get(sameEmail(email))
      if (account) account.disabled = true
      return account !== undefined
    },
  }
}

export type Accounts = ReturnType<typeof makeAccounts>
