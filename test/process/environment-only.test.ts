/** `KEYTURN_*` alone is enough: seen by strace, nothing of this machine is touched. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { printed } from '../harness/canary.ts'
import { PROGRAM, START } from '../harness/environment.ts'
import { freshHome } from '../harness/home.ts'
import { keyturn, startCommand } from '../harness/program.ts'
import { KEY, ROUTES, zectrePage } from './zectre-page.ts'

const CALLS = 'execve,fork,vfork,clone,clone3,openat,open,creat,mkdir,mkdirat,rename,unlink,symlink,connect'

test.each([
  [['status']],
  [['status', '--offline']],
  [['token']],
  [['account', 'show']],
  [['keys', 'list']],
  [['keys', 'list', '--jq', '.[].id']],
  [['api', '/api/v1/user']],
])('%j makes no folder, asks no keychain, starts no process', async (args) => {
  if (args[0] === 'token') printed(KEY)
  const home = freshHome()
  const service = await zectrePage({ [ROUTES.KEYS]: { json: { data: [] } } })
  const runtime = join(home.path, 'run')
  mkdirSync(runtime)
  const env = {
    ...{ KEYTURN_API_KEY: KEY, KEYTURN_SERVICE: 'zectre', KEYTURN_URL: service.url, KEYTURN_CONFIG_DIR: undefined },
    XDG_CONFIG_HOME: join(home.path, 'xdg-config'),
    XDG_RUNTIME_DIR: runtime,
    // A bus that would be spoken to if a keychain were wanted.
    DBUS_SESSION_BUS_ADDRESS: `unix:path=${runtime}/bus`,
  }
  const record = join(home.path, 'tmp', 'calls')
  const traced = ['-f', '-qq', '-e', `trace=${CALLS}`, '-o', record, ...START, ...args]
  const result = await startCommand('strace', traced, { home, env }).ended
  expect(result, result.stderr).toMatchObject({ code: 0, stderr: '' })

  const beside = join(dirname(dirname(PROGRAM)), 'dist', 'kept')
  const calls = readFileSync(record, 'utf8')
    .split('\n')
    .filter((call) => !call.includes(beside))
  const done = (pattern: RegExp) => calls.filter((call) => pattern.test(call))
  expect(done(/execve\(/)).toHaveLength(1)
  // Threads share memory; a process does not.
  expect(done(/\bv?fork\(|\bclone3?\((?!.*CLONE_THREAD)/)).toEqual([])
  expect(done(/mkdir|mkdirat|creat\(|rename|unlink|symlink|O_CREAT/)).toEqual([])
  expect(done(new RegExp(`open.*"${home.path}`))).toEqual([])
  expect(done(/connect\(.*(AF_UNIX|sun_path)/).filter((call) => !call.includes('nscd'))).toEqual([])
  expect(readdirSync(home.path).sort()).toEqual(['run', 'tmp'])
  expect(existsSync(join(home.path, 'xdg-config'))).toBe(false)
})

test('where no place for files is to be found, what a command takes is told all the same', async () => {
  const places = { HOME: undefined, KEYTURN_CONFIG_DIR: undefined, XDG_CONFIG_HOME: undefined }
  const env = { ...places, KEYTURN_API_KEY: KEY, KEYTURN_SERVICE: 'zectre' }
  const result = await keyturn(['status', '--explain', '--quiet'], { home: freshHome(), env })
  expect(result).toMatchObject({ code: 0, stdout: 'KEYTURN_API_KEY\n', stderr: '' })
})
