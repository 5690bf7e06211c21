/**
 * The keychain's native part out of the single executable. A system loads such a part from a file only, so it is written
 * once, where nobody but its owner may write, and is compared byte for byte before it is loaded.
 */
import { randomUUID } from 'node:crypto'
import { lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { ensurePrivateFolder } from '../files/private-file.ts'
import { NOT_PLACED } from '../secrets/keychain-protocol.ts'
import type { Environment } from '../vocabulary/environment.ts'

export interface NativePart {
  /** Told by what is in it, so another version's is another file. */
  name: string
  bytes: Uint8Array
}

export interface Owner {
  env: Environment
  platform: NodeJS.Platform
  /** None on Windows, where a person's folders are theirs by rights that are not asked for here. */
  uid: number | null
}

/** Resolves to its path. */
export const placeNativePart = ({ name, bytes }: NativePart, owner: Owner): string => {
  try {
    const folder = cacheFolder(owner)
    const path = join(folder, name)
    ensurePrivateFolder({ path, title: 'the native part', code: 'store_unusable', named: true })
    requireOwn(folder, owner)
    if (!isWhole(path, bytes)) put(path, bytes)
    return path
  } catch (error) {
    throw new Error(`${NOT_PLACED}: ${(error as Error).message}`, { cause: error })
  }
}

/** Where each system has what a program can make again. */
const cacheFolder = ({ env, platform }: Owner): string => {
  const [name, inside]: [string, string] =
    platform === 'win32'
      ? ['LOCALAPPDATA', 'keyturn/cache']
      : platform === 'darwin'
        ? ['HOME', 'Library/Caches/keyturn']
        : env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME)
          ? ['XDG_CACHE_HOME', 'keyturn']
          : ['HOME', '.cache/keyturn']
  const base = env[name]
  if (!base || !isAbsolute(base)) throw new Error(`${name} is not set`)
  return join(base, inside)
}

/** Whoever may write into the folder could have us load what they like. */
const requireOwn = (folder: string, { uid }: Owner): void => {
  const stats = lstatSync(folder)
  if (!stats.isDirectory()) throw new Error(`${folder} is not a folder`)
  if (uid === null) return
  if (stats.uid !== uid) throw new Error(`${folder} belongs to another user`)
  if ((stats.mode & 0o022) !== 0) throw new Error(`others may write into ${folder}`)
}

const isWhole = (path: string, bytes: Uint8Array): boolean => {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  return stats?.isFile() === true && stats.size === bytes.length && readFileSync(path).equals(bytes)
}

const put = (path: string, bytes: Uint8Array): void => {
  const half = `${path}.${randomUUID()}`
  try {
    writeFileSync(half, bytes, { flag: 'wx', mode: 0o500 })
    renameSync(half, path)
  } catch (error) {
    rmSync(half, { force: true })
    // Another start was quicker, and Windows replaces nothing that is loaded.
    if (!isWhole(path, bytes)) throw error
  }
}
