/** Makes up for runs that were cut off: ends what was replaced, and tells of keys that nobody may have been shown. */
import type { Http } from '../http/http.ts'
import { findProfile } from '../settings/settings.ts'
import type { Unfinished } from '../settings/unfinished.ts'
import { clean } from '../vocabulary/clean.ts'
import { isFailure } from '../vocabulary/failure.ts'
import type { Key } from '../vocabulary/key.ts'
import type { SessionContext } from './context.ts'
import { readRecord } from './entry.ts'
import type { InForce } from './in-force.ts'
import { endingWords, endOutgoing } from './outgoing.ts'
import { whoIs } from './who-is.ts'

/** It is not what the person came for, so it must not hold them up. */
const PATIENCE = 5000
/** How much earlier than it was asked for a key may seem to have been made, by a service whose clock is behind. */
const CLOCKS_DIFFER = 5 * 60_000

/** Never fails: what can't be settled now is left for the next run. */
export const settle = async (
  context: SessionContext,
  inForce: InForce,
  left: readonly Unfinished[],
  http: Http,
): Promise<void> => {
  try {
    await settleOutgoing(context, inForce)
    for (const note of left.filter(({ profile }) => profile === inForce.profile)) {
      await settleKey(context, inForce, note, http)
    }
  } catch (error) {
    context.signal.throwIfAborted()
    if (!isFailure(error)) throw error
  }
}

/** Only when the successor is known to be good. */
const settleOutgoing = async (context: SessionContext, inForce: InForce): Promise<void> => {
  const { profile, source, service, credential, outgoing } = inForce
  if (outgoing.length === 0 || profile === null || source === 'env') return
  const hurried: SessionContext = {
    ...context,
    connect: (endpoint, own, changes) => context.connect(endpoint, own, { timeoutMilliseconds: PATIENCE, ...changes }),
  }
  await whoIs(service, credential.kind, hurried.connect(inForce, credential))
  const entry = { store: await context.openStore(source), profile }
  for (const ending of await endOutgoing(hurried, entry, outgoing)) context.tell(endingWords(ending))
}

const settleKey = async (context: SessionContext, inForce: InForce, note: Unfinished, http: Http): Promise<void> => {
  const name = clean(note.name, 80)
  const done = () => context.unfinished.drop(note.id)
  if (await isKept(context, note)) return done()
  const client = await inForce.service.client()
  const may = (operation: 'list-keys' | 'revoke-key') =>
    !(inForce.service.operations[operation]?.needs === 'session' && inForce.credential.kind === 'api_key')
  if (client.listKeys === null || !may('list-keys')) {
    const look =
      client.listKeys === null ? 'look on its dashboard' : 'sign in with a password and look: keyturn keys list'
    context.tell(`a keyturn that was cut off may have made the key "${name}" and shown it to nobody; ${look}`)
    if (client.listKeys === null) await done()
    return
  }
  for (const key of (await client.listKeys(http)).filter((each) => isIt(each, note))) {
    const id = clean(key.id, 1000)
    if (note.keeper !== null && note.made !== null && client.revokeKey !== null && may('revoke-key')) {
      await client.revokeKey(http, key.id)
      context.tell(`a keyturn that was cut off had made the key "${name}" and not kept it yet; it is revoked`)
    } else {
      context.tell(
        `a keyturn that was cut off made the key "${name}", and nobody may have seen it; if you do not have it, revoke it: keyturn keys revoke ${id}`,
      )
    }
  }
  return done()
}

/** The profile that was to keep it has it. */
const isKept = async (context: SessionContext, { keeper, made }: Unfinished): Promise<boolean> => {
  const prefix = made?.prefix ?? null
  const known = keeper === null ? null : findProfile(await context.settings.read(), keeper)
  if (keeper === null || known === null || prefix === null) return false
  const record = await readRecord(await context.openStore(known.store), keeper, context.signal)
  const held = [record?.credential ?? null, ...(record?.outgoing ?? []).map(({ credential }) => credential)]
  return held.some((credential) => credential?.kind === 'api_key' && credential.key.reveal().startsWith(prefix))
}

const isIt = (key: Key, { made, name, started_at }: Unfinished): boolean => {
  if (key.is_active === false) return false
  if (made !== null) return key.id === made.id
  const madeAt = Date.parse(key.created_at ?? '')
  return key.name === name && !(madeAt < Date.parse(started_at) - CLOCKS_DIFFER)
}
