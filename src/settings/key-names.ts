/** What completion knows of keys: the names that each profile's last list had. No secret, and nothing that is missed. */
import { join } from 'node:path'
import { changeJson, isRecord, type JsonFile, readJson } from '../files/json-file.ts'
import type { FileTools } from '../files/tools.ts'

export interface KeyName {
  id: string
  name: string | null
  prefix: string | null
}

export interface KeyNamesFile {
  of(profile: string): Promise<KeyName[]>
  /** An empty list forgets the profile. */
  remember(profile: string, keys: KeyName[]): Promise<void>
}

interface KeyNames {
  version: 1
  profiles: Record<string, KeyName[]>
}

/** More than this nobody completes by hand. */
const MOST = 500

const isTextOrNull = (value: unknown): boolean => value === null || typeof value === 'string'
const isKeyName = (value: unknown): boolean =>
  isRecord(value) && typeof value.id === 'string' && isTextOrNull(value.name) && isTextOrNull(value.prefix)

const check = ({ profiles }: Record<string, unknown>): KeyNames | null =>
  isRecord(profiles) && Object.values(profiles).every((keys) => Array.isArray(keys) && keys.every(isKeyName))
    ? { version: 1, profiles: profiles as KeyNames['profiles'] }
    : null

export const keyNamesFile = (folder: () => string, tools: FileTools, signal: AbortSignal): KeyNamesFile => {
  const file = (): JsonFile<KeyNames> => ({
    path: join(folder(), 'key-names.json'),
    title: 'the names of the keys',
    code: 'failed',
    version: 1,
    empty: { version: 1, profiles: {} },
    check,
  })
  return {
    of: async (profile) => {
      const { profiles } = await readJson(file(), tools, signal)
      return Object.hasOwn(profiles, profile) ? (profiles[profile] ?? []) : []
    },
    remember: async (profile, keys) => {
      await changeJson(file(), tools, signal, (old) => {
        const { [profile]: before, ...others } = old.profiles
        if (keys.length === 0) return before === undefined ? old : { ...old, profiles: others }
        return { ...old, profiles: { ...others, [profile]: keys.slice(0, MOST) } }
      })
    },
  }
}
