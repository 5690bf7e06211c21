/** Where a new key goes, and what becomes of it when it can't go there. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { canary, meant, printed } from '../harness/canary.ts'
import { NODE, PROGRAM } from '../harness/environment.ts'
import { freshHome, type Home } from '../harness/home.ts'
import { expectNoSecret, findSecret } from '../harness/no-secret.ts'
import { keyturn, start, startCommand } from '../harness/program.ts'
import { type Received, type Script, serveScript } from '../harness/service.ts'
import { startInTerminal } from '../harness/terminal.ts'
import { KEY, ROUTES, zectrePage } from './zectre-page.ts'

const NEW = canary('key')
const CREATE = 'POST /api/v1/api-keys'
const FILE = { KEYTURN_STORE: 'file' }
const MADE = { id: 'k9', name: 'ci', prefix: NEW.slice(0, 14), scopes: ['*'], created_at: '2026-11-21T12:00:00Z' }
const created = (request: Received) => ({ status: 201, json: { ...MADE, ...JSON.parse(request.body), key: NEW } })

const listing = (...data: object[]) => ({ json: { data } })

/** Signed in with a key of its own, at a service that makes keys. */
const ready = async (script: Script = {}) => {
  const home = freshHome()
  const service = await zectrePage({
    [CREATE]: created,
    [ROUTES.KEYS]: listing(),
    [ROUTES.REVOKE]: { status: 204 },
    ...script,
  })
  const login = ['login', 'zectre', '--url', service.url, '--with-api-key']
  expect(await keyturn(login, { home, env: FILE, input: KEY })).toMatchObject({ code: 0 })
  const run = (...args: string[]) => keyturn(args, { home, env: FILE })
  return { home, service, run }
}
const credentials = (home: Home) => readFileSync(join(home.config, 'credentials.json'), 'utf8')
const made = (service: { to(route: string): unknown[] }) => service.to(CREATE).length

