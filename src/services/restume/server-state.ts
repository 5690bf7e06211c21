import * as v from 'valibot'
import type { ApiKeys } from '../../server/api-keys.ts'
import { makeState, SavedKeys, SavedPassword, type ServiceState, savedKeys, savedPassword } from '../../server/state.ts'
import type { Accounts } from './server-accounts.ts'

const Saved = v.object({
  accounts: v.array(
    v.object({
      id: v.string(),
      username: v.string(),
      email: v.string(),
      fullName: v.string(),
      createdAt: v.number(),
      emailVerified: v.boolean(),
      password: v.nullable(SavedPassword),
      googleSubject: v.nullable(v.string()),
      tokenVersion: v.number(),
      disabled: v.boolean(),
    }),
  ),
  keys: SavedKeys,
})

/** Accounts and keys. Codes and recovery tokens live an hour at most, and end with the server; so does what is counted. */
export const stateOf = (accounts: Accounts, keys: ApiKeys): ServiceState =>
  makeState(
    Saved,
    () => ({
      accounts: accounts
        .all()
        .map((account) => ({ ...account, password: account.password && savedPassword(account.password) })),
      keys: savedKeys(keys.all()),
    }),
    (saved) => {
      accounts.restore(saved.accounts)
      keys.restore(saved.keys)
    },
  )
