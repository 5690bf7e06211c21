import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { examineFiles } from '../../src/doctor/files.ts'
import { examineGit } from '../../src/doctor/git.ts'
import { findProgram } from '../../src/files/look.ts'
import { freshFolder } from '../files/tools.ts'

const SECRET = 'zec_EXAMPLE_in_a_file'
const HERE = { env: { PATH: process.env.PATH }, platform: process.platform }
const PROFILE = { service: 'zectre', url: 'https://z.example', store: 'file', user: null, created_at: '' }
const SETTINGS = { version: 1, current: 'zectre', consents: { file_store: true }, profiles: { zectre: PROFILE } }
const CREDENTIALS = { version: 1, entries: { zectre: SECRET } }

const folderWith = (files: Record<string, string>, mode = 0o600): string => {
  const folder = join(freshFolder(), 'keyturn')
  mkdirSync(folder, { mode: 0o700 })
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text)
    chmodSync(join(folder, name), mode)
  }
  return folder
}
const healthy = (mode?: number) =>
  folderWith({ 'settings.json': JSON.stringify(SETTINGS), 'credentials.json': JSON.stringify(CREDENTIALS) }, mode)

/** Names, modes and contents: what must be the same before and after. */
const stateOf = (folder: string) =>
  readdirSync(folder).map((name) => {
    const path = join(folder, name)
    const { mode, mtimeMs } = statSync(path)
    return [name, mode, mtimeMs, readFileSync(path, 'utf8')]
  })

const examined = (folder: string) => {
  const { findings, settings } = examineFiles(folder, 'linux')
  return { settings, said: findings.map(({ name, level, detail }) => `${name} ${level}: ${detail}`), findings }
}

test('a healthy folder is said to be so, in few words', () => {
  const folder = healthy()
  expect(examined(folder).said).toEqual([
    `folder good: ${folder}`,
    'settings good: settings.json: 1 profile, zectre in use',
    'secrets good: credentials.json: 1 entry',
  ])
})

test('where there is nothing nothing is made', () => {
  const folder = join(freshFolder(), 'not', 'there')
  expect(examined(folder).said).toEqual([
    `folder good: ${folder}, which is made at the first sign-in`,
    'settings good: none yet: nobody has signed in',
  ])
  expect(() => statSync(folder)).toThrow('ENOENT')
})

const examinedBelow = (above: string) => {
  const folder = join(above, 'not', 'there')
  const [finding, settings] = examined(folder).findings
  expect(settings).toMatchObject({ name: 'settings', level: 'good' })
  expect(finding).toMatchObject({ level: 'failure', hint: expect.stringContaining('export KEYTURN_CONFIG_DIR=') })
  expect(finding?.detail).toContain(`${folder} is not there and can't be made: ${above} `)
  return finding?.detail
}

test.each<[string, (path: string) => void]>([
  ['a file', (path) => writeFileSync(path, '')],
  ['a link that leads nowhere', (path) => symlinkSync('nowhere', path)],
])('a folder that would be made below %s is told, with the way out', (_, plant) => {
  const above = join(freshFolder(), 'home')
  plant(above)
  expect(examinedBelow(above)).toContain('is no folder')
})

test('a folder that would be made where nobody may write is told, with the way out', () => {
  // Not even root may.
  expect(examinedBelow('/proc/sys')).toContain('can not be written to')
})

test('files and a folder that are open to others are told and left as they are', () => {
  const folder = healthy(0o644)
  chmodSync(folder, 0o755)
  const before = stateOf(folder)
  const { findings, settings } = examined(folder)
  expect(findings.map(({ level, hint }) => [level, hint])).toEqual([
    ['warning', `close it: chmod 700 ${folder}`],
    ['warning', `close it: chmod 600 ${folder}/settings.json`],
    ['warning', `close it: chmod 600 ${folder}/credentials.json`],
  ])
  expect(settings?.current).toBe('zectre')
  expect(stateOf(folder)).toEqual(before)
  expect(statSync(folder).mode & 0o777).toBe(0o755)
})

