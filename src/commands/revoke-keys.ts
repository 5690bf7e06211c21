import type { Answer, App } from '../app.ts'
import { operationOf } from '../services/registry.ts'
import { type KeyUser, keyUsers, usersWords } from '../session/key-users.ts'
import { openSession } from '../session/open-session.ts'
import { clean } from '../vocabulary/clean.ts'
import { listedKey } from '../vocabulary/credential.ts'
import { detailsOf, Failure, isFailure } from '../vocabulary/failure.ts'
import type { Key } from '../vocabulary/key.ts'
import { shellWord } from '../vocabulary/shell-word.ts'
import { keyLabel, namedKey } from './named-key.ts'

export const revokeKeys = async (app: App, names: string[], yes: boolean): Promise<Answer> => {
  const { inForce, http } = await openSession(app)
  const { service, credential } = inForce
  const revoke = await operationOf(service, 'revoke-key', (client) => client.revokeKey, credential.kind)
  const list = await operationOf(service, 'list-keys', (client) => client.listKeys, credential.kind)
  const all = await list(http)
  const own = credential.kind === 'api_key' ? listedKey(all, credential.key.reveal()) : null
  // The key that the calls are signed with goes last: after it none is answered.
  const chosen = [...new Set(names.map((name) => namedKey(all, name, 'revoke')))].sort(
    (one, other) => Number(one === own) - Number(other === own),
  )
  const what = chosen.length === 1 ? 'it' : 'them'
  const warning = warningOf(chosen, await keyUsers(app, inForce, all))
  const question = `revoke ${chosen.map(keyLabel).join(', ')}? ${warning ?? `what uses ${what} stops working`}`
  if (!yes && !(await app.ask.confirm(question, '--yes'))) throw new Failure('interrupted', 'nothing was revoked')
  if (yes && warning !== null) app.terminal.insist(app.terminal.style.err.yellow(warning))
  const revoked: Key[] = []
  const unlessAll: Pick<Answer, 'shown'> = {}
  for (const key of chosen) {
    try {
      await revoke(http, key.id)
    } catch (error) {
      if (!isFailure(error) || revoked.length === 0) throw error
      const failure = cutShort(error, chosen.slice(revoked.length))
      unlessAll.shown = () => Promise.reject(failure)
      break
    }
    revoked.push(key)
    app.terminal.say(`${app.terminal.style.err.green('✓')} revoked ${keyLabel(key)}`)
  }
  return {
    json: revoked.map(({ id, name }) => ({ id, name, revoked: true })),
    human: null,
    quiet: revoked.map(({ id }) => clean(id, 1000)).join('\n'),
    ...unlessAll,
  }
}

/** What is said before; `null` where no profile on this machine signs with one of them. */
const warningOf = (chosen: readonly Key[], users: readonly KeyUser[]): string | null => {
  const used = chosen.flatMap((key) => {
    const its = users.filter((user) => user.key === key)
    return its.length === 0 ? [] : [usersWords(chosen.length === 1 ? 'it' : keyLabel(key), its)]
  })
  return used.length === 0 ? null : used.join('; ')
}

/** Those before it are revoked, and that is the answer; this one and those behind it are not. */
const cutShort = (failure: Failure, left: readonly Key[]): Failure => {
  const again = `keyturn keys revoke ${left.map(({ id }) => shellWord(id)).join(' ')}`
  return new Failure(failure.code, `not revoked: ${left.map(keyLabel).join(', ')}: ${failure.message}`, {
    ...detailsOf(failure),
    hint: `${failure.hint === null ? '' : `${failure.hint}; `}for those that are left: ${again}`,
  })
}
