/** The file without secrets: which profiles there are, which one is in use, and what the person agreed to. */
import { join } from 'node:path'
import { changeJson, isRecord, type JsonFile, jsonReader } from '../files/json-file.ts'
import type { FileTools } from '../files/tools.ts'
import { Failure } from '../vocabulary/failure.ts'
import { quoted } from '../vocabulary/quoted.ts'

export interface ProfileUser {
  id: string | null
  email: string | null
  username: string | null
  name: string | null
}

export interface Profile {
  service: string
  url: string
  store: 'keychain' | 'file'
  /** Where B2B calls go, where that is another host. */
  admin_url?: string | null
  /** The organisation that B2B calls are for. */
  org?: string | null
  /** Who it is, as the service last said. */
  user: ProfileUser | null
  created_at: string
}

export interface Settings {
  version: 1
  /** The profile in use when none is named. */
  current: string | null
  /** `file_store`: secrets may be kept in a plain file, because a person said yes to that. */
  consents: { file_store: boolean }
  profiles: Record<string, Profile>
}

export const NO_SETTINGS: Settings = { version: 1, current: null, consents: { file_store: false }, profiles: {} }

/** Safe as a word on a command line, as a JSON name and as an account in every keychain. */
export const isProfileName = (name: string): boolean => /^[A-Za-z0-9_@][A-Za-z0-9._@-]{0,63}$/.test(name)

export const assertProfileName = (name: string): void => {
  if (isProfileName(name)) return
  throw new Failure('usage', `${quoted(name)} can't be the name of a profile`, {
    hint: 'give up to 64 letters, digits and . _ - @, beginning with none of . and -; which there are: keyturn profile list',
  })
}

/** By its own name only: `constructor` is a profile when somebody made it, and not before. */
export const findProfile = (settings: Settings, name: string): Profile | null =>
  Object.hasOwn(settings.profiles, name) ? (settings.profiles[name] ?? null) : null

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)

const checkProfile = (value: unknown): Profile | null => {
  if (!isRecord(value) || typeof value.service !== 'string' || typeof value.url !== 'string') return null
  if (value.store !== 'keychain' && value.store !== 'file') return null
  const { user } = value
  return {
    ...value,
    service: value.service,
    url: value.url,
    store: value.store,
    admin_url: textOrNull(value.admin_url),
    org: textOrNull(value.org),
    user: isRecord(user)
      ? {
          ...user,
          id: textOrNull(user.id),
          email: textOrNull(user.email),
          username: textOrNull(user.username),
          name: textOrNull(user.name),
        }
      : null,
    created_at: textOrNull(value.created_at) ?? '',
  }
}

/** What is unknown is kept: another version of keyturn may have put it there. */
const checkSettings = (value: Record<string, unknown>): Settings | null => {
  const { consents = {}, profiles = {}, current = null } = value
  if (!isRecord(consents) || !isRecord(profiles) || (current !== null && typeof current !== 'string')) return null
  const checked = Object.entries(profiles).map(([name, profile]) => [name, checkProfile(profile)] as const)
  if (checked.some(([, profile]) => profile === null)) return null
  return {
    ...value,
    version: 1,
    current,
    consents: { ...consents, file_store: consents.file_store === true },
    profiles: Object.fromEntries(checked) as Record<string, Profile>,
  }
}

export const settingsFile = (folder: string): JsonFile<Settings> => ({
  path: join(folder, 'settings.json'),
  title: 'the settings',
  code: 'failed',
  version: 1,
  empty: NO_SETTINGS,
  check: checkSettings,
})

/** Takes no lock and makes nothing. */
export const settingsReader = (folder: () => string, tools: FileTools) =>
  jsonReader(() => settingsFile(folder()), tools)

/** Read, changed and written as one step, whoever else is at it; gives the settings as they are now. */
export const changeSettings = (
  folder: string,
  tools: FileTools,
  signal: AbortSignal,
  change: (settings: Settings) => Settings,
): Promise<Settings> => changeJson(settingsFile(folder), tools, signal, change)
