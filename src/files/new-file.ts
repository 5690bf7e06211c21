/** A file with a secret in it, where a person wants it: their own alone, whole or not there, and never over another one. */
import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { clean } from '../vocabulary/clean.ts'
import { Failure } from '../vocabulary/failure.ts'
import { lookAt, type Seen } from './look.ts'
import { failed, meansNoLinks, type PrivateFile, syncFolder } from './private-file.ts'
import { replaceFile } from './replace.ts'

export interface NewFile {
  /** As an absolute path. */
  path: string
  write(text: string): void
  /** For when there is nothing to write after all. */
  giveUp(): void
}

/**
 * Proves that the file can be written, before there is anything to write: its temporary twin is made and held open.
 * `isTracked` tells whether git has the file; `force` lets one be replaced, and a tracked one be written.
 */
export const prepareNewFile = async (
  name: string,
  { force, isTracked }: { force: boolean; isTracked: (path: string) => Promise<boolean | 'unknown'> },
): Promise<NewFile> => {
  const path = resolve(name)
  const file: PrivateFile = { path, title: 'the file', code: 'failed', named: true }
  const seen = look(file)
  if (seen !== null && !force) throw refuse(`${clean(name)} is there already`)
  if (seen === 'folder' || seen === 'other') {
    const what = seen === 'folder' ? 'a folder' : 'no ordinary file'
    throw new Failure('usage', `${clean(name)} is ${what}, which --force does not replace`, {
      hint: 'name another file',
    })
  }
  const tracked = !force && (await isTracked(path))
  if (tracked === 'unknown') throw refuse(`git does not say whether it tracks ${clean(name)}`)
  if (tracked) throw refuse(`git tracks ${clean(name)}, so a key in it would be shared`)
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(12).toString('hex')}.tmp`)
  const attempt = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      fs.rmSync(temporary, { force: true })
      throw failed(file, 'written', error)
    }
  }
  const { O_WRONLY, O_CREAT, O_EXCL } = fs.constants
  const opened = attempt(() => fs.openSync(temporary, O_WRONLY | O_CREAT | O_EXCL, 0o600))
  return {
    path,
    write: (text) =>
      attempt(() => {
        try {
          fs.writeFileSync(opened, text)
          fs.fsyncSync(opened)
        } finally {
          fs.closeSync(opened)
        }
        if (force) replaceFile(temporary, path)
        else takeName(temporary, path)
        syncFolder(dirname(path))
        if (fs.readFileSync(path, 'utf8') !== text) throw refuse(`${clean(name)} did not keep what was written`)
      }),
    giveUp: () => {
      fs.closeSync(opened)
      fs.rmSync(temporary, { force: true })
    },
  }
}

/** A link is seen as itself: it is replaced, and what it leads to is left alone. */
const look = (file: PrivateFile): Seen['kind'] | null => {
  try {
    return lookAt(file.path)?.kind ?? null
  } catch (error) {
    throw failed(file, 'written', error)
  }
}

/** Unlike a rename, a link takes no name that somebody else has taken meanwhile. */
const takeName = (temporary: string, path: string): void => {
  try {
    fs.linkSync(temporary, path)
    fs.rmSync(temporary)
  } catch (error) {
    // The name was free a moment ago.
    if (!meansNoLinks(error)) throw error
    fs.renameSync(temporary, path)
  }
}

const refuse = (problem: string): Failure =>
  new Failure('usage', problem, { hint: 'name another file, or give --force to have it so all the same' })
