/** The single executable itself, as `npm run binary` made it; what every program must do, the process tests ask of it. */
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { START } from '../harness/environment.ts'
import { freshHome, type Home } from '../harness/home.ts'
import { type StartOptions, startCommand } from '../harness/program.ts'

const [EXECUTABLE = ''] = START
const run = (home: Home, args: string[], options: Omit<StartOptions, 'home'> = {}) =>
  startCommand(EXECUTABLE, args, { home, ...options }).ended
/** Has the native part loaded, and says how the keychain is: there is none. */
const LOGIN = ['login', 'zectre', '--with-api-key', '--no-input']
const SAYS_NONE = { code: 8, stderr: expect.stringContaining('there is no D-Bus session') }

test('it needs no Node, no PATH and no file beside it', async () => {
  const home = freshHome()
  expect(await run(home, ['services', '--json', '--jq', '.[0].name'], { env: { PATH: undefined } })).toMatchObject({
    code: 0,
    stdout: 'restume\n',
    stderr: '',
  })
  expect(readdirSync(home.path)).toEqual(['tmp'])
})

test('the native part is written once, for its owner alone, and one that was tampered with is not loaded', async () => {
  const home = freshHome()
  const folder = join(home.path, '.cache', 'keyturn')
  const native = () => join(folder, readdirSync(folder)[0] ?? '')
  expect(await run(home, LOGIN, { input: 'zec_EXAMPLE' })).toMatchObject(SAYS_NONE)
  const first = lstatSync(native())
  expect([lstatSync(folder).mode & 0o777, first.mode & 0o777]).toEqual([0o700, 0o500])

  chmodSync(native(), 0o700)
  writeFileSync(native(), Buffer.alloc(first.size))
  expect(await run(home, LOGIN, { input: 'zec_EXAMPLE' })).toMatchObject(SAYS_NONE)
  expect(readdirSync(folder)).toHaveLength(1)
  expect(lstatSync(native()).ino).not.toBe(first.ino)
})

test('a folder into which others may write is refused, with the way out', async () => {
  const home = freshHome()
  const cache = join(home.path, 'cache')
  mkdirSync(join(cache, 'keyturn'), { recursive: true })
  chmodSync(join(cache, 'keyturn'), 0o777)
  const { code, stderr } = await run(home, LOGIN, { env: { XDG_CACHE_HOME: cache }, input: 'zec_EXAMPLE' })
  expect({ code, stderr }).toMatchObject({
    code: 8,
    stderr: expect.stringMatching(/others may write.*\n.*XDG_CACHE_HOME=/),
  })
})

test('no code is loaded but its own, whatever lies beside it, where it is started, or in the environment', async () => {
  const home = freshHome()
  const marker = join(home.path, 'marker')
  const code = `require('node:fs').writeFileSync(${JSON.stringify(marker)}, 'loaded')`
  const keyring = 'node_modules/@napi-rs/keyring/index.js'
  for (const name of ['main.js', 'keychain-child.js', 'jq-worker.js', 'package.json', keyring]) {
    mkdirSync(join(home.path, name, '..'), { recursive: true })
    writeFileSync(join(home.path, name), code)
  }
  const copy = join(home.path, 'keyturn')
  copyFileSync(EXECUTABLE, copy, constants.COPYFILE_FICLONE)
  const env = { NODE_OPTIONS: `--require=${join(home.path, 'main.js')}`, NODE_PATH: join(home.path, 'node_modules') }
  const start = (args: string[]) => startCommand(copy, args, { home, env, input: 'zec_EXAMPLE' }).ended
  expect(await start(['services', '--json', '--jq', '.[0].name'])).toMatchObject({ code: 0, stdout: 'restume\n' })
  expect(await start(LOGIN)).toMatchObject(SAYS_NONE)
  expect(existsSync(marker)).toBe(false)
  // It is large, and what is left in a home is searched for secrets.
  rmSync(copy)
})

test.each(['keychain-child.js', './keychain-child.js', 'main.js'])('%s is no command', async (word) => {
  expect(await run(freshHome(), [word])).toMatchObject({ code: 2, stdout: '' })
})
