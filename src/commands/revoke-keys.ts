import type { Answer, App } from '../app.ts'
import { operationOf } from '../services/registry.ts'
import { openSession } from '../session/open-session.ts'
import { clean } from '../vocabulary/clean.ts'
import type { Credential } from '../vocabulary/credential.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { Key } from '../vocabulary/key.ts'
import { keyLabel, namedKey } from './named-key.ts'

export const revokeKeys = async (app: App, names: string[], yes: boolean): Promise<Answer> => {
  const { inForce, http } = await openSession(app)
  const { service, credential, profile } = inForce
  const revoke = await operationOf(service, 'revoke-key', (client) => client.revokeKey, credential.kind)
  const list = await operationOf(service, 'list-keys', (client) => client.listKeys, credential.kind)
  const all = await list(http)
  const own = ownKey(all, credential)
  // The key that the calls are signed with goes last: after it none is answered.
  const chosen = [...new Set(names.map((name) => namedKey(all, name, 'revoke')))].sort(
    (one, other) => Number(one === own) - Number(other === own),
  )
  const what = chosen.length === 1 ? 'it' : 'them'
  const warning =
    own !== null && chosen.includes(own) && profile !== null
      ? `${chosen.length === 1 ? 'it' : keyLabel(own)} is the key that profile ${profile} uses: you will have to sign in again`
      : null
  const question = `revoke ${chosen.map(keyLabel).join(', ')}? ${warning ?? `what uses ${what} stops working`}`
  if (!yes && !(await app.ask.confirm(question, '--yes'))) throw new Failure('interrupted', 'nothing was revoked')
  if (yes && warning !== null) app.terminal.say(app.terminal.style.err.yellow(warning))
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

/** The one that is signed with here, where that can be told. */
const ownKey = (keys: readonly Key[], credential: Credential): Key | null => {
  if (credential.kind !== 'api_key') return null
  const raw = credential.key.reveal()
  const fitting = keys.filter(({ prefix }) => prefix !== null && raw.startsWith(prefix))
  return fitting.length === 1 ? (fitting[0] ?? null) : null
}
