import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Script } from 'node:vm'
import { expect, test } from 'vitest'
import { keepCode } from '../../src/kept-code/keep.ts'
import { freshHome } from '../harness/home.ts'

/** What is to be kept, of a process whose number is 7. */
const chunkIn = (path: string) => {
  const folder = join(path, 'kept')
  mkdirSync(folder)
  const chunk = { kept: join(folder, 'a.js-v1'), source: Buffer.from('1 + 1'), script: new Script('1 + 1') }
  return { folder, keep: () => keepCode({ folder, node: 'v1', user: null, pid: 7 }, [chunk]) }
}

test('a chunk is kept with its text at the end, and nothing else is left', () => {
  const { folder, keep } = chunkIn(freshHome().path)
  keep()
  expect(readdirSync(folder)).toEqual(['a.js-v1'])
  expect(readFileSync(join(folder, 'a.js-v1'), 'latin1')).toMatch(/.1 \+ 1$/s)
})

test('what a process of the same number is writing is left to it', () => {
  const { folder, keep } = chunkIn(freshHome().path)
  writeFileSync(join(folder, 'a.js-v1.7'), 'half')
  expect(keep).toThrow('EEXIST')
  expect(readdirSync(folder)).toEqual(['a.js-v1.7'])
  expect(readFileSync(join(folder, 'a.js-v1.7'), 'utf8')).toBe('half')
})

test('nothing is written through a link', () => {
  const { path } = freshHome()
  const { folder, keep } = chunkIn(path)
  const elsewhere = join(path, 'elsewhere')
  writeFileSync(elsewhere, 'theirs')
  symlinkSync(elsewhere, join(folder, 'a.js-v1.7'))
  expect(keep).toThrow('EEXIST')
  expect(readFileSync(elsewhere, 'utf8')).toBe('theirs')
})
