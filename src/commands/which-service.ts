import type { App } from '../app.ts'
import { services } from '../services/registry.ts'
import type { Service } from '../services/service.ts'
import { chooseService } from '../session/target.ts'
import { isFailure } from '../vocabulary/failure.ts'

/** The service that somebody signs in or up to: named, else known from the profile, else asked for. */
export const whichService = async (app: App, word: string | null): Promise<Service> => {
  try {
    return await chooseService(app, word)
  } catch (error) {
    if (!isFailure(error, 'input_needed') || !app.terminal.interactive) throw error
    const choices = services.map(({ name, title, operations }) => ({
      value: name,
      label: title,
      hint: operations['browser-sign-in'] === null ? 'with a password' : 'through the browser',
    }))
    return chooseService(app, await app.ask.select('which service?', 'the name of a service', choices))
  }
}
