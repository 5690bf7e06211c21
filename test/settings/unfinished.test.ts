import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Unfinished, unfinishedFile } from '../../src/settings/unfinished.ts'
import { freshFolder, NEVER, realTools } from '../files/tools.ts'

const NOTE: Unfinished = {
  id: 'n1',
  profile: 'zectre',
  service: 'zectre',
  name: 'ci',
  started_at: '2026-11-21T12:00:00.000Z',
  made: null,
  keeper: null,
}
const notesOf = (folder: string, pid = process.pid) => {
  const tools = realTools()
  return unfinishedFile(() => folder, { ...tools, processes: { ...tools.processes, pid } }, NEVER)
}
/** The number of a process that is over. */
const overPid = () => spawnSync(process.execPath, ['-e', '']).pid

test('what a living process is at is not taken for unfinished', async () => {
  const config = freshFolder()
  await notesOf(config).put(NOTE)
  expect(await notesOf(config).left()).toEqual([])
})

test('what a process that is over has left is found, and goes when it is dropped', async () => {
  const config = freshFolder()
  await notesOf(config, overPid()).put(NOTE)
  expect(await notesOf(config).left()).toMatchObject([NOTE])
  await notesOf(config).drop('n1')
  expect(await notesOf(config).left()).toEqual([])
  expect(readdirSync(config)).not.toContain('unfinished.json')
})

test('a note that is put again takes the place of itself', async () => {
  const config = freshFolder()
  const over = notesOf(config, overPid())
  await over.put(NOTE)
  await over.put({ ...NOTE, made: { id: 'k1', prefix: 'zec_EXAMPLE' } })
  expect(await notesOf(config).left()).toMatchObject([{ id: 'n1', made: { id: 'k1' } }])
})

test('the file is its owner’s alone', async () => {
  const config = freshFolder()
  await notesOf(config).put(NOTE)
  expect(statSync(join(config, 'unfinished.json')).mode & 0o777).toBe(0o600)
})

test.each([
  ['no JSON', '{'],
  ['no list', '{"version":1,"entries":7}'],
  ['a note without a holder', JSON.stringify({ version: 1, entries: [NOTE] })],
])('a file with %s is set aside, and nothing is unfinished', async (_, text) => {
  const config = freshFolder()
  await notesOf(config).put(NOTE)
  writeFileSync(join(config, 'unfinished.json'), text)
  expect(await notesOf(config).left()).toEqual([])
  const aside = readdirSync(config).find((name) => name.startsWith('unfinished.json.damaged-'))
  expect(readFileSync(join(config, aside ?? ''), 'utf8')).toBe(text)
})
