import type { App } from '../app.ts'
import type { SessionContext } from '../session/context.ts'
import { type InForce, userLastSeen } from '../session/in-force.ts'
import { type Kept, keep } from '../session/keep.ts'
import { prepareTarget } from '../session/prepare.ts'
import { addressText } from '../vocabulary/address.ts'
import { clean } from '../vocabulary/clean.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { Secret } from '../vocabulary/secret.ts'

export interface PlaceOptions {
  /** A profile's name, or `true` for the one in use. */
  save?: string | true
  write?: string
  force?: boolean
}

/** Where a new key goes. Whatever can be known to go wrong there has been known before one is made. */
export interface KeyPlace {
  /** For `saved_to`; `null` where the key is only shown. */
  name: string | null
  /** The profile that keeps it. */
  keeper: string | null
  keep(context: SessionContext, key: Secret): Promise<Kept | null>
  giveUp(): void
}

export const choosePlace = async (app: App, inForce: InForce, options: PlaceOptions): Promise<KeyPlace> => {
  if (options.save !== undefined && options.write !== undefined) {
    throw new Failure('usage', 'a new key goes to one place: --save or --write', {
      hint: 'see: keyturn keys create --help',
    })
  }
  if (options.write !== undefined) return inFile(app, options.write, options.force === true)
  if (options.save !== undefined) return inProfile(app, inForce, options.save, { endsGiven: false })
  if (app.answersLeadNowhere()) {
    throw new Failure('usage', 'standard output is closed or thrown away, and the key would be shown only there', {
      hint: 'keep it: --save, or write it to a file: --write FILE',
    })
  }
  return { name: null, keeper: null, keep: async () => null, giveUp: () => {} }
}

const inFile = async (app: App, name: string, force: boolean): Promise<KeyPlace> => {
  const file = await app.prepareNewFile(name, force)
  return {
    name: file.path,
    keeper: null,
    keep: async (_context, key) => {
      file.write(`${key.reveal()}\n`)
      return null
    },
    giveUp: file.giveUp,
  }
}

/** `endsGiven`: what the profile has is ended when the new key is kept, even if somebody handed it in. */
export const inProfile = async (
  app: App,
  inForce: InForce,
  wished: string | true,
  { endsGiven }: { endsGiven: boolean },
): Promise<KeyPlace> => {
  const { service, base, adminBase, org } = inForce
  const profile = wished === true ? (inForce.profile ?? service.name) : wished
  const wishes = {
    ...app.wishes,
    ...{ profile, service: service.name, url: addressText(base), org },
    ...{ adminUrl: adminBase === null ? null : addressText(adminBase), apiKey: null, token: null },
    store: app.wishes.store ?? (inForce.source === 'env' ? null : inForce.source),
  }
  const target = await prepareTarget({ ...app, wishes }, service, async () => false)
  const { existing, record } = target
  if (existing !== null && (existing.service !== service.name || existing.url !== addressText(base))) {
    throw new Failure('usage', `profile "${clean(profile)}" is one of ${existing.service} at ${clean(existing.url)}`, {
      hint: 'name another one: --save NAME',
    })
  }
  if (profile !== inForce.profile && record !== null && record.credential !== null) {
    throw new Failure('usage', `profile "${clean(profile)}" has a credential already`, {
      hint: `sign out of it first (keyturn logout --profile ${clean(profile)}), or name another one: --save NAME`,
    })
  }
  const user = await userLastSeen(app, inForce)
  const said = user && { id: null, username: null, email: null, name: null, created_at: null, ...user }
  const becomesCurrent = (await app.settings.read()).current === null
  return {
    name: profile,
    keeper: profile,
    keep: (context, key) =>
      keep(context, target, { kind: 'api_key', key, origin: 'sign-in' }, said, { becomesCurrent, endsGiven }),
    giveUp: () => {},
  }
}
