import type { App } from '../app.ts'
import type { Key } from '../vocabulary/key.ts'

/** For completion, which asks no service. That it could not be kept is nobody's loss, and what is not stored has no name. */
export const rememberKeyNames = async (
  app: App,
  { profile }: { profile: string | null },
  keys: readonly Key[],
): Promise<void> => {
  if (profile === null) return
  const alive = keys.filter(({ is_active }) => is_active !== false)
  await app.keyNames
    .remember(
      profile,
      alive.map(({ id, name, prefix }) => ({ id, name, prefix })),
    )
    .catch(() => {})
}

export const forgetKeyNames = (app: App, profile: string): Promise<void> =>
  app.keyNames.remember(profile, []).catch(() => {})
