import type { Answer, App } from '../app.ts'
import { environmentVariable, profileName } from '../session/in-force.ts'
import { failureOf, type SignedOut, signOut } from '../session/sign-out.ts'
import { clean } from '../vocabulary/clean.ts'
import { Failure, isFailure } from '../vocabulary/failure.ts'
import type { Declare } from './command.ts'

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
    .action((options: LogoutOptions, command) => perform(command, (app) => run(app, options)))
}

const run = async (app: App, options: LogoutOptions): Promise<Answer> => {
  const settings = await app.settings.read()
  const profiles = options.all ? await allProfiles(app, options) : [profileName(app.wishes, settings)]
  const done: SignedOut[] = []
  for (const profile of profiles) {
    const wishes = { local: options.local === true, mayEndGiven: () => mayEndGiven(app, profile, options) }
    try {
      const result = await signOut(app, profile, wishes)
      tell(app, result)
      done.push(result)
    } catch (error) {
      if (!options.all || !isFailure(error, 'sign_in_needed')) throw error
    }
  }
  const variable = environmentVariable(app.wishes)
  if (variable !== null) app.terminal.insist(`${variable} is still set, and commands go on using it: unset ${variable}`)
  const failure = done.map(failureOf).find((each) => each !== null)
  if (failure) throw stillAlive(failure)
  const [first = null] = done.map(asJson)
  return { json: options.all ? done.map(asJson) : first, human: null, quiet: null }
}

const allProfiles = async (app: App, options: LogoutOptions): Promise<string[]> => {
  const names = Object.keys((await app.settings.read()).profiles)
  if (names.length === 0) throw new Failure('sign_in_needed', 'nobody is signed in, so there is nothing to sign out of')
  if (options.yes || (await app.ask.confirm(`sign out of all profiles: ${names.join(', ')}?`, '--yes'))) return names
  throw new Failure('interrupted', 'nothing was changed')
}

/** A key that was handed in may be at work elsewhere. Where nobody can be asked, the word itself is taken: end it. */
const mayEndGiven = async (app: App, profile: string, options: LogoutOptions): Promise<boolean> => {
  if (options.yes || !app.terminal.interactive) return true
  const question = `the key of "${profile}" was given to keyturn, not made by it; revoke it at the service too?`
  return app.ask.confirm(question, '--yes or --local')
}

const tell = ({ terminal }: App, { profile, ending, where }: SignedOut): void => {
  const { green, yellow } = terminal.style.err
  terminal.say(`${green('✓')} signed out of profile "${profile}": the credential is gone from ${where}`)
  if (ending?.ended)
    terminal.say(`  the key is revoked at the service${ending.key?.name ? `: ${clean(ending.key.name)}` : ''}`)
  else terminal.say(yellow(`  at the service it is still alive: ${ending?.reason ?? 'it was only forgotten here'}`))
}

const asJson = ({ profile, ending }: SignedOut) => ({
  profile,
  forgotten: true,
  ended: ending?.ended ?? false,
  key: ending?.key ? { id: ending.key.id, name: ending.key.name } : null,
  reason: ending?.reason ?? null,
})

const stillAlive = (failure: Failure): Failure =>
  new Failure(
    failure.code,
    `the credential is forgotten here, but could not be ended at the service: ${failure.message}`,
    {
      hint: 'end it on the dashboard, or sign in again and revoke it: keyturn keys list',
      ...(failure.status === null ? {} : { status: failure.status }),
      cause: failure,
    },
  )
