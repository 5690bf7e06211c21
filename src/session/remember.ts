import type { ProfileUser } from '../settings/settings.ts'
import type { Account } from '../vocabulary/account.ts'
import { addressText } from '../vocabulary/address.ts'
import type { SessionContext } from './context.ts'
import type { Target } from './target.ts'

/** Writes the profile down, as the current one where that is wished; gives what undoes that. */
export const remember = async (
  context: SessionContext,
  target: Target,
  account: Account | null,
  { becomesCurrent }: { becomesCurrent: boolean },
): Promise<() => Promise<void>> => {
  const { profile, base, adminBase, org, service, store, existing } = target
  const user = account === null ? null : userOf(account)
  const created_at = existing?.created_at ?? new Date(context.clock.now()).toISOString()
  const addresses = { url: addressText(base), admin_url: adminBase === null ? null : addressText(adminBase) }
  const entry = { ...existing, service: service.name, ...addresses, org, store: store.name, user, created_at }
  let before: string | null = null
  await context.settings.change((settings) => {
    before = settings.current
    const current = becomesCurrent ? profile : settings.current
    return { ...settings, current, profiles: { ...settings.profiles, [profile]: entry } }
  })
  return async () => {
    await context.settings.change((settings) => {
      const { [profile]: _, ...others } = settings.profiles
      return { ...settings, current: before, profiles: existing === null ? others : { ...others, [profile]: existing } }
    })
  }
}

const userOf = ({ id, email, username, name }: Account): ProfileUser => ({ id, email, username, name })
