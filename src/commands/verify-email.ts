import type { Answer, App } from '../app.ts'
import { operationOf } from '../services/registry.ts'
import { chooseService } from '../session/target.ts'
import { clean } from '../vocabulary/clean.ts'
import { Failure } from '../vocabulary/failure.ts'
import { quoted } from '../vocabulary/quoted.ts'
import { Secret } from '../vocabulary/secret.ts'
import { shellWord } from '../vocabulary/shell-word.ts'
import type { Declare } from './command.ts'
import { emailOf, endpointOf, sameService } from './unsigned.ts'

interface VerifyOptions {
  email?: string
  resend?: boolean
}

export const declareVerifyEmail: Declare = (program, perform) => {
  program
    .command('verify-email [code]')
    .description('show a service that an email address is yours, with the code that it sent there')
    .option('--email <email>', 'the address, where no profile tells')
    .option('--resend', 'have a new code sent')
    .action((code: string | undefined, options: VerifyOptions, command) =>
      perform(command, (app) => (options.resend ? resend(app, options) : verify(app, code ?? null, options))),
    )
}

const verify = async (app: App, given: string | null, options: VerifyOptions): Promise<Answer> => {
  const service = await chooseService(app)
  const call = await operationOf(service, 'verify-email', (client) => client.verifyEmail)
  const code = given ?? (await app.ask.text('the code from the mail', 'the code: keyturn verify-email 123456'))
  if (!/^\d{6}$/.test(code)) {
    throw new Failure('usage', `${quoted(code)} is no code: those have six digits`, {
      hint: 'take it from the mail, or have another sent: keyturn verify-email --resend',
    })
  }
  const email = await emailOf(app, options.email)
  await call(app.connect(await endpointOf(app, service), null), { email, code: new Secret(code) })
  app.terminal.say(`${app.terminal.style.err.green('✓')} ${clean(email)} is verified`)
  return { json: { email, email_verified: true }, human: null, quiet: null }
}

const resend = async (app: App, options: VerifyOptions): Promise<Answer> => {
  const service = await chooseService(app)
  const call = await operationOf(service, 'resend-verification', (client) => client.resendVerification)
  const email = await emailOf(app, options.email)
  const endpoint = await endpointOf(app, service)
  await call(app.connect(endpoint, null), email)
  const next = `keyturn verify-email CODE ${await sameService(app, service, endpoint)} --email ${shellWord(email)}`
  app.terminal.say(`if ${clean(email)} has an account that is not verified, a new code is on its way: ${next}`)
  return { json: { email, sent: true }, human: null, quiet: null }
}
