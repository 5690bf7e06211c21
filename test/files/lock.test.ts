import { mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withLock } from '../../src/files/lock.ts'
import type { FileTools } from '../../src/files/tools.ts'
import { workers } from './run-worker.ts'
import { freshFolder, NEVER, realTools } from './tools.ts'

const folder = freshFolder(afterAll)
let worker: Awaited<ReturnType<typeof workers>>
beforeAll(async () => {
  worker = await workers(folder)
})

/** Time passes only by being waited for. */
const impatientTools = (): FileTools & { waited(): number } => {
  let time = 0
  return {
    ...realTools(),
    clock: { now: () => Date.now(), monotonic: () => time },
    wait: async (milliseconds) => {
      time += milliseconds
    },
    waited: () => time,
  }
}

const lockPath = (): string => join(freshFolder(), 'x.lock')

test('the work runs, its value comes back and the lock is gone', async () => {
  const path = lockPath()
  expect(await withLock(path, realTools(), NEVER, () => readlinkSync(path).length > 0)).toBe(true)
  expect(readdirSync(join(path, '..'))).toEqual([])
})

test('work that fails gives the lock back', async () => {
  const path = lockPath()
  const failing = withLock(path, realTools(), NEVER, () => Promise.reject(new Error('it failed')))
  await expect(failing).rejects.toThrow('it failed')
  expect(readdirSync(join(path, '..'))).toEqual([])
})

test('two within one process take turns', async () => {
  const path = lockPath()
  let inside = 0
  const one = () =>
    withLock(path, realTools(), NEVER, async () => {
      inside += 1
      expect(inside).toBe(1)
      await new Promise(setImmediate)
      inside -= 1
    })
  await Promise.all([one(), one(), one()])
})

test('a holder that was killed is followed at once', async () => {
  const path = lockPath()
  const { child, begun, ended } = worker.run('hold', path)
  await begun
  child.kill('SIGKILL')
  await ended
  const tools = impatientTools()
  expect(await withLock(path, tools, NEVER, () => 'ours')).toBe('ours')
  expect(tools.waited()).toBe(0)
})

test('ten processes that find a dead holder at the same instant work one after the other', {
  timeout: 30_000,
}, async () => {
  const names = Array.from({ length: 10 }, (_, i) => `field${i}`)
  for (let round = 0; round < 5; round += 1) {
    const folder = freshFolder()
    const path = join(folder, 'fields.json')
    const { child, begun, ended } = worker.run('hold', `${path}.lock`)
    await begun
    child.kill('SIGKILL')
    await ended
    const running = names.map((name) => worker.run('change together', path, name))
    await Promise.all(running.map((one) => one.begun))
    writeFileSync(`${path}.start`, '')
    expect(await Promise.all(running.map(({ said }) => said))).toEqual(names.map(() => 'ready\ndone\n'))
    expect(Object.keys(JSON.parse(readFileSync(path, 'utf8'))).sort()).toEqual([...names, 'version'].sort())
    expect(readdirSync(folder)).toEqual(['fields.json', 'fields.json.start'])
  }
})

test('a holder that hangs is waited for ten seconds, then it is an error and the lock stays', async () => {
  const path = lockPath()
  const { child, begun } = worker.run('hold', path)
  await begun
  child.kill('SIGSTOP')
  const tools = impatientTools()
  const held = readlinkSync(path)
  await expect(withLock(path, tools, NEVER, () => 'ours')).rejects.toMatchObject({
    code: 'failed',
    message: expect.stringContaining(`process ${child.pid}`),
    hint: expect.stringContaining('try again'),
  })
  expect(tools.waited()).toBeGreaterThan(10_000)
  expect(tools.waited()).toBeLessThan(10_100)
  expect(readlinkSync(path)).toBe(held)
})

test('a command that is stopped while it waits stops waiting', async () => {
  const path = lockPath()
  const stopping = new AbortController()
  await withLock(path, realTools(), NEVER, async () => {
    const second = withLock(path, realTools(), stopping.signal, () => 'never')
    stopping.abort(new Error('stopped'))
    await expect(second).rejects.toThrow('stopped')
  })
})

/** What a holder's text is made of: see `Holder`. */
const heldBy = async (path: string, changes: (parts: string[]) => string[]): Promise<void> => {
  const own = await withLock(path, realTools(), NEVER, () => readlinkSync(path))
  symlinkSync(changes(own.split('.')).join('.'), path)
}
const replaced = (index: number, by: string) => (parts: string[]) => parts.map((part, i) => (i === index ? by : part))

test('a dead holder whose removal was claimed by one that hangs is waited for ten seconds, and the one that hangs is named', async () => {
  const path = lockPath()
  await heldBy(path, replaced(1, '12345'))
  const { child, begun } = worker.run('hold', `${path}.${readlinkSync(path).split('.').at(-1)}`)
  await begun
  const tools = impatientTools()
  await expect(withLock(path, tools, NEVER, () => 'ours')).rejects.toMatchObject({
    message: expect.stringContaining(`process ${child.pid}`),
  })
  expect(tools.waited()).toBeGreaterThan(10_000)
})

test.each([
  ['of another process that had this number before', replaced(1, '12345')],
  ['from before the machine was started anew', replaced(3, 'anotherboot')],
])('a lock %s is taken over at once', async (_, changes) => {
  const path = lockPath()
  await heldBy(path, changes)
  const tools = impatientTools()
  expect(await withLock(path, tools, NEVER, () => 'ours')).toBe('ours')
  expect(tools.waited()).toBe(0)
})

test.each([
  ['another machine', replaced(2, 'anothermachine')],
  ['another container', replaced(4, 'anothernamespace')],
  ['nobody knows whom', () => ['what', 'is', 'this']],
])('a lock of %s is waited for, and taken over once it is ten minutes old', async (_, changes) => {
  const path = lockPath()
  await heldBy(path, changes)
  await expect(withLock(path, impatientTools(), NEVER, () => 'ours')).rejects.toMatchObject({ code: 'failed' })
  const later = impatientTools()
  later.clock = { ...later.clock, now: () => Date.now() + 11 * 60_000 }
  expect(await withLock(path, later, NEVER, () => 'ours')).toBe('ours')
})

test('where a lock can not be made, the reason is given', async () => {
  const folder = freshFolder()
  mkdirSync(join(folder, 'x'))
  await expect(withLock(join(folder, 'nowhere', 'x.lock'), realTools(), NEVER, () => 1)).rejects.toThrow(/ENOENT/)
})
