/**
 * What was begun at a service and may be cut off before it is whole: written down first, without a secret in it, so that
 * the next run can tell of it, finish it or undo it. An entry is there as long as the work is under way, and then goes.
 */
import { join } from 'node:path'
import { type Holder, holderText, isGone, newHolder, parseHolder } from '../files/holder.ts'
import { changeJson, isRecord, type JsonFile, readJson } from '../files/json-file.ts'
import type { FileTools } from '../files/tools.ts'

/** A key that a service was asked to make. */
export interface Unfinished {
  id: string
  profile: string
  service: string
  /** The key's name. */
  name: string
  started_at: string
  /** The new key as the service calls it, once it has answered. */
  made: { id: string; prefix: string | null } | null
  /** The profile that was to keep it; `null` when it was to be shown, or written to a file. */
  keeper: string | null
}

export interface UnfinishedFile {
  /** What runs that are over have left. */
  left(): Promise<Unfinished[]>
  put(entry: Unfinished): Promise<void>
  drop(id: string): Promise<void>
  /** A profile has another name now. */
  rename(from: string, to: string): Promise<void>
}

interface Entry extends Unfinished {
  holder: string
}

interface Entries {
  version: 1
  entries: Entry[]
}

const isEntry = (value: unknown): value is Entry =>
  isRecord(value) &&
  ['id', 'profile', 'service', 'name', 'started_at', 'holder'].every((field) => typeof value[field] === 'string') &&
  (value.keeper === null || typeof value.keeper === 'string') &&
  (value.made === null || (isRecord(value.made) && typeof value.made.id === 'string'))

const checkEntries = ({ entries }: Record<string, unknown>): Entries | null =>
  Array.isArray(entries) && entries.every(isEntry) ? { version: 1, entries } : null

const fileIn = (folder: string): JsonFile<Entries> => ({
  path: join(folder, 'unfinished.json'),
  title: 'the notes on unfinished work',
  code: 'failed',
  version: 1,
  empty: { version: 1, entries: [] },
  isNothing: ({ entries }) => entries.length === 0,
  check: checkEntries,
})

export const unfinishedFile = (folder: () => string, tools: FileTools, signal: AbortSignal): UnfinishedFile => {
  let known: Holder | null = null
  const self = (): Holder => {
    known ??= newHolder(tools.processes.pid)
    return known
  }
  const change = async (next: (entries: Entry[]) => Entry[]): Promise<void> => {
    await changeJson(fileIn(folder()), tools, signal, (old) => ({ ...old, entries: next(old.entries) }))
  }
  return {
    left: async () => {
      const { entries } = await readJson(fileIn(folder()), tools, signal)
      return entries.filter(({ holder, started_at }) =>
        isGone(parseHolder(holder), self(), Date.parse(started_at), tools),
      )
    },
    put: (entry) =>
      change((entries) => [...entries.filter(({ id }) => id !== entry.id), { ...entry, holder: holderText(self()) }]),
    drop: (id) => change((entries) => entries.filter((entry) => entry.id !== id)),
    rename: (from, to) => {
      const now = <N extends string | null>(name: N) => (name === from ? to : name)
      return change((entries) =>
        entries.map((entry) => ({ ...entry, profile: now(entry.profile), keeper: now(entry.keeper) })),
      )
    },
  }
}
