import { makeApiKeys } from '../../server/api-keys.ts'
import { type Asked, makeApp } from '../../server/app.ts'
import type { MakeReferenceService } from '../../server/reference-service.ts'
import { makeAccounts } from './server-accounts.ts'
import { authRoutes } from './server-auth.ts'
import { makeCallers } from './server-callers.ts'
import { ownerRoutes } from './server-owner.ts'
import { refuseByDetail } from './server-refusals.ts'
import { stateOf } from './server-state.ts'

/** A fixed and documented fake, so that a person can try things without looking anything up. It opens nothing else. */
const SEED = { username: 'dev', email: 'dev@example.com', password: 'correct horse battery', full_name: 'Dev' }

export const makeServer: MakeReferenceService = (context) => {
  const { clock, report, outbox } = context
  const accounts = makeAccounts(context)
  const keys = makeApiKeys('rst_', clock)
  const callers = makeCallers(context, accounts, keys)

  const routes = {
    ...authRoutes(context, accounts, callers),
    ...ownerRoutes(callers, keys),
    // Not RESTume's: what a real one would send by mail, for whoever tests against this one.
    '/_outbox': { GET: (asked: Asked) => asked.json(outbox.letters) },
  }
  const describe = async () => (await import('./openapi.ts')).description

  return {
    listeners: [
      { name: 'restume', port: 8000, fetch: makeApp({ clock, report, refuse: refuseByDetail, routes, describe }) },
    ],
    async seed() {
      const account = accounts.byEmail(SEED.email) ?? (await accounts.signUp(SEED))
      account.emailVerified = true
      const { username, email, password } = SEED
      return { service: 'restume', email, username, password, note: null }
    },
    approval: null,
    disable: accounts.disable,
    state: stateOf(accounts, keys),
  }
}
