import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Owner, placeNativePart } from '../../src/executable/native-part.ts'
import { freshHome } from '../harness/home.ts'

const PART = { name: 'keyring-abc.node', bytes: Buffer.from('the native part') }
const mode = (path: string) => lstatSync(path).mode & 0o777

const person = () => {
  const home = freshHome().path
  const owner: Owner = { env: { HOME: home }, platform: 'linux', uid: process.getuid?.() ?? null }
  return { home, folder: join(home, '.cache', 'keyturn'), owner }
}

test('the first start writes it where only its owner may write, and the next ones take it as it is', () => {
  const { folder, owner } = person()
  const path = placeNativePart(PART, owner)
  expect(path).toBe(join(folder, PART.name))
  expect([mode(folder), mode(path)]).toEqual([0o700, 0o500])
  const { ino } = lstatSync(path)
  expect(placeNativePart(PART, owner)).toBe(path)
  expect(lstatSync(path).ino).toBe(ino)
  expect(readdirSync(folder)).toEqual([PART.name])
})

test.each<[string, (path: string) => void]>([
  ['cut off', (path) => writeFileSync(path, 'the native')],
  ['another of the same length', (path) => writeFileSync(path, 'THE NATIVE PART')],
  [
    'a link to one that looks right',
    (path) => {
      writeFileSync(`${path}.elsewhere`, PART.bytes)
      symlinkSync(`${path}.elsewhere`, path)
    },
  ],
])('one that is %s is replaced', (_, spoil) => {
  const { folder, owner } = person()
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  spoil(join(folder, PART.name))
  const path = placeNativePart(PART, owner)
  expect(lstatSync(path).isFile()).toBe(true)
  expect(readFileSync(path)).toEqual(PART.bytes)
})

test('one that can not be put into place leaves no half behind', () => {
  const { folder, owner } = person()
  mkdirSync(join(folder, PART.name, 'in the way'), { recursive: true, mode: 0o700 })
  expect(() => placeNativePart(PART, owner)).toThrow()
  expect(readdirSync(folder)).toEqual([PART.name])
})

test.each<[string, Partial<Owner>, string]>([
  ['XDG_CACHE_HOME', { env: { XDG_CACHE_HOME: '/x/cache', HOME: '/x' } }, '/x/cache/keyturn'],
  ['HOME where XDG_CACHE_HOME is relative', { env: { XDG_CACHE_HOME: 'cache', HOME: '/x' } }, '/x/.cache/keyturn'],
  ['the Library of macOS', { env: { HOME: '/x' }, platform: 'darwin' }, '/x/Library/Caches/keyturn'],
  ['LOCALAPPDATA on Windows', { env: { LOCALAPPDATA: '/x' }, platform: 'win32' }, '/x/keyturn/cache'],
])('it lies below %s', (_, given, expected) => {
  const { home, owner } = person()
  const env = Object.fromEntries(
    Object.entries(given.env ?? {}).map(([name, value]) => [name, value?.replace(/^\/x/, home)]),
  )
  expect(dirname(placeNativePart(PART, { ...owner, ...given, env }))).toBe(expected.replace('/x', home))
})

describe('nothing is loaded', () => {
  const refusal = (change: (folder: string, owner: Owner) => Partial<Owner>) => {
    const { folder, owner } = person()
    mkdirSync(dirname(folder))
    const changed = { ...owner, ...change(folder, owner) }
    return expect(() => placeNativePart(PART, changed))
  }

  test('out of a folder into which others may write', () => {
    refusal((folder) => {
      mkdirSync(folder)
      chmodSync(folder, 0o777)
      return {}
    }).toThrow(/others may write into .*keyturn/)
  })

  test('out of a folder that belongs to another user', () => {
    refusal((_, { uid }) => ({ uid: (uid ?? 0) + 1 })).toThrow(/belongs to another user/)
  })

  test('out of a folder to which a link leads', () => {
    refusal((folder) => {
      mkdirSync(`${folder}-elsewhere`)
      symlinkSync(`${folder}-elsewhere`, folder)
      return {}
    }).toThrow(/is not a folder/)
  })

  test.each([{}, { HOME: '' }, { HOME: 'here' }])('where there is no place for it: %j', (env) => {
    refusal(() => ({ env })).toThrow(/native part could not be put in place: HOME is not set/)
  })
})
