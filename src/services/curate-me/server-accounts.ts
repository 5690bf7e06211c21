import { randomBytes } from 'node:crypto'
import { makeGuesses } from '../../server/guesses.ts'
import { instant } from '../../server/instant.ts'
import type { PasswordHash } from '../../server/passwords.ts'
import type { SignInWith } from '../../server/public.ts'
import type { ServerContext } from '../../server/reference-service.ts'
import { Refusal } from '../../server/refusal.ts'
import type { User } from './wire.ts'

export interface StoredAccount {
  id: string
  email: string
  name: string
  createdAt: number
  password: PasswordHash
  disabled: boolean
  /** The organisations it belongs to, its own first. */
  memberships: Membership[]
  /** The one that its tokens name; `null`: they name none, and each B2B call has to. */
  claims: Membership | null
}

export interface Membership {
  org: string
  role: string
}

const SHORTEST_PASSWORD = 8

/** An id as the page shows them, "usr_abc123". */
const newId = (tag: string): string => `${tag}_${randomBytes(12).toString('hex')}`

/** "Register", the `user` of the 201. */
export const userOf = ({ id, email, name, createdAt }: StoredAccount): User => ({
  id,
  email,
  name,
  created_at: instant(createdAt),
})

/** One account an address, however its letters are cased. */
const sameEmail = (email: string): string => email.trim().toLowerCase()

export const requireEnabled = (account: StoredAccount): StoredAccount => {
  if (account.disabled) throw new Refusal(403, 'ACCOUNT_DISABLED', 'this account is inactive')
  return account
}

/** What is refused, and in which words, is chosen: the page documents no refusal. */
export const makeAccounts = ({ clock, passwords }: ServerContext) => {
  const byEmail = new Map<string, StoredAccount>()
  const guesses = makeGuesses(clock)

  const requireFree = (email: string): void => {
    if (!byEmail.has(sameEmail(email))) return
    throw new Refusal(409, 'EMAIL_EXISTS', 'there is an account with this email address')
  }
  const require = (email: string): StoredAccount => {
    const account = byEmail.get(sameEmail(email))
    if (!account) throw new Error(`there is no account ${email}`)
    return account
  }

  return {
    async register(request: SignInWith & { name: string }): Promise<StoredAccount> {
      const email = request.email.trim()
      if (!/^[^\s@\p{C}]+@[^\s@\p{C}]+$/u.test(email)) {
        throw new Refusal(422, 'INVALID_EMAIL', 'the email address is malformed')
      }
      if ([...request.password].length < SHORTEST_PASSWORD) {
        throw new Refusal(422, 'WEAK_PASSWORD', `the password is shorter than ${SHORTEST_PASSWORD} characters`)
      }
      requireFree(email)
      const password = await passwords.hash(request.password)
      // Again: the same address may have registered while the password was being hashed.
      requireFree(email)
      const id = newId('usr')
      const account: StoredAccount = {
        id,
        email,
        name: request.name,
        createdAt: clock.now(),
        password,
        disabled: false,
        // Nothing that is documented tells an organisation's id, so it follows from the account's.
        memberships: [{ org: id.replace(/^usr/, 'org'), role: 'owner' }],
        claims: null,
      }
      byEmail.set(sameEmail(email), account)
      return account
    },
    /** The account, when address and password are right. Only who knows the password is told that it is inactive. */
    async signIn({ email, password }: SignInWith, from: string): Promise<StoredAccount> {
      const account = await guesses.guess({ name: sameEmail(email), from }, async () => {
        const known = byEmail.get(sameEmail(email)) ?? null
        return (await passwords.matches(password, known?.password ?? null)) ? known : null
      })
      if (!account) throw new Refusal(401, 'INVALID_CREDENTIALS', 'the email address or the password is wrong')
      return requireEnabled(account)
    },
    byAddress: (email: string): StoredAccount | null => byEmail.get(sameEmail(email)) ?? null,
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
    organisations: {
      of: (email: string): Membership[] => [...require(email).memberships],
      join: (email: string, membership: Membership): void => {
        require(email).memberships.push(membership)
      },
      /** From now on the account's new tokens name an organisation by themselves. */
      claim: (email: string, membership: Membership): void => {
        require(email).claims = membership
      },
    },
  }
}

export type Accounts = ReturnType<typeof makeAccounts>
