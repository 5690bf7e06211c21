import type { Answer, App } from '../app.ts'
import { operationOf } from '../services/registry.ts'
import { openSession } from '../session/renew.ts'
import { clean } from '../vocabulary/clean.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { Key } from '../vocabulary/key.ts'

export const revokeKeys = async (app: App, names: string[], yes: boolean): Promise<Answer> => {
  const { inForce, http } = await openSession(app)
  const { service, credential } = inForce
  const revoke = await operationOf(service, 'revoke-key', (client) => client.revokeKey, credential.kind)
  const list = await operationOf(service, 'list-keys', (client) => client.listKeys, credential.kind)
  const all = await list(http)
  const chosen = [...new Set(names.map((name) => oneOf(all, name)))]
  const question = `revoke ${chosen.map(label).join(', ')}? what uses ${chosen.length === 1 ? 'it' : 'them'} stops working`
  if (!yes && !(await app.ask.confirm(question, '--yes'))) throw new Failure('interrupted', 'nothing was revoked')
  const revoked: Key[] = []
  for (const key of chosen) {
    await revoke(http, key.id)
    revoked.push(key)
    app.terminal.say(`${app.terminal.style.err.green('✓')} revoked ${label(key)}`)
  }
  return {
    json: revoked.map(({ id, name }) => ({ id, name, revoked: true })),
    human: null,
    quiet: revoked.map(({ id }) => clean(id, 1000)).join('\n'),
  }
}

/**
 * The key that a word means: its id, else its prefix, else its name. One that is alive is meant before those that were
 * revoked and are still listed; a word that fits two is refused.
 */
const oneOf = (keys: Key[], word: string): Key => {
  for (const field of ['id', 'prefix', 'name'] as const) {
    const fitting = keys.filter((key) => key[field] === word)
    const alive = fitting.filter(({ is_active }) => is_active !== false)
    const meant = alive.length === 0 ? fitting : alive
    const [found, another] = meant
    if (another !== undefined) {
      throw new Failure('usage', `"${shown(word)}" fits more than one key`, {
        hint: `name it by its id: keyturn keys revoke ${meant.map(({ id }) => clean(id, 1000)).join(', or ')}`,
      })
    }
    if (found !== undefined) return found
  }
  throw new Failure('refused', `there is no key "${shown(word)}"`, { hint: 'see which there are: keyturn keys list' })
}

/** Somebody may have given the key itself: no more of it than its prefix, which may be seen. */
const shown = (word: string): string => clean(word, 16)

const label = ({ name, prefix, id }: Key): string => clean(`"${name ?? prefix ?? id}"`, 80)
