import type { Answer, App } from '../app.ts'
import { assertOperation } from '../services/registry.ts'
import { credentialInForce, userLastSeen } from '../session/in-force.ts'
import { renew } from '../session/renew.ts'
import { standingOf } from '../session/standing.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { Declare } from './command.ts'
import { withProfile } from './with-profile.ts'

export const declareRefresh: Declare = (program, perform) => {
  program
    .command('refresh')
    .description('renew the session now')
    .action((_options, command) => withProfile(perform)(command, refresh))
}

const refresh = async (app: App): Promise<Answer> => {
  const inForce = await credentialInForce(app)
  const { service, credential, source, profile } = inForce
  assertOperation(service, 'refresh')
  if (credential.kind !== 'session' || credential.refresh === null || profile === null) {
    throw new Failure('sign_in_needed', 'only a session that keyturn signed in to can be renewed, and this is none', {
      hint: `sign in for one: keyturn login ${service.name}`,
    })
  }
  const renewed = await renew(app, inForce)
  const until = renewed.credential.kind === 'session' ? renewed.credential.expiresAt : null
  app.terminal.say(
    `${app.terminal.style.err.green('✓')} the session of "${profile}" is renewed${until ? `, until ${until}` : ''}`,
  )
  return {
    json: standingOf(inForce, source, renewed.credential, await userLastSeen(app, inForce)),
    human: null,
    quiet: null,
  }
}
