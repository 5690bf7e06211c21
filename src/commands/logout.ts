import type { Answer, App } from '../app.ts'
import { environmentVariable, profileName } from '../session/in-force.ts'
import { endingWords } from '../session/outgoing.ts'
import { failureOf, type SignedOut, signOut } from '../session/sign-out.ts'
import { clean } from '../vocabulary/clean.ts'
import { detailsOf, Failure, isFailure } from '../vocabulary/failure.ts'
import type { Declare } from './command.ts'
import { withProfile } from './with-profile.ts'

interface LogoutOptions {
  all?: boolean
  local?: boolean
  yes?: boolean
}

export const declareLogout: Declare = (program, perform) => {
  program
    .command('logout')
    .description('forget the credential, and end it at the service where it can be ended')
    .option('--all', 'of every profile')
    .option('--local', 'only forget it here; at the service it stays what it is')
    .option('--yes', 'ask nothing')
    .action((options: LogoutOptions, command) =>
      (options.all ? perform : withProfile(perform))(command, (app) => run(app, options)),
    )
}

const run = async (app: App, options: LogoutOptions): Promise<Answer> => {
  const { done, failures } = options.all
    ? await outOfAll(app, options)
    : outcome(await outOf(app, options, profileName(app.wishes, await app.settings.read())))
  const variable = environmentVariable(app.wishes)
  if (variable !== null) app.terminal.insist(`${variable} is still set, and commands go on using it: unset ${variable}`)
  const [first, ...others] = failures
  for (const { message } of others) app.terminal.insist(app.terminal.style.err.yellow(message))
  if (first !== undefined) throw first
  return { json: options.all ? done.map(asJson) : (done.map(asJson)[0] ?? null), human: null, quiet: null }
}

const outOf = async (app: App, options: LogoutOptions, profile: string): Promise<SignedOut> => {
  const wishes = { local: options.local === true, mayEndGiven: () => mayEndGiven(app, profile, options) }
  const result = await signOut(app, profile, wishes)
  tell(app, result, wishes.local)
  return result
}

interface Outcome {
  done: SignedOut[]
  failures: Failure[]
}

const outcome = (result: SignedOut): Outcome => {
  const failure = failureOf(result)
  return { done: [result], failures: failure === null ? [] : [stillAlive(result, failure)] }
}

/** Every profile in turn: one that can't be signed out of keeps none of the others signed in. */
const outOfAll = async (app: App, options: LogoutOptions): Promise<Outcome> => {
  const all: Outcome = { done: [], failures: [] }
  for (const profile of await allProfiles(app, options)) {
    try {
      const { done, failures } = outcome(await outOf(app, options, profile))
      all.done.push(...done)
      all.failures.push(...failures)
    } catch (error) {
      app.signal.throwIfAborted()
      if (!isFailure(error) || isFailure(error, 'interrupted')) throw error
      // Nobody was signed in to it, which is all that was wanted.
      if (!isFailure(error, 'sign_in_needed')) all.failures.push(ofProfile(profile, error))
    }
  }
  return all
}

const allProfiles = async (app: App, options: LogoutOptions): Promise<string[]> => {
  const names = Object.keys((await app.settings.read()).profiles)
  if (names.length === 0)
    throw new Failure('sign_in_needed', 'nobody is signed in, so there is nothing to sign out of', {
      hint: 'to sign in: keyturn login',
    })
  if (options.yes || (await app.ask.confirm(`sign out of all profiles: ${names.join(', ')}?`, '--yes'))) return names
  throw new Failure('interrupted', 'nothing was changed')
}

/** A key that was handed in may be at work elsewhere. Where nobody can be asked, the word itself is taken: end it. */
const mayEndGiven = async (app: App, profile: string, options: LogoutOptions): Promise<boolean> => {
  if (options.yes) return true
  if (!app.terminal.interactive) return false
  const question = `the key of "${profile}" was given to keyturn, not made by it; revoke it at the service too?`
  return app.ask.confirm(question, '--yes or --local')
}

const tell = ({ terminal }: App, { profile, had, ending, outgoing, where }: SignedOut, local: boolean): void => {
  const { green, yellow } = terminal.style.err
  const { gone, end, alive } = WORDS[had]
  terminal.say(`${green('✓')} signed out of profile "${profile}": ${gone} is gone from ${where}`)
  for (const each of outgoing) terminal.say(each.ended ? `  ${endingWords(each)}` : yellow(`  ${endingWords(each)}`))
  if (had === 'sign-in') return
  if (ending?.ended) terminal.say(`  ${end}${ending.key?.name ? `: ${clean(ending.key.name)}` : ''}`)
  else if (ending === null && !local) terminal.say(yellow(`  ${NOT_REVOKED}`))
  else terminal.say(yellow(`  ${alive}: ${clean(ending?.reason ?? 'it was only forgotten here')}`))
}

const NOT_REVOKED =
  'the key was not revoked at the service: it was given to keyturn, and may be in use elsewhere (to revoke it too: --yes)'

const WORDS: Record<SignedOut['had'], { gone: string; end: string; alive: string }> = {
  session: {
    gone: 'the session',
    end: 'the session is ended at the service',
    alive: 'at the service the session is still alive',
  },
  api_key: {
    gone: 'the key',
    end: 'the key is revoked at the service',
    alive: 'at the service the key is still alive',
  },
  'sign-in': { gone: 'the sign-in that was waiting', end: '', alive: '' },
}

const asJson = ({ profile, ending }: SignedOut) => ({
  profile,
  forgotten: true,
  ended: ending?.ended ?? false,
  key: ending?.key ? { id: ending.key.id, name: ending.key.name } : null,
  reason: ending?.reason ?? null,
})

const stillAlive = ({ profile, had, ending }: SignedOut, failure: Failure): Failure =>
  new Failure(
    failure.code,
    `the credential of "${profile}" is forgotten here, but could not be ended at the service: ${failure.message}`,
    {
      hint:
        had === 'session' && ending?.ended === false
          ? 'it ends by itself when its time is over; where the service has a dashboard, end it there now'
          : 'end it on the dashboard, or sign in again and revoke it: keyturn keys list',
      ...detailsOf(failure),
    },
  )

const ofProfile = (profile: string, failure: Failure): Failure =>
  new Failure(failure.code, `profile "${profile}": ${failure.message}`, {
    hint: failure.hint ?? `try that one again: keyturn logout --profile ${profile}`,
    ...detailsOf(failure),
  })
