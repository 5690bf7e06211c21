import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { NODE } from '../harness/environment.ts'
import { freshHome } from '../harness/home.ts'
import { startCommand } from '../harness/program.ts'
import { CTRL_C, startCommandInTerminal } from '../harness/terminal.ts'

const DEMO = join(import.meta.dirname, '..', '..', 'scripts', 'demo.mjs')

test('the demo signs in by itself where nobody can, and leaves nothing behind', async () => {
  const home = freshHome()
  const { code, stdout, stderr } = await startCommand(NODE, [DEMO], { home }).ended
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('signed in to zectre') })
  for (const shown of [
    '$ keyturn login zectre',
    'approves by itself',
    '$ keyturn account show',
    '$ keyturn keys list',
  ]) {
    expect(stdout).toContain(shown)
  }
  expect(stdout).toContain('dev@example.com')
  expect(stdout).toContain('Nothing is left')
  expect(readdirSync(join(home.path, 'tmp'))).toEqual([])
  expect(readdirSync(home.path)).toEqual(['tmp'])
})

test('the demo that is stopped by Ctrl-C leaves nothing behind either', async () => {
  const home = freshHome()
  const terminal = startCommandInTerminal([NODE, DEMO], { home })
  await terminal.waitFor(/There is no browser here.*◆ +email/s)
  expect(terminal.screen()).toMatch(/password +correct horse battery/)
  terminal.type(CTRL_C)
  const { code, screen } = await terminal.ended
  expect(screen).toContain('Nothing is left')
  expect(code).toBe(130)
  expect(terminal.settings().after).toBe(terminal.settings().before)
  expect(readdirSync(join(home.path, 'tmp')).filter((name) => name.startsWith('keyturn-'))).toEqual([])
})

test('the demo that is stopped before anybody signed in speaks of no key that is left', async () => {
  const home = freshHome()
  const running = startCommand(NODE, [DEMO], { home })
  await running.waitForStdout(/the server listens/)
  running.kill('SIGTERM')
  expect(await running.ended).toMatchObject({ code: 143, stdout: expect.stringContaining('Nothing is left') })
  expect(readdirSync(join(home.path, 'tmp'))).toEqual([])
})
