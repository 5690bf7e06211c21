import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { buildProgram } from '../files/program.ts'
import { freshFolder } from '../files/tools.ts'

/** Answers what it was asked first when it is asked whether anybody is there, and that never. */
const CHILD = `
require('node:readline').createInterface(process.stdin).on('line', (line) => {
  if (JSON.parse(line).operation === 'ask') console.log('{"id":1,"ok":true,"value":"zec_EXAMPLE"}')
})
process.stdin.on('end', () => process.exit())`

test('a program that has its secret ends, though the keychain never said whether anybody is there', async () => {
  const folder = freshFolder()
  const child = join(folder, 'child.js')
  writeFileSync(child, CHILD)
  const program = await buildProgram(join(import.meta.dirname, 'read-once.ts'), folder)
  const { stdout } = await promisify(execFile)(process.execPath, [program, child], { timeout: 10_000 })
  expect(stdout).toBe('zec_EXAMPLE\n')
})

test('no signal opens a debugger in the child', async () => {
  const child = join(import.meta.dirname, '../../src/secrets/keychain-child.ts')
  const running = spawn(process.execPath, [await buildProgram(child, freshFolder())])
  onTestFinished(() => void running.kill('SIGKILL'))
  let said = ''
  running.stderr.on('data', (text) => {
    said += text
  })
  const answered = async () => {
    running.stdin.write('{"id":1,"operation":"ask","account":"","secret":null}\n')
    await once(running.stdout, 'data')
  }
  await answered()
  running.kill('SIGUSR1')
  for (let i = 0; i < 50; i += 1) await answered()
  expect(said).toBe('')
})
