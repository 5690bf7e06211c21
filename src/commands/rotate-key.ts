import type { Answer, App } from '../app.ts'
import { operationOf } from '../services/registry.ts'
import type { InForce } from '../session/in-force.ts'
import { type KeyUser, keyUsers, usersWords } from '../session/key-users.ts'
import { openSession } from '../session/open-session.ts'
import { endingWords, isSame } from '../session/outgoing.ts'
import { whoIs } from '../session/who-is.ts'
import { clean } from '../vocabulary/clean.ts'
import { beginsLike } from '../vocabulary/credential.ts'
import { detailsOf, Failure, isFailure } from '../vocabulary/failure.ts'
import type { Key, NewKey } from '../vocabulary/key.ts'
import { shellWord } from '../vocabulary/shell-word.ts'
import { endsIn, newKeyAnswer } from './create-key.ts'
import { choosePlace, inProfile } from './key-place.ts'
import { lastResort, makeInPlace } from './make-in-place.ts'
import { keyLabel, namedKey } from './named-key.ts'

/** A new key like the old one, made, kept and proven before the old one goes. */
export const rotateKey = async (app: App, word: string): Promise<Answer> => {
  const { inForce, http } = await openSession(app)
  const { service, credential } = inForce
  const list = await operationOf(service, 'list-keys', (client) => client.listKeys, credential.kind)
  const revoke = await operationOf(service, 'revoke-key', (client) => client.revokeKey, credential.kind)
  const all = await list(http)
  const old = namedKey(all, word, 'rotate')
  if (old.is_active === false) {
    throw new Failure('refused', `the key ${keyLabel(old)} has ended already`, {
      hint: `make a new one: keyturn keys create ${shellWord(old.name ?? 'NAME')}`,
    })
  }
  const isOwn = isInForce(old, inForce)
  const users = (await keyUsers(app, inForce, all)).filter(({ key }) => key === old)
  const rotated = isOwn
    ? await rotateOwn(app, inForce, old)
    : await rotateOther(app, inForce, old, () => revoke(http, old.id))
  const others = users.filter(({ profile }) => !isOwn || profile !== inForce.profile)
  if (others.length === 0) return rotated
  return {
    ...rotated,
    shown: async () => {
      await rotated.shown?.()
      tellOthers(app, old, others, isOwn ? '' : ' --with-api-key')
    },
  }
}

/** Those that have it too were not given the new one. */
const tellOthers = ({ terminal }: App, old: Key, others: readonly KeyUser[], flag: string): void => {
  const logins = others.map((user) => ({ ...user, login: user.login + flag }))
  terminal.insist(terminal.style.err.yellow(usersWords(`the old key ${keyLabel(old)}`, logins)))
}

/** It is the key that this profile itself signs with. */
const isInForce = (old: Key, { profile, credential }: InForce): boolean =>
  profile !== null && credential.kind === 'api_key' && beginsLike(old, credential.key.reveal())

const rotateOwn = async (app: App, inForce: InForce, old: Key): Promise<Answer> => {
  const place = await inProfile(app, inForce, true, { endsGiven: true })
  const { key, kept } = await makeInPlace(app, inForce, place, like(old))
  const { green, yellow } = app.terminal.style.err
  app.terminal.say(`${green('✓')} the profile "${place.name}" has a new key ${keyLabel(key)}`)
  for (const note of kept?.notes ?? []) app.terminal.insist(yellow(note))
  const ending = kept?.replaced.find(({ credential }) => isSame(credential, inForce.credential))
  for (const each of kept?.replaced ?? []) {
    if (each !== ending || each.ended) app.terminal.say(`  ${endingWords(each)}`)
  }
  return {
    ...withReplaced(newKeyAnswer(app, key, { ...shownOf(old, key), savedTo: place.name, keeper: place.keeper }), old),
    shown: async () => {
      if (ending?.ended !== true) throw stillAlive(old, ending?.reason ?? 'the service was not asked', ending?.failure)
    },
  }
}

/** It is at work elsewhere: the new one is shown, and only when it stands on stdout does the old one go. */
const rotateOther = async (app: App, inForce: InForce, old: Key, end: () => Promise<void>): Promise<Answer> => {
  const place = await choosePlace(app, inForce, {})
  const { key, settled } = await makeInPlace(app, inForce, place, like(old))
  const doubt = await prove(app, inForce, key)
  return {
    ...withReplaced(newKeyAnswer(app, key, { ...shownOf(old, key), savedTo: null, keeper: null }), old),
    lastResort: { text: lastResort(key, old.name ?? old.id), said: settled },
    shown: async () => {
      await settled()
      if (doubt !== null) throw stillAlive(old, `the new key could not be proven: ${doubt.message}`, doubt)
      await end().catch((error) => {
        throw isFailure(error) ? stillAlive(old, error.message, error) : error
      })
      app.terminal.say(
        `${app.terminal.style.err.green('✓')} the old key ${keyLabel(old)} is revoked (${clean(old.id, 1000)})`,
      )
    },
  }
}

/** A real call with the new key; what is wrong with it, or `null`. */
const prove = async (app: App, inForce: InForce, { key }: NewKey): Promise<Failure | null> => {
  try {
    await whoIs(inForce.service, 'api_key', app.connect(inForce, { kind: 'api_key', key, origin: 'sign-in' }))
    return null
  } catch (error) {
    if (isFailure(error)) return error
    throw error
  }
}

const DAY = 24 * 60 * 60 * 1000

/** As long a life as the old one was given. */
const like = ({ id, name, scopes, expires_at, created_at }: Key) => {
  const life = Date.parse(expires_at ?? '') - Date.parse(created_at ?? '')
  return { name: name ?? id, scopes, expiresInDays: life > 0 ? Math.max(1, Math.round(life / DAY)) : null }
}

const shownOf = (old: Key, made: NewKey) => {
  const { name, expiresInDays } = like(old)
  return { name, ends: made.expires_at ?? endsIn(expiresInDays) }
}

const withReplaced = (answer: Answer, { id, name }: Key): Answer => ({
  ...answer,
  json: { ...(answer.json as object), replaced: { id, name } },
})

const stillAlive = (old: Key, reason: string, cause: unknown): Failure =>
  new Failure(
    isFailure(cause) ? cause.code : 'failed',
    `the new key is there, but the old one is still alive: ${reason}`,
    {
      hint: `revoke it yourself: keyturn keys revoke ${shellWord(old.id)}`,
      ...(isFailure(cause) ? detailsOf(cause) : { cause }),
    },
  )
