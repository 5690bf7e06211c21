import * as v from 'valibot'
import type { ApiKeys } from '../../server/api-keys.ts'
import { makeState, SavedKeys, SavedPassword, type ServiceState, savedKeys, savedPassword } from '../../server/state.ts'
import type { Accounts } from './server-accounts.ts'

const text = v.string()
const Membership = v.object({ org: text, role: text })

const Saved = v.object({
  accounts: v.array(
    v.object({
      id: text,
      email: text,
      name: text,
      createdAt: v.number(),
      password: SavedPassword,
      disabled: v.boolean(),
      memberships: v.array(Membership),
      claims: v.nullable(Membership),
    }),
  ),
  keys: SavedKeys,
  /** By the id of the key. */
  orgs: v.array(v.tuple([text, text])),
})

/** Accounts and keys. Sessions end with the server, as the secret does that their tokens are signed with. */
export const stateOf = (accounts: Accounts, keys: ApiKeys, orgOfKey: Map<string, string>): ServiceState =>
  makeState(
    Saved,
    () => ({
      accounts: accounts.all().map(({ password, memberships, claims, ...account }) => ({
        ...account,
        password: savedPassword(password),
        memberships: memberships.map(({ org, role }) => ({ org, role })),
        claims: claims && { org: claims.org, role: claims.role },
      })),
      keys: savedKeys(keys.all()),
      orgs: [...orgOfKey],
    }),
    (saved) => {
      accounts.restore(saved.accounts)
      keys.restore(saved.keys)
      orgOfKey.clear()
      for (const [key, org] of saved.orgs) orgOfKey.set(key, org)
    },
  )
