/**
 * One small file that is its owner's alone and is written whole or not at all: a temporary file beside it, private
 * before the first byte, synced, renamed over it, and the folder synced. Nothing here follows a link at the file's name.
 */
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs'
import { userInfo } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { Failure, type FailureCode } from '../vocabulary/failure.ts'
import { replaceFile } from './replace.ts'

export interface PrivateFile {
  path: string
  /** What a person calls it: `the settings`. */
  title: string
  /** The failure that it means when the file can't be used. */
  code: FailureCode
  /** A person named it: the folder is theirs to close or leave open, and another name is the way out. */
  named?: true
  /** In bytes. */
  largest?: number
}

/** Far above anything that keyturn writes, unless a file says otherwise; a larger one is somebody else's. */
const LARGEST = 4 * 1024 * 1024

// Windows has neither: there the check before the opening must do.
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0
/** A FIFO without a writer would block the opening for ever. */
const NO_BLOCK = constants.O_NONBLOCK ?? 0

const REASONS: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'the system does not permit it',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the limit on file sizes is reached',
  ENOENT: 'there can be no such folder',
  ENOTDIR: 'a part of the path is not a folder',
  EEXIST: 'there is a file of that name by now',
  EISDIR: 'there is a folder of that name by now',
  ELOOP: 'it is a symbolic link',
  EMFILE: 'too many files are open',
}

const NO_ROOM = ['ENOSPC', 'EDQUOT', 'EFBIG']

export const errorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** What is said where there are no links; by Windows of exFAT, EISDIR (nodejs/node#65817). */
const NO_LINKS = ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'EISDIR', 'UNKNOWN']
export const meansNoLinks = (error: unknown): boolean => NO_LINKS.includes(errorCode(error))

const refuse = (file: PrivateFile, problem: string, hint: string, cause?: unknown): Failure =>
  new Failure(file.code, `${file.title} can't be used: ${file.path} ${problem}`, { hint, cause })

const wayOut = (file: PrivateFile, folder = 'another folder'): string =>
  file.named ? 'name another file' : `set KEYTURN_CONFIG_DIR to ${folder}`

/** The failure that a system error amounts to; a failure stays what it is. */
export const failed = (file: PrivateFile, verb: 'read' | 'written', error: unknown): Failure => {
  if (error instanceof Failure) return error
  const code = errorCode(error)
  const reason = REASONS[code] ?? (error instanceof Error ? error.message : String(error))
  const way = NO_ROOM.includes(code)
    ? `make room on the disk (or ${wayOut(file, 'a folder elsewhere')})`
    : `make ${dirname(file.path)} a folder that you can write to, or ${wayOut(file)}`
  return refuse(file, `could not be ${verb}: ${reason}`, way, error)
}

/** Who runs this; `null` where the system has no such number. */
export const ownUid = (): number | null => {
  try {
    const { uid } = userInfo()
    return uid < 0 ? null : uid
  } catch {
    // A container may run under a number that has no name; Linux tells it all the same (proc(5)).
    return statSync('/proc/self', { throwIfNoEntry: false })?.uid ?? null
  }
}

const kindOf = (stats: Stats): string => {
  if (stats.isSymbolicLink()) return 'a symbolic link'
  if (stats.isDirectory()) return 'a folder'
  if (stats.isFIFO()) return 'a FIFO'
  if (stats.isSocket()) return 'a socket'
  return 'a device'
}

/** Refuses what is no ordinary file of one's own, before anything is opened. `null`: there is nothing at that name. */
const inspect = (file: PrivateFile): Stats | null => {
  const stats = lstatSync(file.path, { throwIfNoEntry: false })
  if (!stats) return null
  if (!stats.isFile()) {
    throw refuse(file, `is ${kindOf(stats)}, not a file`, `move it away, or ${wayOut(file)}`)
  }
  const uid = ownUid()
  if (uid !== null && stats.uid !== uid) {
    throw refuse(file, `belongs to another user (${stats.uid})`, `run keyturn as that user, or ${wayOut(file)}`)
  }
  return stats
}

