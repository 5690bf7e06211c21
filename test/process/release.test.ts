/** `npm run release` in a copy of this project that has a git of its own. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshHome, type Home } from '../harness/home.ts'
import { type Ended, startCommand } from '../harness/program.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const NEXT = '7.0.0'
const MOST_PACKED = 500_000
const NOTES = '\n### Added\n\n- Something that the next one has.\n'

interface Copy {
  home: Home
  folder: string
  git(...args: string[]): string
  release(...args: string[]): Promise<Ended>
  read(name: string): string
}

const listed = () =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' })
let files: string[]
beforeAll(() => {
  files = listed()
    .split('\n')
    .filter((name) => existsSync(join(ROOT, name)) && !/^(|(test|docs\/images)\/.*)$/.test(name))
})

const copy = (changelog: string, home = freshHome()): Copy => {
  const folder = join(home.path, 'project')
  for (const name of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    cpSync(join(ROOT, name), join(folder, name))
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'CHANGELOG.md'), changelog)
  const env = Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((who) => [
      [`GIT_${who}_NAME`, 'Somebody'],
      [`GIT_${who}_EMAIL`, 'somebody@example.com'],
    ]),
  )
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env, HOME: home.path } })
  git('init', '--quiet')
  git('add', '.')
  git('commit', '--quiet', '--message', 'Begin')
  return {
    home,
    folder,
    git,
    release: (...args) =>
      startCommand(process.execPath, ['scripts/release.mjs', ...args], { home, cwd: folder, timeout: 60_000 }).ended,
    read: (name) => readFileSync(join(folder, name), 'utf8'),
  }
}
const CURRENT: string = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version
const CHANGELOG = `# Changelog\n\n## [Unreleased]\n${NOTES}\n## [${CURRENT}] - 2026-01-01\n\n### Added\n\n- The first.\n`

/** What `npm run binary` puts there. */
const EXECUTABLE = `keyturn-${CURRENT}-linux-x64`

const home = freshHome(afterAll)
let prepared: Copy
let ended: Ended
beforeAll(async () => {
  prepared = copy(CHANGELOG, home)
  mkdirSync(join(prepared.folder, 'release'))
  writeFileSync(join(prepared.folder, 'release', EXECUTABLE), 'made before')
  ended = await prepared.release(NEXT, '--unchecked')
}, 90_000)

test('a release is prepared, and what would make it public is left to a person', () => {
  const { folder, git, read } = prepared
  const { code, stdout, stderr } = ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })

  const lockfile = JSON.parse(read('package-lock.json'))
  const versions = [JSON.parse(read('package.json')).version, lockfile.version, lockfile.packages[''].version]
  expect(versions).toEqual([NEXT, NEXT, NEXT])
  const today = new Date().toISOString().slice(0, 10)
  expect(read('CHANGELOG.md')).toBe(CHANGELOG.replace('[Unreleased]\n', `[Unreleased]\n\n## [${NEXT}] - ${today}\n`))
  expect(
    git('status', '--porcelain')
      .trim()
      .split('\n')
      .map((line) => line.trim()),
  ).toEqual(['M CHANGELOG.md', 'M package-lock.json', 'M package.json'])
  expect(git('diff', '--shortstat')).toMatch(/3 files changed, 5 insertions\(\+\), 3 deletions/)
  expect(git('tag')).toBe('')

  expect(readdirSync(join(folder, 'release')).sort()).toEqual([
    'SHA256SUMS',
    EXECUTABLE,
    `keyturn-${NEXT}.cdx.json`,
    `keyturn-${NEXT}.tgz`,
  ])
  const tarball = readFileSync(join(folder, 'release', `keyturn-${NEXT}.tgz`))
  const sum = createHash('sha256').update(tarball).digest('hex')
  expect(read('release/SHA256SUMS')).toContain(`${sum}  keyturn-${NEXT}.tgz\n`)
  // What was there before is not of this release.
  expect(read(`release/${EXECUTABLE}`)).toBe('made before')
  expect(read('release/SHA256SUMS').match(/keyturn-\S+/g)).toEqual([`keyturn-${NEXT}.cdx.json`, `keyturn-${NEXT}.tgz`])
  const bill = JSON.parse(read(`release/keyturn-${NEXT}.cdx.json`))
  expect(bill.metadata.component).toMatchObject({ name: 'keyturn', version: NEXT })
  const names = bill.components.map(({ name }: { name: string }) => name)
  expect(names).toEqual(expect.arrayContaining(['@napi-rs/keyring', 'commander', 'jq-wasm']))
  expect(names).not.toContain('vitest')

  expect(stdout).toContain('nothing was checked')
  for (const command of ['git tag', 'git push', 'npm publish']) expect(stdout).toContain(`\n  ${command}`)
})

test('what is published is small', () => {
  expect(statSync(join(prepared.folder, 'release', `keyturn-${NEXT}.tgz`)).size).toBeLessThan(MOST_PACKED)
})

test('nothing is changed where the release can’t be', async () => {
  const { folder, git, release } = copy(CHANGELOG)
  git('tag', 'v8.0.0')
  const refusals: [string[], string][] = [
    [[], 'which version?'],
    [['v7.0.0'], 'which version?'],
    [['7.0'], 'which version?'],
    [['07.0.0'], 'which version?'],
    [['0.0.9'], 'not greater'],
    [[CURRENT], 'not greater'],
    [['8.0.0'], 'there is a tag v8.0.0'],
  ]
  for (const [args, words] of refusals) {
    expect(await release(...args, '--unchecked')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(words),
    })
  }
  expect(git('status', '--porcelain')).toBe('')
  writeFileSync(join(folder, 'src', 'main.ts'), '')
  expect(await release(NEXT, '--unchecked')).toMatchObject({ code: 1, stderr: expect.stringContaining('src/main.ts') })
})

test('a release of which nothing is told is none', async () => {
  const { git, release } = copy(CHANGELOG.replace(NOTES, ''))
  const { code, stderr } = await release(NEXT, '--unchecked')
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('CHANGELOG.md says nothing') })
  expect(git('status', '--porcelain')).toBe('')
})

test('the first release is of the version that stands there, and needs notes as any other', async () => {
  const { release } = copy('# Changelog\n\n## [Unreleased]\n')
  expect(await release(CURRENT, '--unchecked')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('says nothing under "Unreleased"'),
  })
})
