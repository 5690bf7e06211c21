/** What V8 made of the program is kept for the next time: it is used, it is nobody else's, and it is never needed. */
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { NODE, PROGRAM } from '../harness/environment.ts'
import { freshHome, type Home } from '../harness/home.ts'
import { withEachChunk } from '../harness/loaded.ts'
import { expectNoSecret } from '../harness/no-secret.ts'
import { startCommand } from '../harness/program.ts'
import { KEY, zectrePage } from './zectre-page.ts'

const ROOT = dirname(dirname(PROGRAM))
/** The name of what was not only half written. */
const WHOLE = /-v[\d.]+-\w+$/
/** What npm packs, every file of every version, is of this time. */
const PACKED = new Date('1985-10-26T08:15:00Z')
const AS_ROOT = process.geteuid?.() === 0

interface Installed {
  home: Home
  /** The program, in a folder of its own. */
  program: string
  chunks: string
  kept: string
}

const installed = (): Installed => {
  const home = freshHome()
  const folder = join(home.path, 'tmp', 'program')
  const isPart = (path: string) => path !== join(ROOT, 'dist', 'kept')
  for (const part of ['bin', 'dist', 'package.json']) {
    cpSync(join(ROOT, part), join(folder, part), { recursive: true, filter: isPart })
  }
  const dist = join(folder, 'dist')
  const chunks = join(dist, 'chunks')
  for (const name of readdirSync(chunks)) utimesSync(join(chunks, name), PACKED, PACKED)
  return { home, program: join(folder, 'bin', 'keyturn.js'), chunks, kept: join(dist, 'kept') }
}

const keptOf = ({ kept }: Installed): string[] =>
  existsSync(kept)
    ? readdirSync(kept)
        .sort()
        .map((name) => join(kept, name))
    : []

/** Tells of each chunk whether V8 took what was kept of it. */
const HOOK = `
const taken = {}
${withEachChunk(`
    const [name] = options.filename.split(/[\\\\/]/).pop().split('-')
    taken[name] = options.cachedData !== undefined && !script.cachedDataRejected`)}
process.on('exit', () => require('node:fs').writeFileSync(__filename + '.told', JSON.stringify(taken)))`

/** One command that loads two chunks. */
const run = async ({ home, program }: Installed, env: Record<string, string> = {}) => {
  const hook = join(home.path, 'tmp', 'hook.cjs')
  writeFileSync(hook, HOOK)
  const given = { home, env: { NODE_OPTIONS: `--require=${hook}`, ...env } }
  const { code, stdout, stderr } = await startCommand(NODE, [program, 'profile', 'list'], given).ended
  const taken: Record<string, boolean> = JSON.parse(readFileSync(`${hook}.told`, 'utf8'))
  return { code, stdout, stderr, taken }
}

const DONE = { code: 0, stdout: '', stderr: 'there are no profiles; to make one: keyturn login\n' }
const NONE = { core: false, profile: false }
const ALL = { core: true, profile: true }

/** A program that has run. */
const used = async (): Promise<Installed> => {
  const one = installed()
  expect((await run(one)).taken).toMatchObject(NONE)
  return one
}

test('the second start takes what the first one kept, and keeps nothing anew', async () => {
  const one = await used()
  const before = keptOf(one).map((path) => statSync(path).ino)
  expect(before).toHaveLength(3)
  expect(await run(one)).toEqual({ ...DONE, taken: ALL })
  expect(keptOf(one).map((path) => statSync(path).ino)).toEqual(before)
})

test("it is the program's owner who may write it, and nobody else", async () => {
  const one = installed()
  const script = 'umask 0; exec "$@"'
  await startCommand('sh', ['-c', script, 'sh', NODE, one.program, 'profile', 'list'], one).ended
  expect(statSync(one.kept).mode & 0o022).toBe(0)
  for (const path of keptOf(one)) expect(statSync(path).mode & 0o133, path).toBe(0)
})

test('what another command loads is kept with what ran of the rest', async () => {
  const one = await used()
  await startCommand(NODE, [one.program, 'services'], one).ended
  expect(keptOf(one).filter((path) => basename(path).startsWith('services-'))).toHaveLength(1)
  expect((await run(one)).taken).toEqual(ALL)
})

test.runIf(AS_ROOT)('what the owner of the program kept serves others too', async () => {
  const one = await used()
  for (const name of readdirSync(one.chunks)) chownSync(join(one.chunks, name), 1000, 1000)
  for (const path of keptOf(one)) chownSync(path, 1000, 1000)
  expect((await run(one)).taken).toEqual(ALL)
})

test('what one Node kept is not what another one looks for', async () => {
  const one = await used()
  const { stdout } = await startCommand(NODE, ['-p', 'process.version + "-" + process.arch'], one).ended
  for (const path of keptOf(one)) expect(path.endsWith(`-${stdout.trim()}`), path).toBe(true)
})

test('nothing is kept in the home of whoever runs it', async () => {
  const { home } = await used()
  expect(readdirSync(home.path)).toEqual(['tmp'])
})