/** The whole text, or `null` when there is no such file. Needs no lock: what it finds was renamed into place whole. */
export const readPrivate = (file: PrivateFile, tell: (message: string) => void): string | null => {
  let opened: number | null = null
  try {
    if (!inspect(file)) return null
    opened = openSync(file.path, constants.O_RDONLY | NO_FOLLOW | NO_BLOCK)
    const stats = fstatSync(opened)
    if (!stats.isFile()) throw refuse(file, `is ${kindOf(stats)}, not a file`, 'move it away')
    const largest = file.largest ?? LARGEST
    if (stats.size > largest) {
      throw refuse(file, `is larger than ${largest / 1024 / 1024} MiB, so keyturn did not write it`, 'move it away')
    }
    if ((stats.mode & 0o077) !== 0 && ownUid() !== null) {
      fchmodSync(opened, 0o600)
      tell(`${file.path} could be read by others; it is readable by you alone now`)
    }
    return readFileSync(opened, 'utf8')
  } catch (error) {
    // Replaced between the look and the opening: gone is gone.
    if (errorCode(error) === 'ENOENT') return null
    throw failed(file, 'read', error)
  } finally {
    if (opened !== null) closeSync(opened)
  }
}

/** `mkdir -p`, but not Node's: where the system says "no such file" to the making itself (/proc), that never ends. */
const makeFolder = (folder: string): void => {
  if (existsSync(folder)) return
  if (dirname(folder) !== folder) makeFolder(dirname(folder))
  try {
    mkdirSync(folder, 0o700)
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
  }
}

/** The folder, made if need be, and closed to everybody else, unless the person chose it. */
export const ensurePrivateFolder = (file: PrivateFile): void => {
  const folder = dirname(file.path)
  try {
    makeFolder(folder)
    if (file.named) return
    const stats = statSync(folder)
    const uid = ownUid()
    if (uid === null || (stats.mode & 0o077) === 0) return
    const isShared = stats.uid !== uid || (stats.mode & 0o1000) !== 0
    // Closing /tmp or another's folder would break it for those it belongs to.
    if (isShared)
      throw refuse(file, 'would lie in a folder that others use', 'set KEYTURN_CONFIG_DIR to one of your own')
    chmodSync(folder, 0o700)
  } catch (error) {
    throw failed(file, 'written', error)
  }
}

export const syncFolder = (folder: string): void => {
  let opened: number | null = null
  try {
    opened = openSync(folder, constants.O_RDONLY)
    fsyncSync(opened)
  } catch (error) {
    // Windows opens no folders, and some network file systems sync none; the rename has happened all the same.
    if (!['EISDIR', 'EPERM', 'EINVAL', 'EACCES', 'ENOTSUP'].includes(errorCode(error))) throw error
  } finally {
    if (opened !== null) closeSync(opened)
  }
}

/** The global `crypto`, which Node loads when it is first used: who only reads a file has no need of it. */
const temporaryName = (path: string): string => {
  const random = Buffer.from(crypto.getRandomValues(new Uint8Array(12))).toString('hex')
  return join(dirname(path), `.${basename(path)}.${random}.tmp`)
}

/** Replaces the file by this text and reads it back. The old one stays whole until the new one is. */
export const writePrivate = (file: PrivateFile, text: string): void => {
  ensurePrivateFolder(file)
  const temporary = temporaryName(file.path)
  const { O_WRONLY, O_CREAT, O_EXCL } = constants
  try {
    inspect(file)
    const opened = openSync(temporary, O_WRONLY | O_CREAT | O_EXCL | NO_FOLLOW, 0o600)
    try {
      writeFileSync(opened, text)
      fsyncSync(opened)
    } finally {
      closeSync(opened)
    }
    replaceFile(temporary, file.path)
    syncFolder(dirname(file.path))
    if (readFileSync(file.path, 'utf8') !== text) throw refuse(file, 'did not keep what was written', 'try again')
  } catch (error) {
    rmSync(temporary, { force: true })
    throw failed(file, 'written', error)
  }
}

export const removePrivate = (file: PrivateFile): void => {
  try {
    rmSync(file.path, { force: true })
    syncFolder(dirname(file.path))
  } catch (error) {
    throw failed(file, 'written', error)
  }
}

/** Moves the file out of the way, private, under a name that says why; gives that name. */
export const setAside = (file: PrivateFile, now: number): string => {
  const stamp = new Date(now).toISOString().replaceAll(':', '-')
  const aside = `${file.path}.damaged-${stamp}`
  try {
    renameSync(file.path, aside)
    chmodSync(aside, 0o600)
    syncFolder(dirname(file.path))
    return aside
  } catch (error) {
    throw failed(file, 'written', error)
  }
}

/** Removes what killed writers left behind. Only for the holder of the file's lock: then no writer is at work. */
export const sweepTemporaries = (file: PrivateFile): void => {
  const isTemporary = (name: string) => name.startsWith(`.${basename(file.path)}.`) && /\.[0-9a-f]{24}\.tmp$/.test(name)
  const folder = dirname(file.path)
  for (const name of readdirSync(folder).filter(isTemporary)) rmSync(join(folder, name), { force: true })
}