describe('--write', () => {
  test('puts the key and a line end into a new file that only its owner can read, and shows it nowhere', async () => {
    const { home, run } = await ready()
    const result = await run('keys', 'create', 'ci', '--write', 'ci.key')
    expect(result).toMatchObject({ code: 0 })
    expect(result.stdout).toContain(join(home.path, 'ci.key'))
    expectNoSecret(result, NEW)
    expect(readFileSync(join(home.path, 'ci.key'), 'utf8')).toBe(`${meant(NEW, 'file')}\n`)
    expect(statSync(join(home.path, 'ci.key')).mode & 0o777).toBe(0o600)
    expect(readdirSync(home.path).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  test('says in JSON where it went', async () => {
    const { home, run } = await ready()
    const { stdout } = await run('keys', 'create', 'ci', '--write', 'ci.key', '--json')
    expect(JSON.parse(stdout)).toEqual({
      ...MADE,
      expires_at: null,
      key: printed(meant(NEW, 'file')),
      saved_to: join(home.path, 'ci.key'),
    })
  })

  test('and --quiet say nothing', async () => {
    meant(NEW, 'file')
    const { run } = await ready()
    expect(await run('keys', 'create', 'ci', '--write', 'ci.key', '--quiet')).toMatchObject({
      ...{ code: 0, stdout: '', stderr: '' },
    })
  })

  test.each<[string, (home: Home) => void, string]>([
    ['a file that is there', (home) => writeFileSync(join(home.path, 'ci.key'), 'mine'), 'is there already'],
    ['a link', (home) => symlinkSync('/etc/passwd', join(home.path, 'ci.key')), 'is there already'],
    ['a link that leads nowhere', (home) => symlinkSync('nowhere', join(home.path, 'ci.key')), 'is there already'],
    ['a folder', (home) => mkdirSync(join(home.path, 'ci.key')), 'is there already'],
  ])('refuses %s before a key is made', async (_, plant, words) => {
    const { home, service, run } = await ready()
    plant(home)
    const result = await run('keys', 'create', 'ci', '--write', 'ci.key')
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expect(result.stderr).toContain(words)
    expect(made(service)).toBe(0)
  })

  test('refuses a folder that is not there before a key is made', async () => {
    const { service, run } = await ready()
    const result = await run('keys', 'create', 'ci', '--write', 'no/such/ci.key')
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(made(service)).toBe(0)
  })

  test('--force replaces a file, and leaves nothing of its mode', async () => {
    const { home, run } = await ready()
    writeFileSync(join(home.path, 'ci.key'), 'old', { mode: 0o644 })
    chmodSync(join(home.path, 'ci.key'), 0o644)
    expect(await run('keys', 'create', 'ci', '--write', 'ci.key', '--force')).toMatchObject({ code: 0 })
    expect(readFileSync(join(home.path, 'ci.key'), 'utf8')).toBe(`${meant(NEW, 'file')}\n`)
    expect(statSync(join(home.path, 'ci.key')).mode & 0o777).toBe(0o600)
  })

  test('refuses a path that git tracks, unless --force is given', async () => {
    meant(NEW, 'file')
    const { home, service, run } = await ready()
    const git = (...args: string[]) => startCommand('git', ['-C', home.path, ...args], { home }).ended
    expect(await git('init', '-q')).toMatchObject({ code: 0 })
    writeFileSync(join(home.path, '.env'), '')
    expect(await git('add', '.env')).toMatchObject({ code: 0 })
    expect(await startCommand('rm', [join(home.path, '.env')], { home }).ended).toMatchObject({ code: 0 })
    const refused = await run('keys', 'create', 'ci', '--write', '.env')
    expect(refused).toMatchObject({ code: 2 })
    expect(refused.stderr).toContain('git tracks .env')
    expect(made(service)).toBe(0)
    expect(await run('keys', 'create', 'ci', '--write', '.env', '--force')).toMatchObject({ code: 0 })
    expect(await run('keys', 'create', 'ci', '--write', 'untracked.key')).toMatchObject({ code: 0 })
  })

  test('that fails once the key is made puts it on stderr, with the reason, and fails', async () => {
    const { home, run } = await ready({
      [CREATE]: (request) => {
        // Somebody takes the name while the key is being made.
        writeFileSync(join(home.path, 'ci.key'), 'mine')
        return created(request)
      },
    })
    const result = await run('keys', 'create', 'ci', '--write', 'ci.key')
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toContain(meant(NEW, 'stderr'))
    expect(result.stderr).toContain('keyturn keys revoke k9')
    expect(readFileSync(join(home.path, 'ci.key'), 'utf8')).toBe('mine')
  })

  test('that is never come to, because the service refuses, leaves nothing behind', async () => {
    const { home, run } = await ready({ [CREATE]: { status: 403, json: { error: { code: 'FORBIDDEN' } } } })
    expect(await run('keys', 'create', 'ci', '--write', 'ci.key')).toMatchObject({ code: 5 })
    expect(readdirSync(home.path).filter((name) => name.includes('ci.key'))).toEqual([])
  })
})

describe('--save', () => {
  test('NAME makes a profile of that name, and leaves the one in use in use', async () => {
    const { home, run } = await ready()
    const result = await run('keys', 'create', 'ci', '--save', 'robot')
    expect(result).toMatchObject({ code: 0 })
    expectNoSecret(result, NEW)
    expect(JSON.parse(JSON.parse(credentials(home)).entries.robot).credential).toMatchObject({ key: NEW })
    expect(JSON.parse((await run('status', '--json')).stdout)).toMatchObject({ profile: 'zectre' })
    expect((await run('token', '--profile', 'robot')).stdout).toBe(`${printed(NEW)}\n`)
  })

  test('alone makes it the credential of the profile in use, and leaves a key alive that was given', async () => {
    const { service, run } = await ready()
    const { stdout } = await run('keys', 'create', 'ci', '--save', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ key: printed(NEW), saved_to: 'zectre' })
    expect((await run('token')).stdout).toBe(`${printed(NEW)}\n`)
    expect(service.to(ROUTES.REVOKE)).toEqual([])
  })

  test('refuses a profile that has a credential, before a key is made', async () => {
    const { service, run } = await ready()
    expect(await run('keys', 'create', 'ci', '--save', 'robot')).toMatchObject({ code: 0 })
    const result = await run('keys', 'create', 'ci', '--save', 'robot')
    expect(result).toMatchObject({ code: 2 })
    expect(result.stderr).toContain('keyturn logout --profile robot')
    expect(made(service)).toBe(1)
  })

  test('together with --write is refused', async () => {
    const { run } = await ready()
    expect(await run('keys', 'create', 'ci', '--save', 'robot', '--write', 'f')).toMatchObject({ code: 2 })
  })

  test('into a store that fails once the key is made puts it on stderr, and brings the old one back', async () => {
    const { run } = await ready({
      [ROUTES.WHO]: (request) =>
        request.headers['x-api-key'] === NEW
          ? { status: 401, json: {} }
          : { json: { id: 'u1', email: 'a@example.com' } },
    })
    const result = await run('keys', 'create', 'ci', '--save')
    expect(result).toMatchObject({ code: 4, stdout: '' })
    expect(result.stderr).toContain(meant(NEW, 'stderr'))
    expect((await run('token')).stdout).toBe(`${printed(KEY)}\n`)
  })
})

describe('printed', () => {
  test.each(['>&-', '> /dev/null'])('to where nobody reads it (%s), it is not made', async (redirection) => {
    const { home, service } = await ready()
    const shell = `exec "$@" ${redirection}`
    const args = ['-c', shell, 'sh', NODE, PROGRAM, 'keys', 'create', 'ci']
    const result = await startCommand('sh', args, { home, env: FILE }).ended
    expect(result).toMatchObject({ code: 2 })
    expect(result.stderr).toContain('--write FILE')
    expect(made(service)).toBe(0)
  })

  test('on a screen it stands alone on its line, between two rules', async () => {
    const { home } = await ready()
    const terminal = startInTerminal(['keys', 'create', 'ci'], { home, env: FILE })
    await terminal.ended
    expect(terminal.screen()).toMatch(new RegExp(`shown this once:\n─+\n${printed(NEW)}\n─+\n`))
  })

  test('and cut off by a kill between the answer and the screen, it is told of by the next run', async () => {
    const { home, service, run } = await ready({ [CREATE]: { fault: 'silence' } })
    const cut = start(['keys', 'create', 'ci'], { home, env: FILE })
    await expect.poll(() => made(service)).toBe(1)
    cut.kill('SIGKILL')
    await cut.ended
    const now = new Date().toISOString()
    service.rewrite({ [ROUTES.KEYS]: listing({ ...MADE, created_at: now }), [ROUTES.WHO]: { json: { id: 'u1' } } })
    const next = await run('keys', 'list', '--quiet')
    expect(next).toMatchObject({ code: 0, stdout: 'k9\n' })
    expect(next.stderr).toMatch(/the key "ci".*keyturn keys revoke k9/)
    expect((await run('keys', 'list', '--quiet')).stderr).toBe('')
  })

  test.each([
    ['SIGHUP', { signal: 'SIGHUP' }],
    ['SIGTERM', { code: 143 }],
  ] as const)('while %s comes, it is still shown before the program ends', async (signal, end) => {
    const { home, service } = await ready({ [CREATE]: (request) => ({ ...created(request), after: 2500 }) })
    const running = start(['keys', 'create', 'ci', '--quiet'], { home, env: FILE })
    await expect.poll(() => made(service)).toBe(1)
    running.kill(signal)
    expect(await running.ended).toMatchObject({ ...end, stdout: `${printed(NEW)}\n` })
  })

  test('with a credential from the environment it leaves no note, and no folder', async () => {
    const { service } = await ready()
    const home = freshHome()
    const env = { KEYTURN_API_KEY: KEY, KEYTURN_SERVICE: 'zectre', KEYTURN_URL: service.url }
    expect(await keyturn(['keys', 'create', 'ci', '--quiet'], { home, env })).toMatchObject({
      stdout: `${printed(NEW)}\n`,
    })
    expect(readdirSync(home.path)).toEqual(['tmp'])
  })
})

describe('keys rotate', () => {
  const OLD = { ...MADE, id: 'k1', prefix: KEY.slice(0, 14), name: 'laptop', last_used_at: null, expires_at: null }
  const OTHER = { ...OLD, id: 'k2', prefix: 'zec_EXAMPLE_x0', name: 'deploy', scopes: ['read'] }
  const steps = (service: { requests: Received[] }) =>
    service.requests.slice(1).map(({ method, path, headers }) => {
      const by = headers['x-api-key'] === NEW ? 'new' : 'old'
      return `${method} ${path.replace('/api/v1/', '')} by ${by}`
    })

  test('of another key shows the new one, proves it, and ends the old one last', async () => {
    const { service, run } = await ready({ [ROUTES.KEYS]: listing(OLD, OTHER) })
    const result = await run('keys', 'rotate', 'deploy', '--json')
    expect(result).toMatchObject({ code: 0 })
    expect(JSON.parse(result.stdout)).toMatchObject({
      ...{
        name: 'deploy',
        key: printed(NEW),
        scopes: ['read'],
        saved_to: null,
        replaced: { id: 'k2', name: 'deploy' },
      },
    })
    expect(steps(service).slice(-4)).toEqual([
      'GET api-keys by old',
      'POST api-keys by old',
      'GET user by new',
      'DELETE api-keys/k2 by old',
    ])
  })

  test('of the key in use keeps the new one, proves it, and ends the old one last', async () => {
    const { home, service, run } = await ready({ [ROUTES.KEYS]: listing(OLD, OTHER) })
    const result = await run('keys', 'rotate', 'laptop')
    expect(result, result.stderr).toMatchObject({ code: 0 })
    expectNoSecret(result, NEW)
    expect((await run('token')).stdout).toBe(`${printed(NEW)}\n`)
    expect(findSecret(credentials(home), KEY)).toEqual([])
    expect(steps(service)).toEqual([
      'GET api-keys by old',
      'POST api-keys by old',
      'GET user by new',
      'GET api-keys by old',
      'DELETE api-keys/k1 by old',
    ])
  })

  test.each([
    ['another key', 'deploy', 'keyturn login zectre --profile robot --with-api-key', 'robot'],
    ['the key in use', 'laptop', 'keyturn login zectre --profile copy', 'copy'],
  ])(
    'of %s tells of another profile that has it, and how to sign in to that again',
    async (_, name, login, profile) => {
      const { home, service, run } = await ready({ [ROUTES.KEYS]: listing(OLD, OTHER) })
      const given = { robot: `${OTHER.prefix}_of_another`, copy: KEY }
      for (const [other, input] of Object.entries(given)) {
        const args = ['login', 'zectre', '--url', service.url, '--profile', other, '--with-api-key']
        expect(await keyturn(args, { home, env: FILE, input })).toMatchObject({ code: 0 })
      }
      await run('profile', 'use', 'zectre')
      expect(await run('keys', 'rotate', name, '--quiet')).toMatchObject({
        code: 0,
        stdout: profile === 'robot' ? `${printed(NEW)}\n` : '',
        stderr: `the old key "${name}" is the key that profile ${profile} uses: you will have to sign in again (${login})\n`,
      })
    },
  )

  test('that can’t prove the new key leaves the old one alive, and says how to end it', async () => {
    const { service, run } = await ready({
      [ROUTES.KEYS]: listing(OLD, OTHER),
      [ROUTES.WHO]: ({ headers }) =>
        headers['x-api-key'] === NEW
          ? { status: 503, headers: { 'x-request-id': 'req-9' }, text: 'down' }
          : { json: { id: 'u1', email: 'a@example.com' } },
    })
    const result = await run('keys', 'rotate', 'deploy', '--json')
    expect(result).toMatchObject({ code: 1 })
    expect(JSON.parse(result.stdout).key).toBe(printed(NEW))
    const { error } = JSON.parse(result.stderr.trim().split('\n').at(-1) ?? '')
    expect(error).toMatchObject({ status: 503, request_id: 'req-9', hint: expect.stringContaining('keys revoke k2') })
    expect(service.to(ROUTES.REVOKE)).toEqual([])
  })

  test('whose answer can’t be written shows the key on stderr and leaves the old one alive', async () => {
    const { home, service } = await ready({ [ROUTES.KEYS]: listing(OLD, OTHER) })
    const args = ['-c', 'exec "$@" > /dev/full', 'sh', NODE, PROGRAM, 'keys', 'rotate', 'deploy']
    const result = await startCommand('sh', args, { home, env: FILE }).ended
    expect(result).toMatchObject({ code: 1 })
    expect(result.stderr).toContain(meant(NEW, 'stderr'))
    expect(service.to(ROUTES.REVOKE)).toEqual([])
  })

  test.each([
    ['that is not there', 'nothing', 5],
    ['whose name two have', 'laptop', 2],
  ])('of a key %s makes none', async (_, word, code) => {
    const { service, run } = await ready({ [ROUTES.KEYS]: listing(OLD, { ...OTHER, name: 'laptop' }) })
    expect(await run('keys', 'rotate', word)).toMatchObject({ code, stdout: '' })
    expect(made(service)).toBe(0)
  })

  test('is refused where a service has no way to revoke', async () => {
    const home = freshHome()
    const service = await serveScript({})
    const env = { KEYTURN_TOKEN: 'ey.EXAMPLE.token', KEYTURN_SERVICE: 'curate-me', KEYTURN_URL: service.url }
    expect(await keyturn(['keys', 'rotate', 'ci'], { home, env })).toMatchObject({ code: 3, stdout: '' })
  })
})
