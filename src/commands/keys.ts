import type { Answer, App } from '../app.ts'
import { operationOf } from '../services/registry.ts'
import { openSession } from '../session/renew.ts'
import { table } from '../terminal/table.ts'
import { clean } from '../vocabulary/clean.ts'
import type { Key } from '../vocabulary/key.ts'
import { collect, type Declare } from './command.ts'
import { createKey, type KeyOptions } from './create-key.ts'
import { rememberKeyNames } from './remember-key-names.ts'
import { revokeKeys } from './revoke-keys.ts'
import { withProfile } from './with-profile.ts'

export const declareKeys: Declare = (program, perform) => {
  const keys = program.command('keys').description('API keys')
  keys
    .command('create <name>')
    .description('make a key; this is the only time that its secret is shown')
    .option('--scope <scope>', 'what it may do; give it several times for several', collect, [])
    .option('--expires-in <days>', 'when it ends by itself: 90d, 12w, 1y')
    .action((name: string, options: KeyOptions, command) =>
      withProfile(perform)(command, (app) => createKey(app, name, options)),
    )
  keys
    .command('list')
    .description('list the keys of the account; never their secrets')
    .action((_options, command) => withProfile(perform)(command, list))
  keys
    .command('revoke <keys...>')
    .description('end keys at the service, by id, prefix or name')
    .option('--yes', 'ask nothing')
    .action((names: string[], options: { yes?: boolean }, command) =>
      withProfile(perform)(command, (app) => revokeKeys(app, names, options.yes === true)),
    )
}

const list = async (app: App): Promise<Answer> => {
  const { inForce, http } = await openSession(app)
  const { service, credential } = inForce
  const call = await operationOf(service, 'list-keys', (client) => client.listKeys, credential.kind)
  const keys = await call(http)
  await rememberKeyNames(app, inForce, keys)
  const seen = app.terminal.streams.stdout.isTTY === true
  return {
    json: keys.map((key) => ({ ...key })),
    human: keys.length === 0 && seen ? 'no keys\n' : asTable(keys, seen),
    quiet: keys.map(({ id }) => clean(id, 1000)).join('\n'),
  }
}

const asTable = (keys: Key[], seen: boolean): string =>
  table(
    ['ID', 'NAME', 'PREFIX', 'SCOPES', 'CREATED', 'LAST USED', 'EXPIRES'],
    keys.map((key) => [
      key.id,
      key.name,
      key.prefix,
      key.scopes?.join(' ') ?? null,
      day(key.created_at, seen),
      day(key.last_used_at ?? 'never', seen),
      day(key.expires_at ?? 'never', seen),
    ]),
    seen,
  )

/** A person reads the day; what is piped has the time as the service wrote it, readable or not. */
const day = (time: string | null, seen: boolean): string | null =>
  seen && time !== null && /^\d{4}-\d\d-\d\dT/.test(time) ? time.slice(0, 10) : time
