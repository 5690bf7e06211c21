import type { Answer, App } from '../app.ts'
import { operationOf } from '../services/registry.ts'
import { openSession } from '../session/open-session.ts'
import { relativeTime } from '../terminal/relative-time.ts'
import { type Column, tabbed, table } from '../terminal/table.ts'
import { clean } from '../vocabulary/clean.ts'
import { beginsLike, type Credential } from '../vocabulary/credential.ts'
import type { Key } from '../vocabulary/key.ts'
import { collect, type Declare } from './command.ts'
import type { KeyOptions } from './create-key.ts'
import { rememberKeyNames } from './remember-key-names.ts'
import { withProfile } from './with-profile.ts'

export const declareKeys: Declare = (program, perform) => {
  const keys = program.command('keys').description('make, list, rotate and revoke API keys')
  keys
    .command('create <name>')
    .description('make a key; this is the only time that its secret is shown')
    .option('--scope <scope>', 'what it may do; give it several times for several', collect, [])
    .option('--expires-in <days>', 'when it ends by itself: 90d, 12w, 1y')
    .option('--save [profile]', 'keep it for keyturn, as the credential of this profile or of another')
    .option('--write <file>', 'write it into a new file that only you can read')
    .option('--force', 'let --write replace a file, or write one that git tracks')
    .action((name: string, options: KeyOptions, command) =>
      withProfile(perform)(command, async (app) => (await import('./create-key.ts')).createKey(app, name, options)),
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
      withProfile(perform)(command, async (app) =>
        (await import('./revoke-keys.ts')).revokeKeys(app, names, options.yes === true),
      ),
    )
  keys
    .command('rotate <key>')
    .description('put a new key in the place of one; the old one goes last')
    .action((word: string, _options, command) =>
      withProfile(perform)(command, async (app) => (await import('./rotate-key.ts')).rotateKey(app, word)),
    )
}

const list = async (app: App): Promise<Answer> => {
  const { inForce, http } = await openSession(app)
  const { service, credential } = inForce
  const call = await operationOf(service, 'list-keys', (client) => client.listKeys, credential.kind)
  const keys = await call(http)
  await rememberKeyNames(app, inForce, keys)
  const width = app.terminal.columns
  return {
    json: keys.map((key) => ({ ...key })),
    human: width === null ? tabbed(keys.map(asTheyAre)) : forPerson(app, keys, credential, width),
    quiet: keys.map(({ id }) => clean(id, 1000)).join('\n'),
  }
}

/** What is piped has each time as the service wrote it, readable or not. */
const asTheyAre = ({ id, name, prefix, scopes, created_at, last_used_at, expires_at }: Key) => [
  ...[id, name, prefix, scopes?.join(' ') ?? null],
  ...[created_at, last_used_at ?? 'never', expires_at ?? 'never'],
]

const COLUMNS: readonly Column[] = [
  { title: '' },
  { title: 'NAME', cut: 24 },
  { title: 'PREFIX' },
  { title: 'SCOPES', cut: 12, drop: true },
  { title: 'LAST USED' },
  { title: 'EXPIRES' },
  { title: 'CREATED', drop: true },
  { title: 'ID', drop: true },
]

const forPerson = (app: App, keys: readonly Key[], credential: Credential, width: number): string => {
  if (keys.length === 0) return 'no keys\n'
  const now = app.clock.now()
  const rows = keys.map((key) => [
    isOfHere(key, credential, app.deviceName) ? '*' : '',
    ...[key.name, key.prefix, key.scopes?.join(' ') ?? null],
    key.last_used_at === null ? 'never' : relativeTime(key.last_used_at, now),
    ending(key, now),
    key.created_at && relativeTime(key.created_at, now),
    key.id,
  ])
  const legend = rows.some(([mark]) => mark === '*') ? '\n* the key of this device\n' : ''
  return `${table(COLUMNS, rows, width)}${legend}`
}

const ending = ({ is_active, expires_at }: Key, now: number): string => {
  if (expires_at === null) return is_active === false ? 'revoked' : 'never'
  const when = relativeTime(expires_at, now)
  if (Date.parse(expires_at) <= now) return `expired ${when}`
  return is_active === false ? 'revoked' : when
}

/** The key that is signed with here, or one that a sign-in on this machine is named after. */
const isOfHere = (key: Key, credential: Credential, deviceName: string): boolean =>
  credential.kind === 'api_key' && key.prefix
    ? beginsLike(key, credential.key.reveal())
    : key.name?.startsWith(deviceName) === true
