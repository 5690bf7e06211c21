import type { App } from '../app.ts'
import { findService } from '../services/registry.ts'
import { environmentVariable, knownProfile } from '../session/in-force.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { Perform } from './command.ts'

/**
 * For a command that uses what a profile keeps: a `--service` on its command line that is not the profile's would be
 * dropped in silence, so it is refused. The variable is no such word: it only says what is usual.
 */
export const withProfile =
  (perform: Perform): Perform =>
  (command, run) =>
    perform(command, async (app) => {
      const { service } = command.optsWithGlobals<{ service?: string }>()
      if (service !== undefined && environmentVariable(app.wishes) === null) await assertItsService(app, service)
      return run(app)
    })

const assertItsService = async (app: App, word: string): Promise<void> => {
  const wished = findService(word)
  const known = await knownProfile(app)
  if (known === null || known.service === wished.name) return
  throw new Failure('usage', `the profile in use is one of ${known.service}, and --service says ${wished.name}`, {
    hint: `name a profile of ${wished.name} with --profile, or make one: keyturn login ${wished.name}`,
  })
}
