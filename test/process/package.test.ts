/** What `npm pack` packs, installed where there is nothing else: on this Node, or on that of `scripts/nodes.mjs`. */
import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshFolder } from '../files/tools.ts'
import { NODE, type Variables } from '../harness/environment.ts'
import { freshHome } from '../harness/home.ts'
import { startCommand } from '../harness/program.ts'
import { type Registry, startRegistry } from '../harness/registry.ts'
import { importsOf, readSources } from '../harness/sources.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const MODULES = join(ROOT, 'node_modules')
const KEYRING = readdirSync(join(MODULES, '@napi-rs')).filter((name) => name.startsWith('keyring'))
const NPM = join(
  dirname(realpathSync(execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim())),
  'npm-cli.js',
)
const MOST_PACKAGES = 3
const MOST_BYTES = 6_000_000

const home = freshHome(afterAll)
/** With a build of its own: beside this project's last one lies what those before it left. */
const copy = freshFolder(afterAll)
const PARTS = ['package.json', 'tsconfig.json', 'README.md', 'LICENSE', 'bin', 'docs/man', 'scripts', 'src']
const prefix = join(home.path, 'prefix')
const installed = join(prefix, 'lib', 'node_modules', 'keyturn')
const path = `${join(prefix, 'bin')}:${join(home.path, 'node')}:${process.env.PATH}`
let registry: Registry
let env: Variables
let tarball: string

const npm = (...args: string[]) => startCommand(NODE, [NPM, ...args], { home, env, timeout: 60_000 }).ended
/** Where the system has it: a world with no network at all, not even loopback. */
const OFFLINE = ['unshare', '--user', '--map-root-user', '--net', '--']
const canBeOffline = spawnSync('unshare', [...OFFLINE.slice(1), 'true']).status === 0
/** As a shell finds it. */
const keyturn = (args: string[], input?: string) => {
  const [command = '', ...rest] = [...(canBeOffline ? OFFLINE : []), 'keyturn', ...args]
  return startCommand(command, rest, { home, env, ...(input && { input }) }).ended
}
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
const manifests = () => filesIn(installed).filter((file) => /node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(file))

beforeAll(async () => {
  mkdirSync(join(home.path, 'node'))
  symlinkSync(NODE, join(home.path, 'node', 'node'))
  for (const part of PARTS) cpSync(join(ROOT, part), join(copy, part), { recursive: true })
  symlinkSync(MODULES, join(copy, 'node_modules'))
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: copy })
  registry = await startRegistry([copy, ...KEYRING.map((name) => join(MODULES, '@napi-rs', name))], home.path)
  tarball = registry.tarballs.get('keyturn') ?? ''
  env = {
    PATH: path,
    npm_config_registry: registry.url,
    npm_config_cache: join(home.path, 'cache'),
    NODE_DISABLE_COMPILE_CACHE: '1',
  }
  const { code, stderr } = await npm('install', '--global', '--prefix', prefix, tarball)
  expect(code, stderr).toBe(0)
}, 60_000)
afterAll(() => registry.close())