test.each<[string, Record<string, string>, string, RegExp]>([
  ['cut off', { 'settings.json': '{"version":1,"prof' }, 'settings', /settings\.json is damaged; .* that reads it/],
  ['empty', { 'settings.json': '' }, 'settings', /is damaged/],
  ['no settings', { 'settings.json': '{"version":1,"profiles":[]}' }, 'settings', /is damaged/],
  ['newer', { 'settings.json': '{"version":9}' }, 'settings', /was written by a newer keyturn/],
  ['cut off too', { 'credentials.json': `{"version":1,"entries":{"a":"${SECRET}"` }, 'secrets', /is damaged/],
])('a file that is %s is told, kept, and nothing of it shown', (_what, files, name, said) => {
  const folder = folderWith(files)
  const before = stateOf(folder)
  const { findings } = examined(folder)
  const found = findings.find((finding) => finding.name === name)
  expect(found).toMatchObject({ level: 'failure', detail: expect.stringMatching(said), hint: expect.any(String) })
  expect(JSON.stringify(findings)).not.toContain(SECRET)
  expect(stateOf(folder)).toEqual(before)
})

test('a link and a folder in the place of a file are refused, as keyturn would refuse them', () => {
  const folder = folderWith({})
  symlinkSync('/etc/passwd', join(folder, 'settings.json'))
  mkdirSync(join(folder, 'credentials.json'))
  expect(examined(folder).said.slice(1)).toEqual([
    `settings failure: ${folder}/settings.json is a symbolic link`,
    `secrets failure: ${folder}/credentials.json is no file`,
  ])
})

test('a file in the place of the folder is told', () => {
  const folder = join(freshFolder(), 'keyturn')
  writeFileSync(folder, '')
  expect(examined(folder).findings[0]).toMatchObject({ level: 'failure', hint: expect.stringContaining('mv ') })
})

test('a profile whose secret the file has lost is told, with the way to sign in again', () => {
  const lost = { level: 'note', hint: 'sign in: keyturn login --profile zectre' }
  const noFile = folderWith({ 'settings.json': JSON.stringify(SETTINGS) })
  expect(examined(noFile).findings.at(-1)).toMatchObject(lost)
  const empty = folderWith({
    'settings.json': JSON.stringify(SETTINGS),
    'credentials.json': '{"version":1,"entries":{}}',
  })
  expect(examined(empty).findings.at(-1)).toMatchObject(lost)
})

test('in a git checkout a warning says how to stay out of it, and is silent when that was done', async () => {
  const folder = healthy()
  expect(await examineGit(folder, HERE)).toEqual([])
  execFileSync('git', ['init', '-q', join(folder, '..')])
  const hint = `keep it out of commits: echo '*' > ${folder}/.gitignore`
  expect(await examineGit(folder, HERE)).toMatchObject([{ name: 'git', level: 'warning', hint }])
  writeFileSync(join(folder, '.gitignore'), '*\n')
  expect(await examineGit(folder, HERE)).toEqual([])
})

test("secrets in git's index are a failure", async () => {
  const folder = healthy()
  const git = (...args: string[]) => execFileSync('git', ['-C', join(folder, '..'), ...args])
  git('init', '-q')
  git('add', join(folder, 'credentials.json'))
  const hint = expect.stringContaining(`git -C ${folder} rm --cached credentials.json`)
  expect(await examineGit(folder, HERE)).toMatchObject([{ name: 'git', level: 'failure', hint }])
})

test('a git that does not say what it tracks is a warning', async () => {
  const folder = healthy()
  execFileSync('git', ['init', '-q', join(folder, '..')])
  writeFileSync(join(folder, '..', '.git', 'index'), 'damaged')
  expect(await examineGit(folder, HERE)).toMatchObject([
    { name: 'git', level: 'warning', detail: expect.stringContaining('git does not say') },
  ])
})

test('a program is found in PATH when it can be run, in no relative place of it, and by its whole name', () => {
  const folder = freshFolder()
  const program = join(folder, 'opener')
  writeFileSync(program, '')
  expect(findProgram('opener', folder, 'linux')).toBeNull()
  chmodSync(program, 0o755)
  expect(findProgram('opener', `.:/nonexistent:${folder}`, 'linux')).toBe(program)
  expect(findProgram(program, '', 'linux')).toBe(program)
  expect(findProgram('tmp', '/', 'linux')).toBeNull()
})
