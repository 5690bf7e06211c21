import type { Answer, App } from '../app.ts'
import { assertOperation } from '../services/registry.ts'
import { openSession } from '../session/open-session.ts'
import { endingWords } from '../session/outgoing.ts'
import { rememberOrg } from '../session/remember-org.ts'
import { facts } from '../terminal/table.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { NewKey } from '../vocabulary/key.ts'
import { quoted } from '../vocabulary/quoted.ts'
import { choosePlace, type PlaceOptions } from './key-place.ts'
import { lastResort, makeInPlace } from './make-in-place.ts'

export interface KeyOptions extends PlaceOptions {
  scope: string[]
  expiresIn?: string
}

export const createKey = async (app: App, name: string, options: KeyOptions): Promise<Answer> => {
  const expiresInDays = options.expiresIn === undefined ? null : days(options.expiresIn)
  const { inForce } = await openSession(app)
  assertOperation(inForce.service, 'create-key', inForce.credential.kind)
  const place = await choosePlace(app, inForce, options)
  const scopes = options.scope.length === 0 ? null : options.scope
  const { key, kept, settled } = await makeInPlace(app, inForce, place, { name, scopes, expiresInDays })
  await rememberOrg(app, inForce).catch((error: Error) => app.terminal.insist(error.message))
  for (const note of [...(kept?.notes ?? []), ...(kept?.replaced ?? []).map(endingWords)]) app.terminal.insist(note)
  const ends = key.expires_at ?? endsIn(expiresInDays)
  return {
    ...newKeyAnswer(app, key, { name, ends, savedTo: place.name, keeper: place.keeper }),
    ...(place.name === null ? { lastResort: { text: lastResort(key, name), said: settled }, shown: settled } : {}),
  }
}

/** Where the service's answer does not say: what it was asked for. */
export const endsIn = (days: number | null): string =>
  days === null ? 'never' : days === 1 ? 'in 1 day' : `in ${days} days`

interface Shown {
  name: string
  ends: string
  savedTo: string | null
  /** The profile, where that is the place. */
  keeper: string | null
}

/** A key that was put where it belongs is not shown as well, except to a script that asks for the whole of it. */
export const newKeyAnswer = (app: App, made: NewKey, { name, ends, savedTo, keeper }: Shown): Answer => {
  const { key, is_active: _, last_used_at: __, ...fields } = made
  const raw = key.reveal()
  const about = facts([
    ['name', made.name ?? name],
    ['id', made.id],
    ['scopes', made.scopes?.join(' ')],
    ['expires', ends],
    ['kept in', keeper === null ? savedTo : `profile ${keeper}`],
  ])
  return {
    json: { ...fields, key: raw, saved_to: savedTo },
    human: savedTo === null ? `${framed(app, raw)}${about}` : about,
    quiet: savedTo === null ? raw : null,
    secret: raw,
  }
}

/** On a screen the key stands out, on a line of its own so that it can be picked up whole. */
const framed = (app: App, raw: string): string => {
  if (app.terminal.streams.stdout.isTTY !== true) return facts([['key', raw]])
  const rule = '─'.repeat(Math.min(raw.length, 78))
  return `your new key, shown this once:\n${rule}\n${raw}\n${rule}\ncopy it now (or next time: --save, to keep it for keyturn, or --write FILE)\n\n`
}

const IN_DAYS: Record<string, number> = { d: 1, w: 7, m: 30, y: 365 }

const days = (text: string): number => {
  const [, count, unit = 'd'] = /^(\d{1,5})([dwmy])?$/.exec(text) ?? []
  const result = Number(count) * (IN_DAYS[unit] ?? 1)
  if (result > 0) return result
  throw new Failure('usage', `${quoted(text)} is no time`, {
    hint: 'give days, weeks, months or years: --expires-in 90d',
  })
}
