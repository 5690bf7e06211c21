import { execFileSync } from 'node:child_process'
import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { prepareNewFile } from '../../src/files/new-file.ts'
import { freshFolder } from './tools.ts'

const prepared = (path: string, force: boolean, tracked: boolean | 'unknown' = false) =>
  prepareNewFile(path, { force, isTracked: async () => tracked })

test.each<[string, (path: string) => unknown, string]>([
  ['a folder', (path) => mkdirSync(path), 'is a folder'],
  ['a FIFO', (path) => execFileSync('mkfifo', [path]), 'is no ordinary file'],
])('%s is replaced by nothing, which is told before there is anything to write', async (_, plant, words) => {
  const folder = freshFolder()
  plant(join(folder, 'ci.key'))
  await expect(prepared(join(folder, 'ci.key'), true)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining(words),
  })
  expect(readdirSync(folder)).toEqual(['ci.key'])
})

test.each(['other', 'nowhere'])('--force replaces a link and leaves alone what it leads to: %s', async (leadsTo) => {
  const folder = freshFolder()
  writeFileSync(join(folder, 'other'), 'mine')
  symlinkSync(leadsTo, join(folder, 'ci.key'))
  const file = await prepared(join(folder, 'ci.key'), true)
  file.write('EXAMPLE')
  expect(lstatSync(join(folder, 'ci.key')).isFile()).toBe(true)
  expect(readFileSync(join(folder, 'ci.key'), 'utf8')).toBe('EXAMPLE')
  expect(readFileSync(join(folder, 'other'), 'utf8')).toBe('mine')
})

test.each<[string, boolean, (path: string) => unknown, string]>([
  ['a file', false, (path) => writeFileSync(path, 'mine'), 'there is a file of that name by now'],
  ['a folder', true, (path) => mkdirSync(path), 'there is a folder of that name by now'],
])('%s that has come meanwhile stays, and is told in words', async (_, force, plant, words) => {
  const folder = freshFolder()
  const path = join(folder, 'ci.key')
  const file = await prepared(path, force)
  plant(path)
  expect(() => file.write('EXAMPLE')).toThrow(`${path} could not be written: ${words}`)
  expect(readdirSync(folder)).toEqual(['ci.key'])
})

test('where git does not say whether it tracks the file it is not written, unless --force is given', async () => {
  const path = join(freshFolder(), 'ci.key')
  await expect(prepared(path, false, 'unknown')).rejects.toThrow('git does not say whether it tracks')
  const file = await prepared(path, true, 'unknown')
  file.giveUp()
})
