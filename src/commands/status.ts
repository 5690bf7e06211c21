import type { Command } from 'commander'
import type { Answer, App } from '../app.ts'
import type { Flags } from '../session/explain.ts'
import { credentialInForce, environmentVariable, userLastSeen } from '../session/in-force.ts'
import { endsWithin, freshened, openSession } from '../session/open-session.ts'
import { type Standing, type State, standingLastSeen, standingOf, stateAfter } from '../session/standing.ts'
import { whoIs } from '../session/who-is.ts'
import { relativeTime } from '../terminal/relative-time.ts'
import { type Column, facts, table } from '../terminal/table.ts'
import { accountLabel } from '../vocabulary/account.ts'
import type { Credential } from '../vocabulary/credential.ts'
import { isFailure } from '../vocabulary/failure.ts'
import type { Declare } from './command.ts'
import { withProfile } from './with-profile.ts'

interface StatusOptions {
  all?: boolean
  offline?: boolean
  explain?: boolean
}

export const declareStatus: Declare = (program, perform) => {
  program
    .command('status')
    .description('who am I, where, with what, until when; checked against the service')
    .option('--all', 'every profile')
    .option('--offline', 'what is known here, without asking the service')
    .option('--explain', 'every place that was looked at for a credential and its profile, and which one won')
    .action((options: StatusOptions, command: Command) => {
      if (options.explain) return perform(command, (app) => explained(app, command.optsWithGlobals<Flags>()))
      return options.all
        ? perform(command, (app) => all(app, options))
        : withProfile(perform)(command, (app) => one(app, options))
    })
}

interface Stated extends Standing {
  state: State
}

interface Seen {
  standing: Stated
  /** By the clock of the service, as far as it is known: that one says when a session is over. */
  now: number
}

interface Block extends Seen {
  trouble: string | null
}

const one = async (app: App, options: StatusOptions): Promise<Answer> => {
  const { standing, now } = await standingNow(app, options)
  // A credential of the environment needs no settings.
  const current = standing.profile === null ? null : (await app.settings.read()).current
  return {
    json: standing,
    human: block(app, { standing, now, trouble: null }, current),
    quiet: accountLabel(standing.user),
  }
}

const explained = async (app: App, flags: Flags): Promise<Answer> => {
  const { explain } = await import('../session/explain.ts')
  const sources = await explain(app, flags, app.env)
  const rows = sources.map(({ about, source, value, state, why }) => [about, source, value, state, why ?? ''])
  const columns: Column[] = [
    { title: 'WHAT' },
    { title: 'FROM' },
    { title: 'VALUE', cut: 30 },
    { title: 'STATE' },
    { title: 'WHY', cut: 20 },
  ]
  return {
    json: sources,
    human: table(columns, rows, app.terminal.columns),
    quiet: sources.find(({ about, state }) => about === 'credential' && state === 'wins')?.source ?? null,
  }
}

/** Every profile in turn; one that can't be used says why and stops nobody from reading of the others. */
const all = async (app: App, options: StatusOptions): Promise<Answer> => {
  const { profiles, current } = await app.settings.read()
  const blocks: Block[] = []
  for (const [profile, known] of Object.entries(profiles)) {
    const own = { ...app, wishes: { ...app.wishes, profile, apiKey: null, token: null } }
    let seen: Seen = { standing: { ...standingLastSeen(profile, known), state: 'unknown' }, now: app.clock.now() }
    let trouble: string | null = null
    try {
      seen = await standingNow(own, { offline: true })
      if (!options.offline) seen = await standingNow(own, {})
    } catch (error) {
      app.signal.throwIfAborted()
      if (!isFailure(error)) throw error
      trouble = error.message
      seen = { ...seen, standing: { ...seen.standing, state: stateAfter(error) } }
    }
    // Where there is no place for it in the answer: a credential that could not be read is not one that is not there.
    if (trouble !== null && (app.json || app.terminal.quiet)) {
      const name = `profile "${profile}"`
      app.terminal.insist(trouble.includes(name) ? trouble : `${name}: ${trouble}`)
    }
    blocks.push({ ...seen, trouble })
  }
  return {
    json: blocks.map(({ standing }) => standing),
    human: blocks.map((each) => block(app, each, current)).join('\n'),
    quiet: blocks.map(({ standing }) => standing.profile).join('\n'),
  }
}

const standingNow = async (app: App, { offline = false }: StatusOptions): Promise<Seen> => {
  if (offline) {
    const inForce = await credentialInForce(app)
    const { source, credential } = inForce
    const isOver = credential.kind === 'session' && endsWithin(0, credential, app.clock.now())
    const state: State = isOver ? 'ended' : 'unknown'
    const standing = { ...standingOf(inForce, source, credential, await userLastSeen(app, inForce)), state }
    return { standing, now: app.clock.now() + offsetOf(credential) }
  }
  const { inForce: before, http } = await openSession(app)
  const inForce = await freshened(app, before)
  const { service, source, credential } = inForce
  const said = await whoIs(service, credential.kind, http)
  const state: State = said === null ? 'unknown' : 'valid'
  const user = said ?? (await userLastSeen(app, inForce))
  const standing = { ...standingOf(inForce, source, credential, user), state }
  return { standing, now: app.clock.now() + (http.clockOffset() ?? offsetOf(credential)) }
}

const offsetOf = (credential: Credential): number => (credential.kind === 'session' ? (credential.clockOffset ?? 0) : 0)

const STORES = {
  keychain: 'the OS keychain',
  file: 'a plain file: whoever can read your files can read it',
  env: 'nowhere',
}
const WHAT = { api_key: 'API key', session: 'session' }
const STATES: Record<State, string> = {
  valid: 'valid: the service has just taken it',
  ended: 'ended',
  refused: 'refused by the service',
  unreachable: 'unreachable: the service could not be asked',
  unknown: 'unknown: the service was not asked',
}

const block = (app: App, { standing, now, trouble }: Block, current: string | null): string => {
  const { profile, credential, source, store, expires_at, state } = standing
  const variable = source === 'env' ? environmentVariable(app.wishes) : null
  const ends = expires_at && `${expires_at} (${relativeTime(expires_at, now)})`
  return facts([
    ['profile', profile && `${profile}${profile === current ? ' (the current one)' : ''}`],
    ['service', `${standing.service} at ${standing.url}`],
    ['account', accountLabel(standing.user)],
    ['credential', credential === null ? 'none' : `${WHAT[credential]}${variable === null ? '' : ` from ${variable}`}`],
    ['kept in', STORES[store ?? 'env']],
    ['until', ends],
    ['state', trouble === null ? STATES[state] : `${state}: ${trouble}`],
  ])
}
