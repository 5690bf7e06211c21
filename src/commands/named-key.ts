import { clean } from '../vocabulary/clean.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { Key } from '../vocabulary/key.ts'
import { shellWord } from '../vocabulary/shell-word.ts'

/**
 * The key that a word means: its id, else its prefix, else its name. One that is alive is meant before those that were
 * revoked and are still listed; a word that fits two is refused. `verb` is what the person typed before it.
 */
export const namedKey = (keys: readonly Key[], word: string, verb: 'revoke' | 'rotate'): Key => {
  for (const field of ['id', 'prefix', 'name'] as const) {
    const fitting = keys.filter((key) => key[field] === word)
    const alive = fitting.filter(({ is_active }) => is_active !== false)
    const meant = alive.length === 0 ? fitting : alive
    const [found, another] = meant
    if (another !== undefined) {
      throw new Failure('usage', `"${clean(word, 16)}" fits more than one key`, {
        hint: `name it by its id: keyturn keys ${verb} ${meant.map(({ id }) => shellWord(id)).join(', or ')}`,
      })
    }
    if (found !== undefined) return found
  }
  throw new Failure('refused', `there is no key "${clean(word, 16)}"`, {
    hint: 'see which there are: keyturn keys list',
  })
}

export const keyLabel = ({ name, prefix, id }: Key): string => clean(`"${name ?? prefix ?? id}"`, 80)
