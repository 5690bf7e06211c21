import type { Answer, App } from '../app.ts'
import { operationOf } from '../services/registry.ts'
import { openSession } from '../session/open-session.ts'
import { accountAnswer } from './account-answer.ts'
import type { Declare } from './command.ts'
import { withProfile } from './with-profile.ts'

export const declareAccount: Declare = (program, perform) => {
  const account = program.command('account').description('the account behind the credential')
  account
    .command('show')
    .description('show the account, as the service tells it')
    .action((_options, command) => withProfile(perform)(command, show))
}

const show = async (app: App): Promise<Answer> => {
  const { inForce, http } = await openSession(app)
  const { service, base, credential } = inForce
  const call = await operationOf(service, 'account', (client) => client.account, credential.kind)
  return accountAnswer(service, base, await call(http))
}
