import type { App } from '../app.ts'
import { services } from '../services/registry.ts'
import type { Operation, Service } from '../services/service.ts'
import { chooseService } from '../session/target.ts'
import { isFailure } from '../vocabulary/failure.ts'

/**
 * The service that somebody signs in or up to: named, or that of a profile that was named. Otherwise whoever can be asked
 * is asked, and the service in use is the one to begin with; whoever can't be gets that one.
 */
export const whichService = async (app: App, word: string | null): Promise<Service> => {
  const { wishes, terminal } = app
  const known = await chooseService(app, word).catch((error: unknown) => {
    if (!isFailure(error, 'input_needed') || !terminal.interactive) throw error
    return null
  })
  const isNamed = word !== null || wishes.service !== null || wishes.profile !== null
  if (known !== null && (isNamed || !terminal.interactive)) return known
  const width = Math.max(...services.map(({ title }) => title.length))
  const choices = services.map((service) => ({
    value: service.name,
    label: `${service.title.padEnd(width)}  ${canDo(service)}`,
  }))
  return chooseService(app, await app.ask.select('which service?', 'the name of a service', choices, known?.name))
}

/** "sign in: browser, password; keys: make, list, revoke" */
const canDo = ({ operations }: Service): string =>
  [WAYS_IN, KEYS]
    .map(({ title, words }) => [title, words.filter(([operation]) => operations[operation] !== null)] as const)
    .filter(([, has]) => has.length > 0)
    .map(([title, has]) => `${title}: ${has.map(([, said]) => said).join(', ')}`)
    .join('; ')

interface Ability {
  title: string
  words: [Operation, string][]
}

const WAYS_IN: Ability = {
  title: 'sign in',
  words: [
    ['browser-sign-in', 'browser'],
    ['password-sign-in', 'password'],
    ['google-sign-in', 'Google'],
  ],
}
const KEYS: Ability = {
  title: 'keys',
  words: [
    ['create-key', 'make'],
    ['list-keys', 'list'],
    ['revoke-key', 'revoke'],
  ],
}
