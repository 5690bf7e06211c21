import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isTracked } from '../../src/files/git.ts'
import { freshFolder } from './tools.ts'

const place = (env: Record<string, string> = {}) => ({
  env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
  platform: process.platform,
})

const checkout = () => {
  const folder = freshFolder()
  const person = ['-c', 'user.name=EXAMPLE', '-c', 'user.email=nobody@example.org']
  const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...person, ...args], { encoding: 'utf8' })
  git('init', '-q')
  for (const name of ['a/tracked', 'b/tracked', 'c']) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), name)
  }
  git('add', '.')
  git('commit', '-q', '-m', 'EXAMPLE')
  return { folder, git }
}

test('what git has in its index is tracked, though it is removed, and nothing else is', async () => {
  const { folder } = checkout()
  rmSync(join(folder, 'b'), { recursive: true })
  const asked = ['c', 'a/tracked', 'b/tracked', 'other', 'b/other', '*', ':(glob)c', 'no/such/folder']
  const told = await Promise.all(asked.map((name) => isTracked(join(folder, name), place())))
  expect(told).toEqual([true, true, true, false, false, false, false, false])
})

test('a file is asked for where it lies, whatever link leads there', async () => {
  const link = join(freshFolder(), 'link')
  symlinkSync(join(checkout().folder, 'a'), link)
  expect(await isTracked(join(link, 'tracked'), place())).toBe(true)
})

test('variables that lead git to another checkout do not', async () => {
  const { folder } = checkout()
  const other = join(checkout().folder, '.git')
  expect(await isTracked(join(folder, 'c'), place({ GIT_DIR: other, GIT_INDEX_FILE: '/nonexistent' }))).toBe(true)
})

test('a checkout that names a program to fetch what is missing has it run by nobody, and is not believed', async () => {
  const { folder, git } = checkout()
  git('sparse-checkout', 'set', '--cone', '--sparse-index', 'a')
  const tree = git('rev-parse', 'HEAD:b').trim()
  rmSync(join(folder, '.git', 'objects', tree.slice(0, 2), tree.slice(2)))
  for (const [name, value] of [
    ['core.repositoryformatversion', '1'],
    ['extensions.partialclone', 'origin'],
    ['remote.origin.promisor', 'true'],
    ['remote.origin.url', folder],
    ['remote.origin.uploadpack', `touch ${join(folder, 'ran')}; false`],
    ['protocol.file.allow', 'always'],
  ] as const) {
    git('config', name, value)
  }
  // The tree that tells of it is gone.
  expect(await isTracked(join(folder, 'b', 'tracked'), place())).toBe('unknown')
  expect(readdirSync(folder)).not.toContain('ran')
})

test.each<[string, string]>([
  ['fails', 'exit 128'],
  ['is killed', 'kill -9 $$'],
  ['can not be read', 'echo "fatal: no index" >&2; exit 1'],
])('a git that %s does not say that a file is not tracked', async (_, does) => {
  const { folder } = checkout()
  const bin = freshFolder()
  writeFileSync(join(bin, 'git'), `#!/bin/sh\n${does}\n`)
  chmodSync(join(bin, 'git'), 0o755)
  expect(await isTracked(join(folder, 'other'), place({ PATH: bin }))).toBe('unknown')
})

test('without git nothing is tracked', async () => {
  expect(await isTracked(join(checkout().folder, 'c'), place({ PATH: '/nonexistent' }))).toBe(false)
})
