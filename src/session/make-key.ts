import { randomBytes } from 'node:crypto'
import { operationOf } from '../services/registry.ts'
import type { KeyRequest } from '../services/service.ts'
import type { Unfinished } from '../settings/unfinished.ts'
import { detailsOf, Failure, isFailure } from '../vocabulary/failure.ts'
import type { NewKey } from '../vocabulary/key.ts'
import type { SessionContext } from './context.ts'
import type { InForce } from './in-force.ts'
import { signed } from './open-session.ts'

export interface MadeKey {
  key: NewKey
  /** The key is where it was promised, or was shown in its place: nothing is left for the next run to tell. */
  settled(): Promise<void>
}

/**
 * Has a key made, and notes that down first: a key is shown once, so a run that is cut off between the service's answer
 * and the place where the key belongs must be told of by the next one. A credential from the environment leaves no note:
 * with one, nothing is written here.
 */
export const makeKey = async (
  context: SessionContext,
  inForce: InForce,
  request: KeyRequest,
  keeper: string | null,
): Promise<MadeKey> => {
  const { service, credential, profile } = inForce
  const create = await operationOf(service, 'create-key', (client) => client.createKey, credential.kind)
  const note: Unfinished | null =
    profile === null
      ? null
      : {
          id: randomBytes(8).toString('hex'),
          profile,
          service: service.name,
          name: request.name,
          started_at: new Date(context.clock.now()).toISOString(),
          made: null,
          keeper,
        }
  const drop = () => softly(context, async () => note && context.unfinished.drop(note.id))
  if (note !== null) await context.unfinished.put(note)
  try {
    const key = await create(signed(context, inForce, context.signal), request)
    const made = { id: key.id, prefix: key.prefix }
    await softly(context, async () => note && context.unfinished.put({ ...note, made }))
    return { key, settled: drop }
  } catch (error) {
    if (!isFailure(error)) throw error
    if (!isFailure(error, ...MAY_HAVE_MADE_IT)) await drop()
    throw isFailure(error, 'timed_out', 'service_error', 'bad_answer') ? maybeMade(error, request.name) : error
  }
}

/** There is a key by now, and no note is worth more than it. */
const softly = async (context: SessionContext, work: () => Promise<unknown>): Promise<void> => {
  try {
    await work()
  } catch (error) {
    if (!isFailure(error)) throw error
    context.tell(error.message)
  }
}

/** The service may have done it, and only its answer was lost. */
const MAY_HAVE_MADE_IT = [
  'timed_out',
  'unreachable',
  'service_error',
  'bad_answer',
  'interrupted',
  'terminated',
] as const

const maybeMade = (failure: Failure, name: string): Failure =>
  new Failure(failure.code, `${failure.message}; the key "${name}" may have been made all the same`, {
    hint: 'see whether it was: keyturn keys list',
    ...detailsOf(failure),
  })
