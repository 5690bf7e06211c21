import type { Answer } from '../app.ts'
import type { Service } from '../services/service.ts'
import { facts } from '../terminal/table.ts'
import { type Account, accountLabel } from '../vocabulary/account.ts'

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
