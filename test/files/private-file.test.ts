import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { failed, meansNoLinks, type PrivateFile, readPrivate, writePrivate } from '../../src/files/private-file.ts'
import { workers } from './run-worker.ts'
import { freshFolder } from './tools.ts'

const folder = freshFolder(afterAll)
let worker: Awaited<ReturnType<typeof workers>>
beforeAll(async () => {
  worker = await workers(folder)
})

const quiet = () => {}
const fileIn = (folder: string): PrivateFile => ({
  path: join(folder, 'secrets.json'),
  title: 'the file of a test',
  code: 'store_refused',
})
const modeOf = (path: string): string => (fs.statSync(path).mode & 0o7777).toString(8)

test.each(['000', '022', '077'])('under umask %s the folder is 0700 and the file 0600', async (umask) => {
  const folder = join(freshFolder(), 'deep', 'keyturn')
  const { said } = worker.under(`umask ${umask}`)('write', join(folder, 'secrets.json'), 'secret')
  expect(await said).toBe('done\n')
  expect([modeOf(folder), modeOf(join(folder, 'secrets.json'))]).toEqual(['700', '600'])
})

test('a file and a folder that were open to others are closed, and a person is told', () => {
  const folder = join(freshFolder(), 'keyturn')
  const file = fileIn(folder)
  fs.mkdirSync(folder)
  fs.chmodSync(folder, 0o755)
  fs.writeFileSync(file.path, 'old')
  fs.chmodSync(file.path, 0o644)
  const told: string[] = []
  expect(readPrivate(file, (message) => told.push(message))).toBe('old')
  expect(modeOf(file.path)).toBe('600')
  expect(told).toEqual([expect.stringContaining('could be read by others')])
  fs.chmodSync(file.path, 0o644)
  writePrivate(file, 'new')
  expect([modeOf(folder), modeOf(file.path)]).toEqual(['700', '600'])
})

test('a secret never lies in a file that others can read, nor in one that others have open', () => {
  const file = fileIn(freshFolder())
  fs.writeFileSync(file.path, 'old')
  fs.chmodSync(file.path, 0o666)
  const opened = fs.openSync(file.path, 'r')
  writePrivate(file, 'secret')
  expect(fs.readFileSync(opened, 'utf8')).toBe('old')
  fs.closeSync(opened)
})

const OBSTACLES: [string, (path: string, folder: string) => void | Promise<void>][] = [
  ['a symbolic link', (path, folder) => fs.symlinkSync(join(folder, 'target'), path)],
  ['a symbolic link', (path) => fs.symlinkSync('/nonexistent/file', path)],
  ['a FIFO', (path) => void execFileSync('mkfifo', [path])],
  ['a folder', (path) => fs.mkdirSync(path)],
  [
    'a socket',
    async (path) => {
      const server = createServer()
      onTestFinished(() => void server.close())
      await new Promise<void>((resolve) => server.listen(path, resolve))
    },
  ],
]

