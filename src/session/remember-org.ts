import { findProfile } from '../settings/settings.ts'
import type { SessionContext } from './context.ts'
import type { InForce } from './in-force.ts'

/** An organisation named once is the profile's from then on, until another is named. */
export const rememberOrg = async (context: SessionContext, { profile, org }: InForce): Promise<void> => {
  if (profile === null || org === null) return
  await context.settings.change((settings) => {
    const known = findProfile(settings, profile)
    if (known === null || known.org === org) return settings
    return { ...settings, profiles: { ...settings.profiles, [profile]: { ...known, org } } }
  })
}
