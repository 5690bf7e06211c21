import * as fs from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { changeJson, isRecord, type JsonFile, jsonReader, readJson } from '../../src/files/json-file.ts'
import { workers } from './run-worker.ts'
import { freshFolder, NEVER, realTools } from './tools.ts'

interface Things {
  version: 1
  things: Record<string, unknown>
}

const thingsIn = (folder: string): JsonFile<Things> => ({
  path: join(folder, 'things.json'),
  title: 'the things',
  code: 'failed',
  version: 1,
  empty: { version: 1, things: {} },
  check: (value) => (isRecord(value.things) ? { ...value, version: 1, things: value.things } : null),
})

const GOOD = '{"version":1,"things":{"a":1}}'
const DAMAGED: [string, string | Buffer][] = [
  ['empty', ''],
  ['cut off', GOOD.slice(0, 20)],
  ['full of zeros, as after a power cut', Buffer.alloc(64)],
  ['a list', '[1]'],
  ['without a version', '{"things":{}}'],
  ['of another shape', '{"version":1,"things":7}'],
  ['no text', Buffer.from([0xff, 0xfe, 0x00])],
]

test.each(DAMAGED)(
  'a file that is %s is set aside whole and private, and a person is told where',
  async (_, content) => {
    const folder = freshFolder()
    const file = thingsIn(folder)
    fs.writeFileSync(file.path, content)
    const tools = realTools()
    expect(await readJson(file, tools, NEVER)).toEqual(file.empty)
    const [aside = '', ...others] = fs.readdirSync(folder)
    expect(others).toEqual([])
    expect(aside).toMatch(/^things\.json\.damaged-2/)
    expect(fs.readFileSync(join(folder, aside))).toEqual(Buffer.from(content))
    expect(fs.statSync(join(folder, aside)).mode & 0o777).toBe(0o600)
    expect(tools.told.join('\n')).toContain(aside)
  },
)

test('a change to a damaged file starts anew and keeps the damaged one', async () => {
  const folder = freshFolder()
  const file = thingsIn(folder)
  fs.writeFileSync(file.path, '{', { mode: 0o600 })
  const tools = realTools()
  await changeJson(file, tools, NEVER, (old) => ({ ...old, things: { b: 2 } }))
  expect(await readJson(file, tools, NEVER)).toEqual({ version: 1, things: { b: 2 } })
  expect(fs.readdirSync(folder)).toHaveLength(2)
  expect(tools.told).toHaveLength(1)
})

test('a byte order mark is no damage', async () => {
  const file = thingsIn(freshFolder())
  fs.writeFileSync(file.path, `\uFEFF${GOOD}`, { mode: 0o600 })
  expect((await readJson(file, realTools(), NEVER)).things).toEqual({ a: 1 })
})

test('a file of a newer keyturn is refused and not touched', async () => {
  const folder = freshFolder()
  const file = thingsIn(folder)
  fs.writeFileSync(file.path, '{"version":2}', { mode: 0o600 })
  const refusal = { message: expect.stringContaining('newer keyturn'), hint: expect.stringContaining('update') }
  await expect(readJson(file, realTools(), NEVER)).rejects.toMatchObject(refusal)
  await expect(changeJson(file, realTools(), NEVER, () => file.empty)).rejects.toMatchObject(refusal)
  expect(fs.readdirSync(folder)).toEqual(['things.json'])
  expect(fs.readFileSync(file.path, 'utf8')).toBe('{"version":2}')
})

test('reading makes no folder, no file and no lock', async () => {
  const folder = join(freshFolder(), 'keyturn')
  expect(await readJson(thingsIn(folder), realTools(), NEVER)).toEqual({ version: 1, things: {} })
  expect(fs.existsSync(folder)).toBe(false)
})

test('a change that changes nothing writes nothing', async () => {
  const folder = freshFolder()
  await changeJson(thingsIn(folder), realTools(), NEVER, (old) => old)
  expect(fs.readdirSync(folder)).toEqual([])
})

test('a change clears away what killed writers left', async () => {
  const folder = freshFolder()
  const file = thingsIn(folder)
  fs.writeFileSync(join(folder, `.things.json.${'0'.repeat(24)}.tmp`), 'half a secret')
  fs.writeFileSync(join(folder, '.things.json.mine.tmp'), 'not ours')
  await changeJson(file, realTools(), NEVER, (old) => ({ ...old, things: { c: 3 } }))
  expect(fs.readdirSync(folder).sort()).toEqual(['.things.json.mine.tmp', 'things.json'])
})

test('a folder that can not be written to is named, with a way out', async () => {
  const file = { ...thingsIn('/proc/keyturn'), code: 'store_refused' as const }
  await expect(changeJson(file, realTools(), NEVER, (old) => ({ ...old }))).rejects.toMatchObject({
    code: 'store_refused',
    message: expect.stringContaining('/proc/keyturn/things.json could not be written'),
    hint: expect.stringContaining('KEYTURN_CONFIG_DIR'),
  })
})

const folder = freshFolder(afterAll)
let worker: Awaited<ReturnType<typeof workers>>
beforeAll(async () => {
  worker = await workers(folder)
})

test('fifty processes that change fifty fields at once lose none', { timeout: 30_000 }, async () => {
  const path = join(freshFolder(), 'fields.json')
  const names = Array.from({ length: 50 }, (_, i) => `field${i}`)
  const said = await Promise.all(names.map((name) => worker.run('change', path, name).said))
  expect(said).toEqual(names.map(() => 'done\n'))
  const { version, ...fields } = JSON.parse(fs.readFileSync(path, 'utf8'))
  expect(version).toBe(1)
  expect(Object.keys(fields).sort()).toEqual([...names].sort())
})

test('who asks again has what was read as long as it is the same file, and never longer', async () => {
  const file = thingsIn(freshFolder())
  const tools = realTools()
  const read = jsonReader(() => file, tools)
  const set = (things: Record<string, unknown>) => changeJson(file, tools, NEVER, (old) => ({ ...old, things }))
  expect(await read(NEVER)).toBe(file.empty)
  await set({ a: 1 })
  const first = await read(NEVER)
  expect(first).toEqual({ version: 1, things: { a: 1 } })
  expect(await read(NEVER)).toBe(first)
  for (let a = 2; a < 10; a++) {
    await set({ a })
    expect(await read(NEVER)).toEqual({ version: 1, things: { a } })
  }
  fs.rmSync(file.path)
  expect(await read(NEVER)).toBe(file.empty)
})
