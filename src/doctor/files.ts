import { basename } from 'node:path'
import { DAMAGED, type JsonFile, understand } from '../files/json-file.ts'
import { isFolder, lookAt, mayWrite, nearestAbove, type Seen, textAt } from '../files/look.ts'
import { errorCode } from '../files/private-file.ts'
import { credentialsFile } from '../secrets/file-store.ts'
import { type Settings, settingsFile } from '../settings/settings.ts'
import { isFailure } from '../vocabulary/failure.ts'
import { shellWord } from '../vocabulary/shell-word.ts'
import { type Finding, failure, good, nothingKept, warning } from './finding.ts'

const ANOTHER = 'use another folder: export KEYTURN_CONFIG_DIR=/path/to/one'
const ELSEWHERE = `or ${ANOTHER}`

const wordsOf = (error: unknown): string =>
  isFailure(error) ? error.message : errorCode(error) || (error instanceof Error ? error.message : String(error))

const examineMissing = (folder: string): Finding => {
  const above = nearestAbove(folder)
  const never = (problem: string, hint: string) =>
    failure('folder', `${folder} is not there and can't be made: ${above} ${problem}`, hint)
  if (!isFolder(above)) return never('is no folder', `${ANOTHER}, or move that away`)
  if (!mayWrite(above)) return never('can not be written to', ANOTHER)
  return good('folder', `${folder}, which is made at the first sign-in`)
}

const examineFolder = (folder: string): Finding => {
  const seen = lookAt(folder)
  if (seen === null) return examineMissing(folder)
  const is = (problem: string) => `${folder} ${problem}`
  if (seen.kind === 'file' || seen.kind === 'other')
    return failure('folder', is('is no folder'), `move it away: mv ${shellWord(folder)} ${shellWord(`${folder}.old`)}`)
  if (!seen.isOwn) return failure('folder', is('belongs to another user'), `run keyturn as that user, ${ELSEWHERE}`)
  if (!mayWrite(folder))
    return failure(
      'folder',
      is('can not be written to'),
      `make it writable: chmod 700 ${shellWord(folder)}, ${ELSEWHERE}`,
    )
  if (seen.isOpen)
    return warning(
      'folder',
      is(`is open to others (mode ${seen.permissions})`),
      `close it: chmod 700 ${shellWord(folder)}`,
    )
  return good('folder', folder)
}

interface Read<T> {
  finding: Finding | null
  value: T | null
}

/** What keyturn would refuse or repair at its next use is told here and left as it is. */
const examineFile = <T>(
  name: string,
  file: JsonFile<T>,
  ifDamaged: string,
  describe: (value: T) => string,
): Read<T> => {
  const bad = (problem: string, hint: string): Read<T> => ({
    finding: failure(name, `${file.path} ${problem}`, hint),
    value: null,
  })
  const away = `move it away: mv ${shellWord(file.path)} ${shellWord(`${file.path}.old`)}`
  let seen: Seen | null
  let text: string
  try {
    seen = lookAt(file.path)
    if (seen === null) return { finding: null, value: null }
    if (seen.kind !== 'file') return bad(`is ${seen.kind === 'link' ? 'a symbolic link' : 'no file'}`, away)
    if (!seen.isOwn) return bad('belongs to another user', `run keyturn as that user, ${ELSEWHERE}`)
    text = textAt(file.path)
  } catch (error) {
    return bad(`can't be read: ${wordsOf(error)}`, `make it yours to read: chmod 600 ${shellWord(file.path)}`)
  }
  try {
    const value = understand(file, text)
    if (value === DAMAGED)
      return bad(`is damaged; the next command that reads it keeps it aside and starts anew`, ifDamaged)
    if (!seen.isOpen) return { finding: good(name, `${basename(file.path)}: ${describe(value)}`), value }
    const detail = `${file.path} is open to others (mode ${seen.permissions}): ${describe(value)}`
    return { finding: warning(name, detail, `close it: chmod 600 ${shellWord(file.path)}`), value }
  } catch (error) {
    if (!isFailure(error)) throw error
    return { finding: failure(name, error.message, error.hint ?? away), value: null }
  }
}

const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`

const describeSettings = ({ profiles, current }: Settings): string =>
  `${counted(Object.keys(profiles).length, 'profile')}, ${current === null ? 'none in use' : `${current} in use`}`

/** The settings as they are; `null` where there are none or they can't be understood. */
export const examineFiles = (
  folder: string,
  platform: NodeJS.Platform,
): { findings: Finding[]; settings: Settings | null } => {
  let first: Finding
  try {
    first = examineFolder(folder)
  } catch (error) {
    const hint = `make it yours to enter, ${ELSEWHERE}`
    return {
      findings: [failure('folder', `${folder} can't be looked at: ${wordsOf(error)}`, hint)],
      settings: null,
    }
  }
  const copy = platform === 'win32' ? 'copy' : 'cp'
  const own = settingsFile(folder)
  const keep = `put it right in an editor, or sign in again; a copy first: ${copy} ${shellWord(own.path)} ${shellWord(`${own.path}.copy`)}`
  const settings = examineFile('settings', own, keep, describeSettings)
  const store = credentialsFile(folder)
  const credentials = examineFile('secrets', store, 'sign in again: keyturn login --store file', ({ entries }) =>
    counted(Object.keys(entries).length, 'entry').replace('entrys', 'entries'),
  )
  const inFile = Object.entries(settings.value?.profiles ?? {}).filter(([, profile]) => profile.store === 'file')
  const lost = inFile.filter(([name]) => credentials.value !== null && !Object.hasOwn(credentials.value.entries, name))
  const gone = credentials.finding === null ? inFile : lost
  const findings = [
    first,
    settings.finding ?? good('settings', 'none yet: nobody has signed in'),
    credentials.finding,
    ...gone.map(([name]) => nothingKept(name, 'the file')),
  ]
  return { findings: findings.filter((finding) => finding !== null), settings: settings.value }
}
