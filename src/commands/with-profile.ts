import type { App } from '../app.ts'
import { findService } from '../services/registry.ts'
import { environmentVariable, knownProfile, profileName } from '../session/in-force.ts'
import { loginCommand } from '../session/target.ts'
import { addressText, serviceAddress } from '../vocabulary/address.ts'
import { Failure, hinted, isFailure } from '../vocabulary/failure.ts'
import type { Perform } from './command.ts'

/**
 * For a command that uses what a profile keeps: a `--service` or `--url` on its command line that is not the profile's
 * would be dropped in silence, so it is refused. The variables are no such words: they only say what is usual.
 */
export const withProfile =
  (perform: Perform): Perform =>
  (command, run) =>
    perform(command, async (app) => {
      const { service, url } = command.optsWithGlobals<{ service?: string; url?: string }>()
      if (environmentVariable(app.wishes) === null) await assertItsOwn(app, service, url)
      try {
        return await run(app)
      } catch (error) {
        throw await withWayOn(app, error)
      }
    })

const assertItsOwn = async (app: App, word: string | undefined, url: string | undefined): Promise<void> => {
  if (word === undefined && url === undefined) return
  const wished = word === undefined ? null : findService(word)
  const address = url === undefined ? null : addressText(serviceAddress(url))
  const known = await knownProfile(app)
  if (known === null) return
  if (wished !== null && wished.name !== known.service) {
    throw new Failure('usage', `the profile in use is one of ${known.service}, and --service says ${wished.name}`, {
      hint: `name a profile of ${wished.name} with --profile, or make one: keyturn login ${wished.name}`,
    })
  }
  if (address !== null && address !== known.url) {
    throw new Failure('usage', `the profile in use is one at ${known.url}, and --url says another address`, {
      hint: `name a profile of that one with --profile, or make it: keyturn login ${known.service} --profile NAME --url ADDRESS`,
    })
  }
}

/** An answer of 401 tells what was refused; where it came from, and so how to have a good one, is known here. */
const withWayOn = async (app: App, error: unknown): Promise<unknown> => {
  if (!isFailure(error, 'credential_refused') || error.cause !== undefined) return error
  const variable = environmentVariable(app.wishes)
  const look = 'which credential was sent: keyturn status --explain'
  if (variable !== null) return hinted(error, `set ${variable} to a good one, or unset it; ${look}`)
  const known = await knownProfile(app)
  if (known === null) return error
  const profile = profileName(app.wishes, await app.settings.read())
  const target = { service: findService(known.service), profile, base: serviceAddress(known.url), existing: known }
  return hinted(error, `sign in again: ${loginCommand(target)}; ${look}`)
}
