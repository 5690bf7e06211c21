import type { Answer, App } from '../app.ts'
import { credentialInForce } from '../session/in-force.ts'
import { freshened } from '../session/open-session.ts'
import { credentialHeader, credentialSecret } from '../vocabulary/credential.ts'
import type { Declare } from './command.ts'
import { withProfile } from './with-profile.ts'

interface TokenOptions {
  header?: boolean
}

export const declareToken: Declare = (program, perform) => {
  program
    .command('token')
    .description('print the credential itself, for scripts')
    .option('--header', 'print it as the header that carries it')
    .action((options: TokenOptions, command) => withProfile(perform)(command, (app) => run(app, options)))
}

const run = async (app: App, options: TokenOptions): Promise<Answer> => {
  const { credential } = await freshened(app, await credentialInForce(app))
  const header = credentialHeader(credential)
  const token = credentialSecret(credential).reveal()
  const text = options.header ? `${header.name}: ${header.value.reveal()}` : token
  return {
    json: {
      token,
      type: credential.kind === 'api_key' ? 'api_key' : 'bearer',
      header: { name: header.name, value: header.value.reveal() },
      expires_at: credential.kind === 'session' ? credential.expiresAt : null,
    },
    human: text,
    quiet: text,
    secret: token,
  }
}
