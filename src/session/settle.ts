/** Makes up for runs that were cut off: ends what was replaced, and tells of keys that nobody may have been shown. */
import type { Http } from '../http/http.ts'
import { findProfile } from '../settings/settings.ts'
import type { Unfinished } from '../settings/unfinished.ts'
import { clean } from '../vocabulary/clean.ts'
import { beginsLike } from '../vocabulary/credential.ts'
import { isFailure } from '../vocabulary/failure.ts'
import type { Key } from '../vocabulary/key.ts'
import { shellWord } from '../vocabulary/shell-word.ts'
import type { SessionContext } from './context.ts'
import { readRecord } from './entry.ts'
import type { InForce } from './in-force.ts'
import { signed } from './open-session.ts'
import { endingWords, endOutgoing } from './outgoing.ts'
import { whoIs } from './who-is.ts'

/** It is not what the person came for, so it must not hold them up. */
const PATIENCE = 5000
/** How far two clocks may be apart that nobody has compared. */
const CLOCKS_DIFFER = 5 * 60_000
/** What is lost where a service tells whole seconds only. */
const ROUNDING = 3000

/** Never fails: what can't be settled now is left for the next run. */
export const settle = async (context: SessionContext, inForce: InForce, left: readonly Unfinished[]): Promise<void> => {
  const hurried: SessionContext = {
    ...context,
    connect: (endpoint, own, changes) => context.connect(endpoint, own, { timeoutMilliseconds: PATIENCE, ...changes }),
  }
  const http = signed(hurried, inForce)
  await quietly(context, () => settleOutgoing(hurried, inForce, http))
  for (const note of left) {
    await quietly(context, () => settleKey(hurried, inForce, note, http))
  }
}

const quietly = async ({ signal }: SessionContext, work: () => Promise<void>): Promise<void> => {
  try {
    await work()
  } catch (error) {
    signal.throwIfAborted()
    if (!isFailure(error)) throw error
  }
}

/** Only when the successor is known to be good. */
const settleOutgoing = async (context: SessionContext, inForce: InForce, http: Http): Promise<void> => {
  const { profile, source, service, credential, outgoing } = inForce
  if (outgoing.length === 0 || profile === null || source === 'env') return
  await whoIs(service, credential.kind, http)
  const entry = { store: await context.openStore(source), profile }
  for (const ending of await endOutgoing(context, entry, outgoing)) context.tell(endingWords(ending))
}

const settleKey = async (context: SessionContext, inForce: InForce, note: Unfinished, http: Http): Promise<void> => {
  const name = clean(note.name, 80)
  const done = () => context.unfinished.drop(note.id)
  const held = await heldBy(context, note.keeper ?? note.profile)
  const isHeld = (key: Pick<Key, 'prefix'>) => held?.some((raw) => beginsLike(key, raw)) === true
  if (note.made !== null && isHeld(note.made)) return done()
  const client = await inForce.service.client()
  const may = (operation: 'list-keys' | 'revoke-key') =>
    !(inForce.service.operations[operation]?.needs === 'session' && inForce.credential.kind === 'api_key')
  if (client.listKeys === null || !may('list-keys')) {
    const look =
      client.listKeys === null ? 'look on its dashboard' : 'sign in with a password and look: keyturn keys list'
    context.tell(`an earlier keyturn may have had the key "${name}" made and shown it to nobody; ${look}`)
    if (client.listKeys === null) await done()
    return
  }
  const listed = await client.listKeys(http)
  const since = startOf(note, http.clockOffset())
  for (const key of listed.filter((each) => isIt(each, note, since) && !isHeld(each))) {
    // Nobody else was to have it, and its keeper was looked into: it is in no hands.
    const isNobodys = note.keeper !== null && held !== null && note.made !== null && Boolean(key.prefix)
    if (isNobodys && client.revokeKey !== null && may('revoke-key')) {
      await client.revokeKey(http, key.id)
      context.tell(`an earlier keyturn had the key "${name}" made and did not come to keep it; it is revoked`)
    } else {
      const revoke = `keyturn keys revoke ${shellWord(key.id)}`
      context.tell(
        `an earlier keyturn had the key "${name}" made and may not have shown it; if you do not have it: ${revoke}`,
      )
    }
  }
  return done()
}

/** The keys that a profile has in its store; `null` when there is no such profile. */
const heldBy = async (context: SessionContext, profile: string): Promise<string[] | null> => {
  const known = findProfile(await context.settings.read(), profile)
  if (known === null) return null
  const record = await readRecord(await context.openStore(known.store), profile, context.signal)
  const held = [record?.credential ?? null, ...(record?.outgoing ?? []).map(({ credential }) => credential)]
  return held.flatMap((credential) => (credential?.kind === 'api_key' ? [credential.key.reveal()] : []))
}

/** The earliest time at which the service may say that it made the key. */
const startOf = ({ started_at }: Unfinished, clockOffset: number | null): number =>
  Date.parse(started_at) + (clockOffset === null ? -CLOCKS_DIFFER : clockOffset - ROUNDING)

const isIt = (key: Key, { made, name }: Unfinished, since: number): boolean => {
  if (key.is_active === false) return false
  if (made !== null) return key.id === made.id
  return key.name === name && !(Date.parse(key.created_at ?? '') < since)
}
