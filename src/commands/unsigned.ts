import type { App } from '../app.ts'
import type { Service } from '../services/service.ts'
import type { Endpoint } from '../session/context.ts'
import { knownProfile } from '../session/in-force.ts'
import { chooseEndpoint, toAddress } from '../session/target.ts'
import { addressText } from '../vocabulary/address.ts'

/** Where a call without a credential goes: where it was wished, else where the profile of that service is. */
export const endpointOf = async (app: App, service: Service): Promise<Endpoint> => {
  const known = await knownProfile(app)
  return chooseEndpoint(app.wishes, service, null, known)
}

/** The address that was given, else the profile's, else the person's answer. */
export const emailOf = async (app: App, given: string | undefined): Promise<string> =>
  given ?? (await knownProfile(app))?.user?.email ?? app.ask.text('email', '--email EMAIL')

/** What another command without a credential needs behind it to be for the same service at the same address. */
export const sameService = async (app: App, service: Service, { base }: Endpoint): Promise<string> => {
  const { profile } = app.wishes
  const known = await knownProfile(app)
  const isItsOwn = known?.service === service.name && known.url === addressText(base)
  if (isItsOwn && profile !== null) return `--profile ${profile}`
  return `--service ${service.name}${toAddress(service, base, known)}`
}
