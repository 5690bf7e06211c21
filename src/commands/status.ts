import type { Answer, App } from '../app.ts'
import { credentialInForce, environmentVariable, userLastSeen } from '../session/in-force.ts'
import { openSession } from '../session/renew.ts'
import { type Standing, standingOf } from '../session/standing.ts'
import { whoIs } from '../session/who-is.ts'
import { facts } from '../terminal/table.ts'
import { accountLabel } from '../vocabulary/account.ts'
import { isFailure } from '../vocabulary/failure.ts'
import type { Declare } from './command.ts'
import { withProfile } from './with-profile.ts'

interface StatusOptions {
  all?: boolean
  offline?: boolean
}

export const declareStatus: Declare = (program, perform) => {
  program
    .command('status')
    .description('who am I, where, with what, until when; checked against the service')
    .option('--all', 'every profile')
    .option('--offline', 'what is known here, without asking the service')
    .action((options: StatusOptions, command) =>
      (options.all ? perform : withProfile(perform))(command, (app) => (options.all ? all : one)(app, options)),
    )
}

const one = async (app: App, options: StatusOptions): Promise<Answer> => {
  const standing = await standingNow(app, options)
  const variable = environmentVariable(app.wishes)
  return { json: standing, human: asFacts(app, standing, variable), quiet: accountLabel(standing.user) }
}

/** Every profile in turn; one that can't be used says why and stops nobody from reading of the others. */
const all = async (app: App, options: StatusOptions): Promise<Answer> => {
  const { profiles } = await app.settings.read()
  const blocks: { standing: Standing; trouble: string | null }[] = []
  for (const [profile, known] of Object.entries(profiles)) {
    const own = { ...app, wishes: { ...app.wishes, profile, apiKey: null, token: null } }
    const where = { profile, service: { name: known.service }, base: new URL(known.url) }
    let standing = standingOf(where, known.store, null, known.user && { ...known.user })
    let trouble: string | null = null
    try {
      standing = await standingNow(own, { offline: true })
      if (!options.offline) standing = await standingNow(own, {})
    } catch (error) {
      app.signal.throwIfAborted()
      if (!isFailure(error)) throw error
      trouble = error.message
    }
    // Where there is no place for it in the answer: a credential that could not be read is not one that is not there.
    if (trouble !== null && (app.json || app.terminal.quiet)) app.terminal.insist(`profile "${profile}": ${trouble}`)
    blocks.push({ standing, trouble })
  }
  return {
    json: blocks.map(({ standing }) => standing),
    human: blocks.map(({ standing, trouble }) => asFacts(app, standing, null, trouble)).join('\n'),
    quiet: blocks.map(({ standing }) => standing.profile).join('\n'),
  }
}

const standingNow = async (app: App, { offline = false }: StatusOptions): Promise<Standing> => {
  if (offline) {
    const inForce = await credentialInForce(app)
    return standingOf(inForce, inForce.source, inForce.credential, await userLastSeen(app, inForce))
  }
  const { inForce, http } = await openSession(app)
  const { service, source, credential } = inForce
  const user = (await whoIs(service, credential.kind, http)) ?? (await userLastSeen(app, inForce))
  return standingOf(inForce, source, credential, user)
}

const WHERE = { keychain: 'the OS keychain', file: 'a plain file that only you can read', env: 'the environment' }
const WHAT = { api_key: 'API key', session: 'session' }

const isPast = ({ clock }: App, time: string): boolean => Date.parse(time) <= clock.now()

const asFacts = (app: App, standing: Standing, variable: string | null, trouble: string | null = null): string =>
  facts([
    ['profile', standing.profile],
    ['service', `${standing.service} at ${standing.url}`],
    ['account', accountLabel(standing.user)],
    ['credential', standing.credential === null ? 'none' : WHAT[standing.credential]],
    [
      'kept in',
      variable === null ? WHERE[standing.store ?? 'env'] : `${variable} (the environment; nothing is stored)`,
    ],
    [
      'until',
      standing.expires_at && `${standing.expires_at}${isPast(app, standing.expires_at) ? ', so it has ended' : ''}`,
    ],
    ['trouble', trouble],
  ])
