import type { Answer, App } from '../app.ts'
import { requireOperation } from '../services/registry.ts'
import { openSession } from '../session/renew.ts'
import { clean } from '../vocabulary/clean.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { Key } from '../vocabulary/key.ts'

export const revokeKeys = async (app: App, names: string[], yes: boolean): Promise<Answer> => {
  const { inForce, client, http } = await openSession(app)
  const { service, credential } = inForce
  const revoke = requireOperation(service, 'revoke-key', client.revokeKey, credential.kind)
  const list = requireOperation(service, 'list-keys', client.listKeys, credential.kind)
  const all = await list(http)
  const chosen = [...new Set(names.map((name) => oneOf(all, name)))]
  const question = `revoke ${chosen.map(label).join(', ')}? what uses ${chosen.length === 1 ? 'it' : 'them'} stops working`
  if (!yes && !(await app.ask.confirm(question, '--yes'))) throw new Failure('interrupted', 'nothing was changed')
  const revoked: Key[] = []
  for (const key of chosen) {
    await revoke(http, key.id)
    revoked.push(key)
    app.terminal.say(`${app.terminal.style.err.green('✓')} revoked ${label(key)}`)
  }
  return {
    json: revoked.map(({ id, name }) => ({ id, name, revoked: true })),
    human: null,
    quiet: revoked.map(({ id }) => id).join('\n'),
  }
}

/** The key that a word means: its id, else its prefix, else its name; a word that fits two is refused. */
const oneOf = (keys: Key[], word: string): Key => {
  for (const field of ['id', 'prefix', 'name'] as const) {
    const [found, another] = keys.filter((key) => key[field] === word)
    if (another !== undefined) {
      throw new Failure('usage', `"${clean(word)}" fits more than one key`, {
        hint: `name it by its id: ${keys
          .filter((key) => key[field] === word)
          .map(({ id }) => id)
          .join(' or ')}`,
      })
    }
    if (found !== undefined) return found
  }
  throw new Failure('refused', `there is no key "${clean(word)}"`, { hint: 'see which there are: keyturn keys list' })
}

const label = ({ name, prefix, id }: Key): string => clean(`"${name ?? prefix ?? id}"`, 80)
