/** A program of its own that holds a keychain store: how it ends, and what it takes with it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { buildProgram } from '../files/program.ts'
import { freshFolder } from '../files/tools.ts'
import { isAlive, keychainChildren } from './children.ts'
import { filled } from './rig.ts'
import { missingForKeychain } from './session.ts'
import { CHILD } from './store.ts'

const missing = missingForKeychain()

describe.skipIf(missing !== null)('a program that uses the keychain store', () => {
  let program: string
  beforeAll(async () => {
    const cleanUps: (() => void)[] = []
    program = await buildProgram(
      join(import.meta.dirname, 'holder.ts'),
      freshFolder((cleanUp) => cleanUps.push(cleanUp)),
    )
    return () => {
      for (const cleanUp of cleanUps) cleanUp()
    }
  })

  const run = (env: Record<string, string>, deadline: number, account = 'held') => {
    const child = spawn(process.execPath, [program, CHILD, String(deadline), account], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    const lines = createInterface(child.stdout)
    return { child, line: once(lines, 'line').then(([text]) => String(text)), exit: once(child, 'exit') }
  }

  test('ends by itself when it has nothing more to do, with an idle child', async () => {
    const { env } = await filled()
    // What is there is read without one.
    const { child, line, exit } = run(env, 5000, 'missing')
    expect(await line).toBe('read null')
    expect(await exit).toEqual([0, null])
    expect(keychainChildren(child.pid!)).toEqual([])
  })

  test('takes the child with it when it is killed, though that one waits for a prompt', async () => {
    const { env, prompter, lock } = await filled()
    await prompter('silent')
    await lock()
    const { child, line, exit } = run(env, 20_000)
    expect(await line).toBe('slow')
    const [waiting] = keychainChildren(child.pid!)
    child.kill('SIGKILL')
    await exit
    await vi.waitFor(() => expect(isAlive(waiting!.pid)).toBe(false), { timeout: 1000, interval: 20 })
  })

  test('ends in time while the keychain waits for a prompt', async () => {
    const { env, prompter, lock } = await filled()
    await prompter('silent')
    await lock()
    const began = performance.now()
    const { exit } = run(env, 1000)
    expect(await exit).toEqual([0, null])
    expect(performance.now() - began).toBeLessThan(2000)
  })
})
