const STANDING = ['profile', 'service', 'url', 'store', 'credential', 'source', 'expires_at', 'user']
const KEY = ['id', 'name', 'prefix', 'scopes', 'expires_at', 'created_at']
const NEW_KEY = ['id', 'name', 'key', 'prefix', 'scopes', 'expires_at', 'created_at', 'saved_to']
const PROFILE = ['name', 'current', 'service', 'url', 'store', 'user', 'org', 'created_at']
const ACCOUNT = ['service', 'id', 'username', 'email', 'name', 'created_at']

/** `open`: it passes on what the service sent, so any other field may be there too. */
export interface Fields {
  names: readonly string[]
  open?: true
}

/** What each command prints with `--json`, by its words. One that prints no value at its end has no fields. */
export const FIELDS: Readonly<Record<string, Fields>> = {
  login: { names: STANDING },
  logout: { names: ['profile', 'forgotten', 'ended', 'key', 'reason'] },
  status: { names: [...STANDING, 'state', 'about', 'value', 'why'] },
  signup: { names: STANDING },
  'verify-email': { names: ['email', 'email_verified', 'sent'] },
  'password forgot': { names: ['email', 'sent'] },
  'password reset': { names: ['reset'] },
  refresh: { names: STANDING },
  token: { names: ['token', 'type', 'header', 'expires_at'] },
  'keys create': { names: NEW_KEY },
  'keys list': { names: [...KEY, 'is_active', 'last_used_at'] },
  'keys revoke': { names: ['id', 'name', 'revoked'] },
  'keys rotate': { names: [...NEW_KEY, 'replaced'] },
  'account show': { names: ACCOUNT, open: true },
  'google login': { names: STANDING },
  'google unlink': { names: ACCOUNT, open: true },
  api: { names: [], open: true },
  exec: { names: [] },
  'profile list': { names: PROFILE },
  'profile use': { names: PROFILE },
  'profile remove': { names: ['name', 'removed'] },
  'profile rename': { names: PROFILE },
  doctor: { names: ['ok', 'checks'] },
  completion: { names: ['shell', 'script', 'path', 'next'] },
  services: { names: ['name', 'url', 'operations'] },
  serve: { names: [] },
}

const EVERY_NAME = [...new Set(Object.values(FIELDS).flatMap(({ names }) => names))]

export const fieldsOf = (command: string): Fields => FIELDS[command] ?? { names: [] }

/** A word that says by itself that it is the name of a field of this command. */
export const isFieldName = (command: string, word: string): boolean => {
  const { names, open } = fieldsOf(command)
  return (open ? EVERY_NAME : names).includes(word)
}
