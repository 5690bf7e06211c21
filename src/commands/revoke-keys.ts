import type { Answer, App } from '../app.ts'
import { operationOf } from '../services/registry.ts'
import { openSession } from '../session/renew.ts'
import { clean } from '../vocabulary/clean.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { Key } from '../vocabulary/key.ts'
import { keyLabel, namedKey } from './named-key.ts'

export const revokeKeys = async (app: App, names: string[], yes: boolean): Promise<Answer> => {
  const { inForce, http } = await openSession(app)
  const { service, credential } = inForce
  const revoke = await operationOf(service, 'revoke-key', (client) => client.revokeKey, credential.kind)
  const list = await operationOf(service, 'list-keys', (client) => client.listKeys, credential.kind)
  const all = await list(http)
  const chosen = [...new Set(names.map((name) => namedKey(all, name, 'revoke')))]
  const question = `revoke ${chosen.map(keyLabel).join(', ')}? what uses ${chosen.length === 1 ? 'it' : 'them'} stops working`
  if (!yes && !(await app.ask.confirm(question, '--yes'))) throw new Failure('interrupted', 'nothing was revoked')
  const revoked: Key[] = []
  for (const key of chosen) {
    await revoke(http, key.id)
    revoked.push(key)
    app.terminal.say(`${app.terminal.style.err.green('✓')} revoked ${keyLabel(key)}`)
  }
  return {
    json: revoked.map(({ id, name }) => ({ id, name, revoked: true })),
    human: null,
    quiet: revoked.map(({ id }) => clean(id, 1000)).join('\n'),
  }
}
