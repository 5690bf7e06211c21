import { randomUUID } from 'node:crypto'
import type { PasswordHash } from '../../server/passwords.ts'
import type { GoogleIdentity, ServerContext } from '../../server/reference-service.ts'
import { Refusal } from '../../server/refusal.ts'
import type { AccountAnswer } from './wire.ts'

export interface StoredAccount {
  id: string
  username: string
  email: string
  fullName: string
  createdAt: number
  emailVerified: boolean
  /** `null`: made with Google, and no password set since. */
  password: PasswordHash | null
  googleSubject: string | null
  /** Goes up when the password is reset: a JWT of a lower one is dead. */
  tokenVersion: number
  disabled: boolean
}

export interface NewAccount {
  username: string
  email: string
  password: string
  full_name: string
}

/** "POST /v1/auth/register", 200: "your user profile with id, username, email, and full_name". */
export const userOf = ({ id, username, email, fullName }: StoredAccount) => ({
  id,
  username,
  email,
  full_name: fullName,
})

/** "GET /v1/me/account", 200. The plan is the free one always: the reference server sells nothing. */
export const accountOf = ({ username, email, emailVerified, password, googleSubject }: StoredAccount) =>
  ({
    username,
    email,
    email_verified: emailVerified,
    google_linked: googleSubject !== null,
    has_password: password !== null,
    can_unlink_google: googleSubject !== null && password !== null,
    available_sign_in_methods: [...(password ? ['password'] : []), ...(googleSubject ? ['google'] : [])],
    plan: 'free',
    plan_source: 'default',
  }) satisfies Partial<AccountAnswer>

export const requireEnabled = (account: StoredAccount): StoredAccount => {
  if (account.disabled) throw new Refusal(403, 'ACCOUNT_DISABLED', 'this account is inactive')
  return account
}

/** Names and addresses are the same however their letters are cased. */
const folded = (text: string): string => text.trim().toLowerCase()

export const makeAccounts = ({ clock, passwords }: ServerContext) => {
  const byId = new Map<string, StoredAccount>()
  const first = (fits: (account: StoredAccount) => boolean): StoredAccount | null =>
    [...byId.values()].find(fits) ?? null

  const byEmail = (email: string) => first((account) => folded(account.email) === folded(email))
  const byUsername = (username: string) => first((account) => folded(account.username) === folded(username))

  const add = (fields: Pick<StoredAccount, 'username' | 'email' | 'fullName'> & Partial<StoredAccount>) => {
    const begins = { emailVerified: false, password: null, googleSubject: null, tokenVersion: 0, disabled: false }
    const account: StoredAccount = { id: randomUUID(), createdAt: clock.now(), ...begins, ...fields }
    byId.set(account.id, account)
    return account
  }

  const requireFree = ({ username, email }: NewAccount): void => {
    // One sentence for both, so that it does not say which.
    if (byUsername(username) || byEmail(email)) {
      throw new Refusal(409, 'TAKEN', 'the username or the email address is taken')
    }
  }

  /** What stands before the @, as far as a username may have it, and a number where somebody has that already. */
  const freeUsername = (email: string): string => {
    const stem = (email.split('@')[0] ?? '').replace(/[^A-Za-z0-9]/g, '').slice(0, 40)
    const base = stem.length < 3 ? `user${stem}` : stem
    let username = base
    for (let number = 2; byUsername(username); number += 1) username = `${base}${number}`
    return username
  }

  return {
    all: (): StoredAccount[] => [...byId.values()],
    restore(accounts: readonly StoredAccount[]): void {
      byId.clear()
      for (const account of accounts) byId.set(account.id, account)
    },
    find: (id: string): StoredAccount | null => byId.get(id) ?? null,
    byEmail,
    /** "Username or email": a username has no @ in it. */
    named: (name: string): StoredAccount | null => (name.includes('@') ? byEmail(name) : byUsername(name)),

    async signUp(request: NewAccount): Promise<StoredAccount> {
      requireFree(request)
      const password = await passwords.hash(request.password)
      // Again: the same name may have signed up while the password was being hashed.
      requireFree(request)
      const { username, email, full_name } = request
      return add({ username, email, fullName: full_name, password })
    },

    /** The account, when the password is its own, and still is when that has been found out. */
    async signIn(account: StoredAccount | null, password: string): Promise<StoredAccount | null> {
      const hash = account?.password ?? null
      const matches = await passwords.matches(password, hash)
      return matches && account?.password === hash ? account : null
    },

    /** "Sign in or sign up with a Google credential." */
    withGoogle({ subject, email, emailVerified, name }: GoogleIdentity): StoredAccount {
      const linked = first((account) => account.googleSubject === subject)
      if (linked) return linked
      if (!emailVerified) throw new Refusal(403, 'EMAIL_UNVERIFIED', 'Google has not verified this email address')
      const same = byEmail(email)
      if (!same) {
        const username = freeUsername(email)
        return add({ username, email, fullName: name ?? username, googleSubject: subject, emailVerified: true })
      }
      // Whoever registered somebody else's address first must not end up sharing an account with its owner.
      if (!same.emailVerified) {
        throw new Refusal(409, 'NOT_LINKED', 'an account has this email address but never verified it: verify it first')
      }
      if (same.googleSubject !== null) {
        throw new Refusal(409, 'NOT_LINKED', 'the account with this email address is linked to another Google account')
      }
      same.googleSubject = subject
      return same
    },

    setPassword(account: StoredAccount, password: PasswordHash): void {
      account.password = password
      account.tokenVersion += 1
    },

    disable(email: string): boolean {
      const account = byEmail(email)
      if (account) account.disabled = true
      return account !== null
    },
  }
}

export type Accounts = ReturnType<typeof makeAccounts>