test('nothing of what it was given or told is in it', async () => {
  const one = installed()
  const service = await zectrePage()
  const env = { KEYTURN_API_KEY: KEY, KEYTURN_SERVICE: 'zectre', KEYTURN_URL: service.url }
  const { stdout } = await startCommand(NODE, [one.program, 'account', 'show', '--quiet'], { ...one, env }).ended
  expect(stdout).toBe('alice@example.com\n')
  const all = keptOf(one).map((path) => readFileSync(path, 'latin1'))
  expect(all.length).toBeGreaterThan(3)
  for (const text of all) {
    expectNoSecret(text, KEY)
    expect(text).not.toContain(stdout.trim())
    expect(text).not.toContain(service.url)
  }
})

test.each(['--version', '--help', 'keys --help'])('%s keeps nothing', async (line) => {
  const one = installed()
  await startCommand(NODE, [one.program, ...line.split(' ')], one).ended
  expect(keptOf(one)).toEqual([])
})

describe('nothing is kept, and nothing is said of it,', () => {
  test('when Node is told to keep no code', async () => {
    const one = installed()
    expect(await run(one, { NODE_DISABLE_COMPILE_CACHE: '1' })).toEqual({ ...DONE, taken: {} })
    expect(keptOf(one)).toEqual([])
  })

  test('where there can be no folder', async () => {
    const one = installed()
    writeFileSync(one.kept, 'a file')
    expect(await run(one)).toMatchObject(DONE)
  })

  test('where no file may be so large, and no half of one is left', async () => {
    const one = installed()
    const script = 'ulimit -f 64; exec "$@"'
    const ended = await startCommand('sh', ['-c', script, 'sh', NODE, one.program, 'profile', 'list'], one).ended
    expect(ended).toMatchObject(DONE)
    for (const path of keptOf(one)) expect(statSync(path).size).toBeLessThan(64 * 512)
    for (const path of keptOf(one)) expect(basename(path)).toMatch(WHOLE)
  })

  test.runIf(AS_ROOT)("by root in somebody else's program, who could not remove it", async () => {
    const one = installed()
    for (const name of readdirSync(one.chunks)) chownSync(join(one.chunks, name), 1000, 1000)
    expect(await run(one)).toMatchObject(DONE)
    expect(existsSync(one.kept)).toBe(false)
  })
})

describe('it is not run, but made again,', () => {
  test.each<[string, (path: string) => void]>([
    ['cut off', (path) => writeFileSync(path, readFileSync(path).subarray(0, -1))],
    ['with zeros at its end', (path) => writeFileSync(path, readFileSync(path).fill(0, statSync(path).size - 1024))],
    ['without its beginning', (path) => writeFileSync(path, readFileSync(path).subarray(4096))],
    ['for another Node', (path) => writeFileSync(path, readFileSync(path).fill(1, 4, 8))],
    ['empty', (path) => writeFileSync(path, '')],
    ['something else', (path) => writeFileSync(path, 'x'.repeat(300_000))],
    ['open for its group to write', (path) => chmodSync(path, 0o664)],
    ['open for others to write', (path) => chmodSync(path, 0o646)],
  ])('when it is %s', async (_, spoil) => {
    const one = await used()
    for (const path of keptOf(one)) spoil(path)
    expect(await run(one)).toEqual({ ...DONE, taken: expect.objectContaining(NONE) })
    expect((await run(one)).taken).toEqual(ALL)
  })

  test.runIf(AS_ROOT)('when it is of another user than the program', async () => {
    const one = await used()
    for (const path of keptOf(one)) chownSync(path, 1000, 1000)
    expect(await run(one)).toEqual({ ...DONE, taken: expect.objectContaining(NONE) })
  })

  test('when it is behind a link', async () => {
    const one = await used()
    for (const path of keptOf(one)) {
      renameSync(path, `${path}.elsewhere`)
      symlinkSync(`${path}.elsewhere`, path)
    }
    expect((await run(one)).taken).toMatchObject(NONE)
  })

  test('when the program was changed, be it by nothing but a letter', async () => {
    const one = await used()
    // What an earlier build left may lie there as well.
    for (const name of readdirSync(one.chunks).filter((each) => /^profile-/.test(each))) {
      const path = join(one.chunks, name)
      writeFileSync(path, readFileSync(path, 'utf8').replace('to make one', 'to take one'))
      utimesSync(path, PACKED, PACKED)
    }
    const { stderr, taken } = await run(one)
    expect(stderr).toContain('to take one')
    expect(taken).toMatchObject({ core: true, profile: false })
  })
})

test('many that start at once each do what they should, and leave nothing half written', async () => {
  const one = installed()
  const all = Array.from({ length: 8 }, () => startCommand(NODE, [one.program, 'profile', 'list'], one).ended)
  for (const ended of await Promise.all(all)) expect(ended).toMatchObject(DONE)
  for (const path of keptOf(one)) expect(basename(path)).toMatch(WHOLE)
  expect((await run(one)).taken).toEqual(ALL)
})