test.each(OBSTACLES)('%s in the place of the file is neither read nor written', async (kind, plant) => {
  const folder = freshFolder()
  const file = fileIn(folder)
  fs.writeFileSync(join(folder, 'target'), 'not ours')
  await plant(file.path, folder)
  const refusal = expect.objectContaining({ code: 'store_refused', message: expect.stringContaining(`is ${kind}`) })
  expect(() => readPrivate(file, quiet)).toThrow(refusal)
  expect(() => writePrivate(file, 'secret')).toThrow(refusal)
  expect(fs.readFileSync(join(folder, 'target'), 'utf8')).toBe('not ours')
  expect(fs.readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
})

test('the file of another user is neither read nor replaced', () => {
  const file = fileIn(freshFolder())
  // Only root can give a file away; everybody else finds root's.
  const isRoot = process.getuid?.() === 0
  const foreign = isRoot ? file : { ...file, path: '/etc/passwd' }
  if (isRoot) {
    fs.writeFileSync(file.path, 'theirs')
    fs.chownSync(file.path, 12_345, 12_345)
  }
  const before = fs.readFileSync(foreign.path, 'utf8')
  expect(() => readPrivate(foreign, quiet)).toThrow(/belongs to another user/)
  if (isRoot) expect(() => writePrivate(foreign, 'ours')).toThrow(/belongs to another user/)
  expect(fs.readFileSync(foreign.path, 'utf8')).toBe(before)
})

test('a device is not read', () => {
  const file = { ...fileIn('/'), path: '/dev/zero' }
  expect(() => readPrivate(file, quiet)).toThrow(/is a device/)
})

test('a folder that everybody may write to is not used, and stays as it is', () => {
  const folder = join(freshFolder(), 'shared')
  fs.mkdirSync(folder)
  fs.chmodSync(folder, 0o1777)
  expect(() => writePrivate(fileIn(folder), 'secret')).toThrow(/others use/)
  expect(modeOf(folder)).toBe('1777')
})

test('a file that is far too large is not read', () => {
  const file = fileIn(freshFolder())
  fs.writeFileSync(file.path, '', { mode: 0o600 })
  fs.truncateSync(file.path, 5 * 1024 * 1024)
  expect(() => readPrivate(file, quiet)).toThrow(/larger than 4 MiB/)
})

test('what is not there is null, and reading makes nothing', () => {
  const folder = join(freshFolder(), 'keyturn')
  expect(readPrivate(fileIn(folder), quiet)).toBeNull()
  expect(fs.existsSync(folder)).toBe(false)
})

test('where there is no room the old file stays whole, and nothing half-written is left', async () => {
  const folder = freshFolder()
  const file = fileIn(folder)
  writePrivate(file, 'old')
  const { said } = worker.under('ulimit -f 16')('write much', file.path, 'x')
  expect(await said).toMatch(/^store_refused: .*the limit on file sizes is reached/)
  expect(readPrivate(file, quiet)).toBe('old')
  expect(fs.readdirSync(folder)).toEqual(['secrets.json'])
})

test('a writer killed at any moment leaves the old text or the new one, whole', { timeout: 60_000 }, async () => {
  const ENOUGH = 100
  let rounds = 0
  let torn = 0
  const sweep = async (): Promise<void> => {
    const file = fileIn(freshFolder())
    writePrivate(file, 'a'.repeat(100_000))
    while (rounds < ENOUGH) {
      rounds += 1
      const { child, begun, ended } = worker.run('write on and on', file.path)
      await begun
      setTimeout(() => child.kill('SIGKILL'), Math.random() * 12)
      await ended
      const text = readPrivate(file, quiet) ?? ''
      if (text.length !== 100_000 || !/^(a+|b+)$/.test(text)) torn += 1
    }
  }
  await Promise.all([sweep(), sweep(), sweep(), sweep()])
  expect(torn).toBe(0)
})

test.each(['ENOSPC', 'EDQUOT', 'EFBIG'])('where there is no room (%s) the way out is to make some', (code) => {
  const file = fileIn('/home/dev/.config/keyturn')
  const error = Object.assign(new Error(code), { code })
  expect(failed(file, 'written', error).hint).toBe(
    'make room on the disk (or set KEYTURN_CONFIG_DIR to a folder elsewhere)',
  )
  expect(failed({ ...file, named: true }, 'written', error).hint).toBe('make room on the disk (or name another file)')
})

test.each([
  ['FAT on Linux', 'EPERM', true],
  ['exFAT on Windows', 'EISDIR', true],
  ['a share on macOS', 'ENOTSUP', true],
  ['a name that is taken', 'EEXIST', false],
  ['a full disk', 'ENOSPC', false],
  ['a folder that others own', 'EACCES', false],
])('the answer of %s, %s, means that there are no links: %s', (_, code, means) => {
  expect(meansNoLinks(Object.assign(new Error(code), { code }))).toBe(means)
})
