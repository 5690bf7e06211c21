import type { Answer, App } from '../app.ts'
import { assertOperation, operationOf } from '../services/registry.ts'
import { openSession } from '../session/open-session.ts'
import { chooseService } from '../session/target.ts'
import { accountLabel } from '../vocabulary/account.ts'
import { Failure } from '../vocabulary/failure.ts'
import { accountAnswer } from './account-answer.ts'
import type { Declare } from './command.ts'
import { declareGoogleOptions, type GoogleOptions } from './google-id-token.ts'
import { declareLinkOptions } from './link.ts'
import { withProfile } from './with-profile.ts'

export const declareGoogle: Declare = (program, perform) => {
  const google = program.command('google').description('signing in with a Google account')
  const login = google
    .command('login [service]')
    .description('the same as: keyturn login --google')
    .addOption(program.createOption('--store <where>', 'where the credential is kept').choices(['keychain', 'file']))
  declareGoogleOptions(declareLinkOptions(login)).action((word: string | undefined, options: GoogleOptions, command) =>
    perform(command, async (app) =>
      (await import('./login.ts')).logIn(app, word ?? null, { ...options, google: true }),
    ),
  )
  google
    .command('unlink')
    .description('take the Google account off; the password stays the way in')
    .option('--yes', 'ask nothing')
    .action((options: { yes?: boolean }, command) =>
      withProfile(perform)(command, (app) => unlink(app, options.yes === true)),
    )
}

const unlink = async (app: App, yes: boolean): Promise<Answer> => {
  assertOperation(await chooseService(app), 'unlink-google')
  const { inForce, client, http } = await openSession(app)
  const { service, base, credential } = inForce
  const call = await operationOf(service, 'unlink-google', (half) => half.unlinkGoogle, credential.kind)
  const before = await client.account(http)
  if (before.can_unlink_google === false) {
    const why = before.google_linked === false ? 'no Google account is linked' : 'it is the only way to sign in'
    throw new Failure('refused', `Google can't be unlinked: ${why}`, {
      hint:
        before.google_linked === false ? 'see: keyturn account show' : 'set a password first: keyturn password forgot',
    })
  }
  const question = `unlink Google from ${accountLabel(before) ?? 'this account'}?`
  if (!yes && !(await app.ask.confirm(question, '--yes'))) throw new Failure('interrupted', 'nothing was unlinked')
  return accountAnswer(service, base, await call(http))
}
