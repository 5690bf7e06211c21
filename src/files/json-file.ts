/** A private file that holds one JSON object with a version number: read without a lock, changed under one. */
import { lstatSync } from 'node:fs'
import { Failure } from '../vocabulary/failure.ts'
import {
  ensurePrivateFolder,
  errorCode,
  failed,
  type PrivateFile,
  readPrivate,
  removePrivate,
  setAside,
  sweepTemporaries,
  writePrivate,
} from './private-file.ts'
import type { FileTools } from './tools.ts'

export interface JsonFile<T> extends PrivateFile {
  version: number
  empty: T
  /** What is written down as no file at all. */
  isNothing?(value: T): boolean
  /** The value as it must be, with what is missing filled in and what is unknown kept; `null` when it is not that. */
  check(value: Record<string, unknown>): T | null
}

/** Text that can't be understood as what the file should hold. */
export const DAMAGED = Symbol('damaged')

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return null
  }
}

const read = <T>(file: JsonFile<T>, tools: FileTools): T | typeof DAMAGED => {
  const text = readPrivate(file, tools.tell)
  return text === null ? file.empty : understand(file, text)
}

/** What a text means as the file's content. Throws for what a newer keyturn wrote. */
export const understand = <T>(file: JsonFile<T>, text: string): T | typeof DAMAGED => {
  const value = parse(text)
  if (!isRecord(value) || typeof value.version !== 'number') return DAMAGED
  if (value.version > file.version) {
    throw new Failure(file.code, `${file.path} was written by a newer keyturn (its version is ${value.version})`, {
      hint: 'update keyturn: npm install -g keyturn',
    })
  }
  return file.check(value) ?? DAMAGED
}

/** Under the lock: a damaged file keeps its content under another name, and a person is told which. */
const readOrSetAside = <T>(file: JsonFile<T>, tools: FileTools): T => {
  const value = read(file, tools)
  if (value !== DAMAGED) return value
  const aside = setAside(file, tools.clock.now())
  tools.tell(`${file.title} could not be understood and keyturn starts new ones; the damaged file is kept as ${aside}`)
  return file.empty
}

const locked = async <T>(file: JsonFile<T>, tools: FileTools, signal: AbortSignal, work: () => T): Promise<T> => {
  signal.throwIfAborted()
  ensurePrivateFolder(file)
  const { withLock } = await import('./lock.ts')
  try {
    return await withLock(`${file.path}.lock`, tools, signal, work)
  } catch (error) {
    throw errorCode(error) ? failed(file, 'written', error) : error
  }
}

/** Cheap, and makes nothing: no folder, no file, no lock. */
export const readJson = async <T>(file: JsonFile<T>, tools: FileTools, signal: AbortSignal): Promise<T> => {
  signal.throwIfAborted()
  const value = read(file, tools)
  // The next look is under the lock: meanwhile another process may have put a good file there.
  return value === DAMAGED ? locked(file, tools, signal, () => readOrSetAside(file, tools)) : value
}

/** Every change puts another file in the place of the old one. `null` where there is none, or nobody can tell. */
const identityOf = ({ path }: PrivateFile): string | null => {
  try {
    const { ino, size, ctimeNs } = lstatSync(path, { bigint: true })
    return `${ino} ${size} ${ctimeNs}`
  } catch {
    return null
  }
}

/** `readJson` for who asks for one thing after the other: as long as it is the same file, it is read once. */
export const jsonReader = <T>(file: () => JsonFile<T>, tools: FileTools) => {
  let last: { identity: string | null; value: T } | null = null
  return async (signal: AbortSignal): Promise<T> => {
    signal.throwIfAborted()
    const found = file()
    const identity = identityOf(found)
    if (last === null || identity === null || last.identity !== identity) {
      last = { identity, value: await readJson(found, tools, signal) }
    }
    return last.value
  }
}

/** Reads, changes and writes as one step. A change that gives back what it was given writes nothing. */
export const changeJson = <T>(
  file: JsonFile<T>,
  tools: FileTools,
  signal: AbortSignal,
  change: (value: T) => T,
): Promise<T> =>
  locked(file, tools, signal, () => {
    sweepTemporaries(file)
    const old = readOrSetAside(file, tools)
    const changed = change(old)
    if (changed === old) return changed
    if (file.isNothing?.(changed)) removePrivate(file)
    else writePrivate(file, `${JSON.stringify(changed, null, 2)}\n`)
    return changed
  })
