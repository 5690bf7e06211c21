import * as v from 'valibot'
import type { ApiKeys } from '../../server/api-keys.ts'
import { makeState, SavedKeys, SavedPassword, type ServiceState, savedKeys, savedPassword } from '../../server/state.ts'
import type { Accounts } from './server-accounts.ts'

const Saved = v.object({
  accounts: v.array(
    v.object({
      id: v.string(),
      email: v.string(),
      name: v.nullable(v.string()),
      createdAt: v.number(),
      password: v.nullable(SavedPassword),
      disabled: v.boolean(),
    }),
  ),
  keys: SavedKeys,
})

/** Accounts and keys. Sign-ins that wait for their approval live ten minutes and end with the server. */
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
