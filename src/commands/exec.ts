import type { Answer, App } from '../app.ts'
import { credentialInForce, type InForce } from '../session/in-force.ts'
import { freshened } from '../session/open-session.ts'
import { addressText } from '../vocabulary/address.ts'
import { credentialSecret } from '../vocabulary/credential.ts'
import type { Environment } from '../vocabulary/environment.ts'
import { Failure } from '../vocabulary/failure.ts'
import { quoted } from '../vocabulary/quoted.ts'
import type { Declare } from './command.ts'
import { withProfile } from './with-profile.ts'

interface ExecOptions {
  env?: string
  redact?: boolean
}

export const declareExec: Declare = (program, perform) => {
  program
    .command('exec <command...>')
    .usage('[options] -- COMMAND [ARGUMENT...]')
    .description('run a command with the credential in its environment: KEYTURN_API_KEY or KEYTURN_TOKEN')
    .option('--env <variable>', 'put it into this variable instead')
    .option('--redact', 'strike it out of what the command prints, which is no terminal to the command then')
    .action((command: string[], options: ExecOptions, declared) =>
      withProfile(perform)(declared, (app) => run(app, command, options)),
    )
}

const run = async (app: App, [command = '', ...args]: string[], options: ExecOptions): Promise<Answer> => {
  const variable = options.env ?? null
  if (variable !== null && !/^[A-Za-z_]\w*$/.test(variable)) {
    throw new Failure('usage', `${quoted(variable)} can't be the name of a variable`, {
      hint: 'give letters, digits and _: keyturn exec --env ZECTRE_API_KEY -- COMMAND',
    })
  }
  const inForce = await freshened(app, await credentialInForce(app))
  const env = variable === null ? forKeyturn(app.env, inForce) : forAnother(app.env, variable, inForce)
  const redact = options.redact ? credentialSecret(inForce.credential) : null
  const exitCode = await app.runChild({ command, args, env, redact })
  return { json: undefined, human: null, quiet: null, exitCode }
}

const NO_CREDENTIAL = { KEYTURN_API_KEY: undefined, KEYTURN_TOKEN: undefined }

/** With what a keyturn inside of the command needs to do as this one does. */
const forKeyturn = (env: Environment, { credential, service, base, adminBase, org }: InForce): Environment => ({
  ...env,
  ...NO_CREDENTIAL,
  [credential.kind === 'api_key' ? 'KEYTURN_API_KEY' : 'KEYTURN_TOKEN']: credentialSecret(credential).reveal(),
  KEYTURN_SERVICE: service.name,
  KEYTURN_URL: addressText(base),
  KEYTURN_ADMIN_URL: adminBase === null ? undefined : addressText(adminBase),
  KEYTURN_ORG: org ?? undefined,
})

const forAnother = (env: Environment, variable: string, { credential }: InForce): Environment => ({
  ...env,
  ...NO_CREDENTIAL,
  [variable]: credentialSecret(credential).reveal(),
})
