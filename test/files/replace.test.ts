import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { replaceFile } from '../../src/files/replace.ts'
import { freshFolder } from './tools.ts'

/** A system that refuses so many times, and what it was asked. */
const refusing = (times: number, code: string, isWindows = true) => {
  const tries: string[] = []
  const pauses: number[] = []
  const rename = (from: string, to: string) => {
    tries.push(`${from} ${to}`)
    if (tries.length <= times) throw Object.assign(new Error(code), { code })
  }
  return {
    tries,
    pauses,
    system: { isWindows, rename, pause: (milliseconds: number) => void pauses.push(milliseconds) },
  }
}

test('a file takes the place of another', () => {
  const folder = freshFolder()
  const [from, to] = [join(folder, 'new'), join(folder, 'old')]
  writeFileSync(from, 'new')
  writeFileSync(to, 'old')
  replaceFile(from, to)
  expect([readdirSync(folder), readFileSync(to, 'utf8')]).toEqual([['old'], 'new'])
})

test.each(['EPERM', 'EACCES', 'EBUSY'])('on Windows %s is waited out, with growing pauses', (code) => {
  const { tries, pauses, system } = refusing(3, code)
  replaceFile('new', 'old', system)
  expect(tries).toEqual(Array(4).fill('new old'))
  expect(pauses).toEqual([10, 20, 50])
})

test('on Windows a file that stays in use is given up on within two seconds', () => {
  const { pauses, system } = refusing(Number.POSITIVE_INFINITY, 'EPERM')
  expect(() => replaceFile('new', 'old', system)).toThrow('EPERM')
  expect(pauses.reduce((sum, each) => sum + each)).toBeLessThan(2000)
})

test.each([
  ['on Windows what another try can not mend', 'ENOSPC', true],
  ['elsewhere what the system does not permit', 'EPERM', false],
])('%s is said at once', (_, code, isWindows) => {
  const { tries, pauses, system } = refusing(1, code, isWindows)
  expect(() => replaceFile('new', 'old', system)).toThrow(code)
  expect([tries.length, pauses.length]).toEqual([1, 0])
})
