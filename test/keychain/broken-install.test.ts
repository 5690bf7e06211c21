/** An installation whose native part is missing or broken (row 90): everything that needs no keychain goes on. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { printed } from '../harness/canary.ts'
import { NODE, PROGRAM } from '../harness/environment.ts'
import { freshHome } from '../harness/home.ts'
import { type StartOptions, startCommand } from '../harness/program.ts'
import { KEY, ROUTES, USER, zectrePage } from '../process/zectre-page.ts'

const ROOT = join(PROGRAM, '..', '..')
const NATIVE = '@napi-rs/keyring'

/** What was made of `node_modules/@napi-rs` by each of the ways in which it goes wrong. */
const BREAKAGES: Record<string, (modules: string) => void> = {
  'nothing of it was installed': () => {},
  'its part for this platform was left out (--omit=optional)': (modules) => {
    cpSync(join(ROOT, 'node_modules', NATIVE), join(modules, NATIVE), { recursive: true })
  },
  'its part for this platform is half a file': (modules) => {
    cpSync(join(ROOT, 'node_modules', NATIVE), join(modules, NATIVE), { recursive: true })
    const report = process.report?.getReport() as unknown as { header: { glibcVersionRuntime?: string } }
    const libc = process.platform === 'linux' ? (report.header.glibcVersionRuntime ? '-gnu' : '-musl') : ''
    const platform = `${process.platform}-${process.arch}${libc}`
    const native = join(modules, `${NATIVE}-${platform}`)
    mkdirSync(native, { recursive: true })
    writeFileSync(join(native, `keyring.${platform}.node`), '\x7fELF')
    writeFileSync(
      join(native, 'package.json'),
      JSON.stringify({ name: `${NATIVE}-${platform}`, main: `keyring.${platform}.node` }),
    )
  },
}

describe.each(Object.entries(BREAKAGES))('where %s', (_, breakIt) => {
  const install = () => {
    const home = freshHome()
    const folder = join(home.path, 'installed')
    for (const name of ['bin', 'dist', 'package.json']) {
      cpSync(join(ROOT, name), join(folder, name), { recursive: true })
    }
    breakIt(join(folder, 'node_modules'))
    return (args: string[], options: Omit<StartOptions, 'home'> = {}) =>
      startCommand(NODE, [join(folder, 'bin', 'keyturn.js'), ...args], { home, ...options }).ended
  }

  test('what needs no keychain works, and what needs it says what is broken and what to do', async () => {
    const run = install()
    const service = await zectrePage({ [ROUTES.WHO]: { json: USER } })
    const env = { KEYTURN_URL: service.url }
    for (const args of [['--version'], ['--help'], ['services']]) expect(await run(args)).toMatchObject({ code: 0 })
    const status = await run(['status'], { env: { ...env, KEYTURN_SERVICE: 'zectre', KEYTURN_API_KEY: KEY } })
    expect(status, status.stderr).toMatchObject({ code: 0 })

    const asked = service.requests.length
    const login = await run(['login', 'zectre', '--with-api-key'], { env, input: KEY })
    expect(login).toMatchObject({ code: 8, stdout: '' })
    expect(login.stderr).toMatch(/native part \(@napi-rs\/keyring\) does not load/)
    expect(login.stderr).toMatch(/npm install -g keyturn --include=optional/)
    expect(login.stderr).not.toMatch(/not signed in|Error:|at .*\.js:\d/)
    expect(service.requests).toHaveLength(asked)

    const filed = await run(['login', 'zectre', '--with-api-key', '--store', 'file'], { env, input: KEY })
    expect(filed, filed.stderr).toMatchObject({ code: 0 })
    expect(await run(['token'])).toMatchObject({ code: 0, stdout: `${printed(KEY)}\n` })
  })
})
