import type { Answer, App } from '../app.ts'
import { operationOf } from '../services/registry.ts'
import type { Service } from '../services/service.ts'
import { openSession } from '../session/renew.ts'
import { facts } from '../terminal/table.ts'
import { type Account, accountLabel } from '../vocabulary/account.ts'
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

/** An account as `account show` and what changes accounts print it. */
export const accountAnswer = (service: Service, base: URL, account: Account): Answer => {
  const { id, username, email, name, created_at, ...more } = account
  return {
    json: { service: service.name, ...account },
    human: facts([
      ['service', `${service.title} at ${base.host}`],
      ['email', email],
      ['user name', username],
      ['name', name],
      ['id', id],
      ['since', created_at],
      ...Object.entries(more).map(([field, value]): [string, string | null] => [
        field.replaceAll('_', ' '),
        value === null ? null : plain(value),
      ]),
    ]),
    quiet: accountLabel(account),
  }
}

const plain = (value: unknown): string => {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.map(plain).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
