import type { Answer, App } from '../app.ts'
import { operationOf } from '../services/registry.ts'
import { chooseService, loginThere } from '../session/target.ts'
import { readSecretLines } from '../terminal/read-secret.ts'
import { clean } from '../vocabulary/clean.ts'
import type { Secret } from '../vocabulary/secret.ts'
import type { Declare } from './command.ts'
import { askTwice } from './person.ts'
import { emailOf, endpointOf, sameService } from './unsigned.ts'

export const declarePassword: Declare = (program, perform) => {
  const password = program.command('password').description('recover from a forgotten password')
  password
    .command('forgot')
    .description('have a recovery token sent by mail')
    .option('--email <email>', 'the address of the account')
    .action((options: { email?: string }, command) => perform(command, (app) => forgot(app, options.email)))
  password
    .command('reset')
    .description('set a new password, with the token from the mail')
    .option('--stdin', 'token and new password are the two lines of standard input')
    .action((options: { stdin?: boolean }, command) => perform(command, (app) => reset(app, options.stdin === true)))
}

const forgot = async (app: App, given: string | undefined): Promise<Answer> => {
  const service = await chooseService(app)
  const call = await operationOf(service, 'forgot-password', (client) => client.forgotPassword)
  const email = await emailOf(app, given)
  const endpoint = await endpointOf(app, service)
  await call(app.connect(endpoint, null), email)
  const same = await sameService(app, service, endpoint)
  app.terminal.say(`if ${clean(email)} has an account, a token is on its way: keyturn password reset ${same}`)
  return { json: { email, sent: true }, human: null, quiet: null }
}

const reset = async (app: App, fromStdin: boolean): Promise<Answer> => {
  const service = await chooseService(app)
  const call = await operationOf(service, 'reset-password', (client) => client.resetPassword)
  const [token, password] = fromStdin ? await readSecretLines(app.terminal, app.signal) : await askBoth(app)
  const endpoint = await endpointOf(app, service)
  await call(app.connect(endpoint, null), { token, password })
  const next = await loginThere(app, service, endpoint)
  app.terminal.say(`${app.terminal.style.err.green('✓')} the password is changed: ${next}`)
  return { json: { reset: true }, human: null, quiet: null }
}

const askBoth = async (app: App): Promise<[Secret, Secret]> => {
  const instead = '--stdin: the token on the first line of standard input, the new password on the second'
  const token = await app.ask.password('the token from the mail', instead)
  return [token, await askTwice(app, 'new password', instead)]
}
