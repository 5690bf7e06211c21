/** Looks at what lies on a disk and changes nothing: for who must tell what is wrong before anything is put right. */
import * as fs from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { errorCode, ownUid } from './private-file.ts'

export interface Seen {
  kind: 'file' | 'folder' | 'link' | 'other'
  /** Others than its owner may do something with it. */
  isOpen: boolean
  isOwn: boolean
  permissions: string
}

/** `null`: there is nothing. What can't be looked at at all throws the system's error. */
export const lookAt = (path: string): Seen | null => {
  const stats = statsAt(path)
  if (stats === null) return null
  const uid = ownUid()
  const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : stats.isSymbolicLink() ? 'link' : 'other'
  return {
    kind,
    isOpen: uid !== null && kind !== 'link' && (stats.mode & 0o077) !== 0,
    isOwn: uid === null || stats.uid === uid,
    permissions: (stats.mode & 0o777).toString(8).padStart(3, '0'),
  }
}

/** Behind a file there is nothing either. */
const statsAt = (path: string): fs.Stats | null => {
  try {
    return fs.lstatSync(path, { throwIfNoEntry: false }) ?? null
  } catch (error) {
    if (errorCode(error) === 'ENOTDIR') return null
    throw error
  }
}

/** What stands nearest above a path at which there is nothing: there the missing folders would be made. */
export const nearestAbove = (path: string): string => {
  const above = dirname(path)
  return above === path || statsAt(above) !== null ? above : nearestAbove(above)
}

export const isFolder = (path: string): boolean => fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

const LARGEST = 4 * 1024 * 1024

/** The text of an ordinary file; throws the system's error, or says what is wrong with it. */
export const textAt = (path: string): string => {
  const stats = fs.statSync(path)
  if (!stats.isFile()) throw new Error('it is no file')
  if (stats.size > LARGEST) throw new Error('it is larger than 4 MiB')
  return fs.readFileSync(path, 'utf8')
}

export const mayWrite = (path: string): boolean => may(path, fs.constants.W_OK)

const may = (path: string, what: number): boolean => {
  try {
    fs.accessSync(path, what)
    return true
  } catch {
    return false
  }
}

const isProgram = (path: string): boolean =>
  may(path, fs.constants.X_OK) && fs.statSync(path, { throwIfNoEntry: false })?.isFile() === true

/** Where the system would find a program; relative places in PATH do not count, as they don't when keyturn starts one. */
export const findProgram = (name: string, path: string, platform: NodeJS.Platform): string | null => {
  if (isAbsolute(name)) return isProgram(name) ? name : null
  const places = path.split(platform === 'win32' ? ';' : ':').filter(isAbsolute)
  return places.map((place) => join(place, name)).find(isProgram) ?? null
}
