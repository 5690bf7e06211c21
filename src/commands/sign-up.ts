import type { Answer, App } from '../app.ts'
import { operationOf } from '../services/registry.ts'
import type { NewAccount, Service, ServiceClient, SignUpField } from '../services/service.ts'
import { prepareTarget } from '../session/prepare.ts'
import { signInForSession } from '../session/sign-in-session.ts'
import { standingOf } from '../session/standing.ts'
import { chooseEndpoint, loginThere } from '../session/target.ts'
import { accountLabel } from '../vocabulary/account.ts'
import { clean } from '../vocabulary/clean.ts'
import { Failure, hinted, isFailure } from '../vocabulary/failure.ts'
import { shellWord } from '../vocabulary/shell-word.ts'
import type { Declare } from './command.ts'
import { consentToFile } from './consent.ts'
import { choosePassword, type PersonOptions } from './person.ts'
import { signedIn } from './signed-in.ts'
import { sameService } from './unsigned.ts'
import { whichService } from './which-service.ts'

interface SignUpOptions extends PersonOptions {
  name?: string
}

export const declareSignUp: Declare = (program, perform) => {
  program
    .command('signup [service]')
    .description('make an account')
    .option('--email <email>', 'the email address of the account')
    .option('--username <name>', 'the user name, where the service has user names')
    .option('--name <text>', 'what a person calls you')
    .option('--password-stdin', 'the password is read from standard input')
    .addOption(program.createOption('--store <where>', 'where a credential is kept').choices(['keychain', 'file']))
    .action((word: string | undefined, options: SignUpOptions, command) =>
      perform(command, (app) => signUp(app, word ?? null, options)),
    )
}

/** All services answer so when there is an account of that name or address. */
const TAKEN = 409

const signUp = async (app: App, word: string | null, options: SignUpOptions): Promise<Answer> => {
  const service = await whichService(app, word)
  const endpoint = chooseEndpoint(app.wishes, service, null, null)
  const documented = await operationOf(service, 'sign-up', (client) => client.signUp)
  const call: ServiceClient['signUp'] = async (http, account) => {
    try {
      return await documented(http, account)
    } catch (error) {
      if (!isFailure(error, 'refused') || error.status !== TAKEN) throw error
      throw hinted(error, `if it is yours, sign in: ${await loginThere(app, service, endpoint)}`)
    }
  }
  // A sign-up that signs in as well needs a place for what it brings, before it is asked for anything.
  if (service.operations['sign-up']?.signsIn) {
    const target = await prepareTarget(app, service, (reason) => consentToFile(app, reason))
    const account = await askAccount(app, service, options)
    return signedIn(app, target, await signInForSession(app, target, (http) => call(http, account)))
  }
  const asked = await askAccount(app, service, options)
  const { account } = await call(app.connect(endpoint, null), asked)
  const { say, style } = app.terminal
  say(`${style.err.green('✓')} ${service.title} has an account for ${accountLabel(account) ?? clean(asked.email)} now`)
  if (service.operations['verify-email'] !== null) {
    const same = await sameService(app, service, endpoint)
    say(`  a code is on its way by mail: keyturn verify-email CODE ${same} --email ${shellWord(asked.email)}`)
  }
  say(`  to sign in: ${await loginThere(app, service, endpoint)}`)
  return { json: standingOf({ profile: null, service, ...endpoint }, null, null, account), human: null, quiet: null }
}

const askAccount = async (app: App, service: Service, options: SignUpOptions): Promise<NewAccount> => {
  const { signUpFields: fields } = service
  const ask = async (what: string, given: string | undefined, flag: string, field: SignUpField) => {
    if (given === undefined && !field.required) return null
    const value = given ?? (await app.ask.text(what, flag, (text) => complaint(field, text)))
    return checked(what, value, flag, field)
  }
  const email = await ask('email', options.email, '--email EMAIL', EMAIL)
  const username = fields.username && (await ask('username', options.username, '--username NAME', fields.username))
  const name = await ask('name', options.name, '--name TEXT', fields.name)
  const password = await choosePassword(app, options, (text) => complaint(fields.password, text))
  checked('password', password.reveal(), '--password-stdin, with another on standard input', fields.password)
  return { email: email ?? '', username, name, password }
}

const EMAIL: SignUpField = { required: true, pattern: /^[^@\s]+@[^@\s]+$/, rule: 'an address with an @ in it' }

const complaint = ({ pattern, rule }: SignUpField, value: string): string | undefined =>
  pattern.test(value) ? undefined : `it must be ${rule}`

const checked = (what: string, value: string, flag: string, field: SignUpField): string => {
  if (complaint(field, value) === undefined) return value
  throw new Failure('usage', `the ${what} can't be used: it must be ${field.rule}`, {
    hint: `give another: ${flag}`,
  })
}
