import type { App } from '../app.ts'
import type { KeyRequest } from '../services/service.ts'
import type { InForce } from '../session/in-force.ts'
import type { Kept } from '../session/keep.ts'
import { type MadeKey, makeKey } from '../session/make-key.ts'
import { clean } from '../vocabulary/clean.ts'
import { detailsOf, Failure, isFailure } from '../vocabulary/failure.ts'
import type { NewKey } from '../vocabulary/key.ts'
import { shellWord } from '../vocabulary/shell-word.ts'
import type { KeyPlace } from './key-place.ts'

/** Makes a key and keeps it where it belongs, as one step that no stop cuts in two. */
export const makeInPlace = (
  app: App,
  inForce: InForce,
  place: KeyPlace,
  request: KeyRequest,
): Promise<MadeKey & { kept: Kept | null }> =>
  app.finish(async (unstopped) => {
    const context = { ...app, ...unstopped }
    const made = await makeKey(context, inForce, request, place.keeper).catch((error) => {
      place.giveUp()
      throw error
    })
    try {
      const kept = await place.keep(context, made.key.key)
      if (place.name !== null) await made.settled()
      return { ...made, kept }
    } catch (error) {
      app.terminal.mask(made.key.key.reveal())
      await app.terminal.handOver(lastResort(made.key, request.name)).then(made.settled, () => {})
      throw notKept(error, made.key, request.name)
    }
  })

/** The place where it should be has failed it, and it is never shown again. */
export const lastResort = (made: NewKey, name: string): string =>
  `the key "${clean(made.name ?? name, 80)}" was made, and this is the only time it is shown: ${made.key.reveal()}`

const notKept = (error: unknown, made: NewKey, name: string): unknown => {
  if (!isFailure(error)) return error
  return new Failure(
    error.code,
    `the key "${clean(made.name ?? name, 80)}" was made, but not kept where it should be: ${error.message}`,
    {
      hint: `it stands above; keep it, or revoke it: keyturn keys revoke ${shellWord(made.id)}`,
      ...detailsOf(error),
    },
  )
}
