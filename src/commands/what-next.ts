import type { Operation, Service } from '../services/service.ts'
import type { Credential } from '../vocabulary/credential.ts'

const COMMANDS: [Operation, string][] = [
  ['list-keys', 'keyturn keys list'],
  ['create-key', 'keyturn keys create NAME'],
]

/** What can be typed after a sign-in: only what this service has, and with this credential. */
export const whatNext = ({ operations }: Service, kind: Credential['kind']): string[] => {
  const can = ([operation]: [Operation, string]) => {
    const means = operations[operation]
    return means !== null && !(means.needs === 'session' && kind === 'api_key')
  }
  return ['keyturn status', ...COMMANDS.filter(can).map(([, command]) => command)]
}
