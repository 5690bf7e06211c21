import { execFileSync, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readNamedFile } from '../../src/files/named-file.ts'
import { Failure } from '../../src/vocabulary/failure.ts'
import { freshFolder, NEVER } from './tools.ts'

/** In KiB, and in bytes. */
const LIMIT = 1
const MOST = LIMIT * 1024

const fileOf = (bytes: Buffer): string => {
  const path = join(freshFolder(), 'body.bin')
  writeFileSync(path, bytes)
  return path
}
const fifo = (): string => {
  const path = join(freshFolder(), 'fifo')
  execFileSync('mkfifo', [path])
  return path
}
const read = async (path: string) => Buffer.from(await readNamedFile(path, LIMIT, NEVER))

test.each([0, 1, MOST])('a file of %i bytes comes byte for byte', async (size) => {
  const bytes = Buffer.alloc(size, '\xff\x00\n', 'latin1')
  expect(await read(fileOf(bytes))).toEqual(bytes)
})

test.each([
  ['a file', () => fileOf(Buffer.alloc(MOST + 1))],
  ['what never ends', () => '/dev/zero'],
])('%s that is larger than may be is refused', async (_, path) => {
  await expect(read(path())).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('1 KiB') })
})

test.each([
  ['a file that is not there', () => join(freshFolder(), 'nothing'), 'ENOENT'],
  ['a folder', () => freshFolder(), 'EISDIR'],
])('%s can not be read', async (_, path, code) => {
  await expect(read(path())).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining(`can't be read: ${code}`),
  })
})

test('what is written into a FIFO is waited for to its end', async () => {
  const path = fifo()
  const reading = read(path)
  spawn('sh', ['-c', 'exec > "$1"; echo one; echo two', 'sh', path])
  expect((await reading).toString()).toBe('one\ntwo\n')
})

test.each([
  ['nobody opens', null],
  ['somebody opens and does not write into', 'exec 3> "$1"; echo opened; exec sleep 60'],
])('a FIFO that %s is let go of at a stop', async (_, script) => {
  const path = fifo()
  const stop = new AbortController()
  const reading = readNamedFile(path, LIMIT, stop.signal)
  if (script !== null) {
    const writer = spawn('sh', ['-c', script, 'sh', path])
    await new Promise((resolve) => writer.stdout.once('data', resolve))
    void reading.catch(() => writer.kill())
  }
  stop.abort(new Failure('interrupted', 'stopped'))
  await expect(reading).rejects.toBe(stop.signal.reason)
})
