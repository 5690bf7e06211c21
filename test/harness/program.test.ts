import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { environment } from './environment.ts'
import { freshHome } from './home.ts'
import { type StartOptions, startCommand } from './program.ts'

const node = (script: string, options: StartOptions) => startCommand(process.execPath, ['-e', script], options)

describe('a program under test', () => {
  test('gives back both streams, its exit code, and took its input', async () => {
    const script = `process.stdin.on('data', (d) => process.stdout.write('got ' + d)); process.stderr.write('hm'); process.exitCode = 7`
    const ended = await node(script, { home: freshHome(), input: 'this' }).ended
    expect(ended).toMatchObject({ code: 7, signal: null, stdout: 'got this', stderr: 'hm' })
  })

  test('has an environment made from nothing', async () => {
    process.env.KEYTURN_API_KEY = 'must not be seen'
    const home = freshHome()
    const { stdout } = await node(`console.log(JSON.stringify(process.env))`, {
      home,
      env: { CI: '1', LANG: undefined },
    }).ended
    delete process.env.KEYTURN_API_KEY
    const names = Object.keys(JSON.parse(stdout)).sort()
    expect(names).toEqual(['CI', 'HOME', 'KEYTURN_CONFIG_DIR', 'PATH', 'TMPDIR'])
    expect(environment(home).HOME).toBe(home.path)
  })

  test('has no terminal to open', async () => {
    const script = `try { require('fs').openSync('/dev/tty'); console.log('opened') } catch (e) { console.log(e.code) }`
    expect((await node(script, { home: freshHome() }).ended).stdout).toBe('ENXIO\n')
  })

  test('can be waited for by what it prints, and be sent a signal', async () => {
    const running = node(`console.error('code=abc'); setInterval(() => {}, 1000)`, { home: freshHome() })
    expect((await running.waitForStderr(/code=(\w+)/))[1]).toBe('abc')
    running.kill('SIGTERM')
    expect(await running.ended).toMatchObject({ code: null, signal: 'SIGTERM' })
  })

  test('that ends without printing what is awaited fails the wait, and says what it did print', async () => {
    const running = node(`console.error('something else')`, { home: freshHome() })
    await expect(running.waitForStderr(/never/)).rejects.toThrow('something else')
  })

  test('that never ends is killed with all that it started, and the test is told', async () => {
    const child = `console.log('child ' + process.pid); setInterval(() => {}, 1000)`
    const script = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'inherit' }); setInterval(() => {}, 1000)`
    const running = node(script, { home: freshHome(), timeout: 1000 })
    const [, pid] = await running.waitForStdout(/child (\d+)/)
    await expect(running.ended).rejects.toThrow('still running after 1000 ms')
    await expect.poll(() => stateOf(pid)).toMatch(/^Z?$/)
  })
})

/** Empty when there is no such process; `Z` when it is dead and nobody has collected it yet. */
const stateOf = (pid = ''): string => spawnSync('ps', ['-o', 'state=', '-p', pid], { encoding: 'utf8' }).stdout.trim()
