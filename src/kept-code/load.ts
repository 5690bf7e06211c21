/**
 * Loads the program's chunks as `require` does, and gives V8 what it made of each the last time: to compile what a
 * command runs takes as long as to run it.
 *
 * What is kept of a chunk is a file beside the program, as Python keeps its own: V8's code, then the text that it was
 * made of. That has to be the chunk's own text, letter for letter: V8 compares the lengths, and not every chunk has
 * another name, size or time than that of an earlier version. It stands at the end, since that is what a disk loses.
 * That it is another Node's, V8 sees by itself.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { Script } from 'node:vm'

export interface Keeping {
  folder: string
  /** Which Node runs this, as a part of a file's name. */
  node: string
  /** Who runs this; `null` where the system has no such number, and a person's folders are theirs by other rights. */
  user: number | null
  pid: number
}

/** A chunk that runs, and where it is kept. */
export interface Chunk {
  kept: string
  source: Buffer
  script: Script
}

const HEAD = '(function (exports, require, module, __filename, __dirname) {'
const END = '\n})'

/** Windows has none. */
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0

/** What is run is its owner's who could as well have changed the program, and nobody else may have written it. */
const readOf = (owner: number | null, path: string): Buffer | null => {
  let opened: number | null = null
  try {
    opened = openSync(path, constants.O_RDONLY | NO_FOLLOW)
    const { uid, mode } = fstatSync(opened)
    return owner === null || (uid === owner && (mode & 0o022) === 0) ? readFileSync(opened) : null
  } catch {
    return null
  } finally {
    if (opened !== null) closeSync(opened)
  }
}

const codeFor = (source: Buffer, kept: Buffer | null): Buffer | null => {
  if (kept === null) return null
  const middle = Math.max(kept.length - source.length, 0)
  return kept.subarray(middle).equals(source) ? kept.subarray(0, middle) : null
}

export type Require = (name: string) => unknown

/**
 * `require` for the files in a folder and for those that they ask for by relative paths; the rest is Node's own. `onNew`
 * hears, once, that a chunk of the user's own is not kept as it is now; the list is that of all chunks that ran, and
 * still grows.
 */
export const requireKept = (
  { folder, node, user }: Keeping,
  from: string,
  require: Require,
  onNew: (chunks: readonly Chunk[]) => void,
): Require => {
  const chunks: Chunk[] = []
  let isTold = false
  const scriptOf = (path: string): Script => {
    const { uid } = statSync(path)
    const source = readFileSync(path)
    const kept = join(folder, `${basename(path)}-${node}`)
    const code = codeFor(source, readOf(user === null ? null : uid, kept))
    const place = { filename: path, columnOffset: -HEAD.length }
    // The chunks are ASCII, which is read as Latin-1 the soonest.
    const script = new Script(HEAD + source.toString('latin1') + END, { ...place, ...(code && { cachedData: code }) })
    chunks.push({ kept, source, script })
    const isOwn = user === null || user === uid
    if (isOwn && !isTold && (code === null || script.cachedDataRejected)) {
      isTold = true
      onNew(chunks)
    }
    return script
  }
  const modules = new Map<string, { exports: unknown }>()
  const load = (path: string): unknown => {
    const known = modules.get(path)
    if (known) return known.exports
    const run = scriptOf(path).runInThisContext()
    const module = { exports: {} }
    modules.set(path, module)
    try {
      run.call(module.exports, module.exports, requireFrom(dirname(path)), module, path, dirname(path))
      return module.exports
    } catch (error) {
      modules.delete(path)
      throw error
    }
  }
  const requireFrom =
    (from: string): Require =>
    (name) =>
      name.startsWith('.') ? load(join(from, name)) : require(name)
  return requireFrom(from)
}
