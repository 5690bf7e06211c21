import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { requireKept } from '../../src/kept-code/load.ts'
import { freshHome } from '../harness/home.ts'

/** `require` for a program of these files, and who hears that a chunk is not kept. */
const programOf = (files: Record<string, string>) => {
  const { path } = freshHome()
  mkdirSync(join(path, 'chunks'))
  for (const [name, code] of Object.entries(files)) writeFileSync(join(path, name), code)
  const others = vi.fn((name: string) => `Node's own ${name}`)
  const onNew = vi.fn()
  const keeping = { folder: join(path, 'kept'), node: 'v1', user: process.geteuid?.() ?? null, pid: 1 }
  return { path, load: requireKept(keeping, path, others, onNew), others, onNew }
}

test('each chunk runs once, with what CommonJS gives it, and asks for others from its own folder', () => {
  const { path, load, onNew } = programOf({
    'a.js': `exports.b = require('./chunks/b.js'); exports.again = require('./chunks/b.js')`,
    'chunks/b.js': `module.exports = { here: [__filename, __dirname], is: this === exports, c: require('./c.js') }`,
    'chunks/c.js': `exports.from = require('node:fs')`,
  })
  const { b, again } = load('./a.js') as Record<string, unknown>
  const here = [join(path, 'chunks', 'b.js'), join(path, 'chunks')]
  expect(b).toEqual({ here, is: true, c: { from: "Node's own node:fs" } })
  expect(again).toBe(b)
  expect(onNew).toHaveBeenCalledTimes(1)
  expect(onNew.mock.calls[0]?.[0]).toHaveLength(3)
})

test('two that ask for each other have what is there by then', () => {
  const { load } = programOf({
    'a.js': `exports.early = 1; exports.b = require('./b.js'); exports.late = 2`,
    'b.js': `exports.seen = Object.keys(require('./a.js'))`,
  })
  expect(load('./a.js')).toEqual({ early: 1, b: { seen: ['early'] }, late: 2 })
})

test.each([
  ['is not there', {}, 'ENOENT'],
  ['can not be read', { 'a.js': 'const' }, 'Unexpected'],
  ['breaks off', { 'a.js': `throw new Error('no')` }, 'no'],
])('one that %s fails each time that it is asked for', (_, files, message) => {
  const { load } = programOf(files)
  expect(() => load('./a.js')).toThrow(message)
  expect(() => load('./a.js')).toThrow(message)
})

test('a place in a stack trace is the one in the file', () => {
  const { path, load } = programOf({ 'a.js': `exports.stack = new Error('here').stack` })
  expect(load('./a.js')).toEqual({ stack: expect.stringContaining(`${join(path, 'a.js')}:1:17`) })
})