describe('installed', () => {
  test('it is small, and nothing runs while it is installed', () => {
    const bytes = filesIn(installed).reduce((sum, file) => sum + statSync(file).size, 0)
    expect(manifests()).toHaveLength(MOST_PACKAGES)
    expect(bytes).toBeLessThan(MOST_BYTES)
    for (const file of manifests()) {
      const { scripts = {} } = JSON.parse(readFileSync(file, 'utf8'))
      expect(Object.keys(scripts).filter((name) => /^(pre|post)?install$/.test(name))).toEqual([])
    }
  })

  test('it works with no network, the native part too', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    expect(await keyturn(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' })
    expect(await keyturn(['services', '--json', '--jq', '.[].name'])).toMatchObject({ code: 0, stderr: '' })
    const login = await keyturn(['login', 'zectre', '--with-api-key', '--no-input'], 'zec_EXAMPLE')
    // There is no keychain here, which only its native part can tell.
    expect(login).toMatchObject({ code: 8, stderr: expect.stringContaining('keychain') })
    expect(login.stderr).not.toContain('native part')
  })

  test('its man pages are where man looks', async () => {
    const pages = readdirSync(join(ROOT, 'docs', 'man'))
    expect(readdirSync(join(prefix, 'share', 'man', 'man1')).sort()).toEqual(pages.sort())
    if (spawnSync('man', ['--version']).status !== 0) return
    const { code, stdout } = await startCommand('man', ['-P', 'cat', 'keyturn-login'], { home, env }).ended
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/^KEYTURN-LOGIN\(1\)/) })
  })

  test.each(['bash', 'zsh', 'fish', 'powershell'])('it completes in %s', async (shell) => {
    expect(await keyturn(['completion', shell])).toMatchObject({ code: 0, stdout: expect.stringContaining('keyturn') })
  })

  test.each([
    ['import', 'server.mjs', `import { startReferenceServer } from 'keyturn/server'`],
    ['require', 'server.cjs', `const { startReferenceServer } = require('keyturn/server')`],
  ])('its server starts by %s', async (_, name, first) => {
    const project = projectWithIt()
    const rest = `startReferenceServer({ ports: 'free' }).then((server) => server.close()).then(() => console.log('closed'))`
    writeFileSync(join(project, name), `${first}\n${rest}\n`)
    expect(await startCommand(NODE, [name], { home, cwd: project }).ended).toMatchObject({
      code: 0,
      stdout: 'closed\n',
    })
  })

  test.each([
    ['node16', 'node16', 'typed.mts'],
    ['node16', 'node16', 'typed.cts'],
    ['nodenext', 'nodenext', 'typed.mts'],
    ['esnext', 'bundler', 'typed.ts'],
  ])('its types are found with module %s and resolution %s in %s', async (module, resolution, name) => {
    const project = projectWithIt()
    const source = `import { startReferenceServer } from 'keyturn/server'
export const address = startReferenceServer({ ports: 'free' }).then((server): string | undefined => server.addresses['zectre'])
// @ts-expect-error there is no such option
startReferenceServer({ port: 'free' })
`
    writeFileSync(join(project, name), source)
    const flags = ['--noEmit', '--strict', '--target', 'es2023', '--module', module, '--moduleResolution', resolution]
    const compiler = join(MODULES, 'typescript', 'bin', 'tsc')
    const args = [compiler, ...flags, '--types', '', name]
    expect(await startCommand(NODE, args, { home, cwd: project }).ended).toMatchObject({ code: 0, stdout: '' })
  })

  test('the licence of every package that is bundled is in one file', () => {
    const text = readFileSync(join(installed, 'dist', 'THIRD-PARTY-LICENSES.txt'), 'utf8')
    const imported = [...readSources()].flatMap(([file, source]) =>
      importsOf(file, source).flatMap(({ from, typeOnly }) =>
        typeOnly || /^(\.|node:|@napi-rs\/)/.test(from)
          ? []
          : [
              from
                .split('/')
                .slice(0, from[0] === '@' ? 2 : 1)
                .join('/'),
            ],
      ),
    )
    const missing = [...new Set(imported)].filter((name) => !new RegExp(`^${name} \\d`, 'm').test(text))
    expect(imported.length).toBeGreaterThan(10)
    expect(missing).toEqual([])
    expect(text).toContain('Stephen Dolan')
  })
})

test('npx runs the tarball', async () => {
  expect(await npm('exec', '--yes', '--package', tarball, '--', 'keyturn', 'services', '--quiet')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('zectre'),
  })
})

test('publint and arethetypeswrong have nothing to say', async () => {
  expect((await publint({ pkgDir: ROOT, strict: true })).messages).toEqual([])
  const checked = await checkPackage(createPackageFromTarballData(readFileSync(tarball)))
  expect(checked).toMatchObject({ types: { kind: 'included' }, problems: [] })
})

test('uninstalled, nothing is left but the settings of the person', async () => {
  const { code, stderr } = await npm('uninstall', '--global', '--prefix', prefix, 'keyturn')
  expect(code, stderr).toBe(0)
  expect(filesIn(prefix)).toEqual([])
  const npmsOwn = ['cache', 'node']
  const left = readdirSync(home.path).filter((name) => !npmsOwn.includes(name) && !name.endsWith('.tgz'))
  expect(left.flatMap((name) => filesIn(join(home.path, name)))).toEqual([])
})

/** A project of somebody's that has it among its dependencies. */
const projectWithIt = (): string => {
  const project = join(freshHome().path, 'project')
  mkdirSync(join(project, 'node_modules'), { recursive: true })
  symlinkSync(installed, join(project, 'node_modules', 'keyturn'))
  writeFileSync(join(project, 'package.json'), '{}')
  return project
}
