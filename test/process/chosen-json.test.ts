/** `--json FIELDS` and `--jq`, on the built program. */
import { describe, expect, test } from 'vitest'
import { FIELDS } from '../../src/commands/fields.ts'
import { meant, printed } from '../harness/canary.ts'
import { freshHome } from '../harness/home.ts'
import { keyturn, start } from '../harness/program.ts'
import { type Script, serveScript } from '../harness/service.ts'
import { startInTerminal } from '../harness/terminal.ts'
import { KEY, ROUTES, USER, zectrePage } from './zectre-page.ts'

const NEW = 'zec_EXAMPLE_new_9f8e7d6c5b4a3928'
const CREATE = 'POST /api/v1/api-keys'
const KEYS = [
  {
    id: 'k1',
    name: 'ci',
    prefix: 'zec_1',
    scopes: ['read', 'write'],
    created_at: '2026-03-27T10:00:00Z',
  },
  { id: 'k2', name: 'dev\t"q" é😀', prefix: 'zec_2', scopes: [], created_at: '2025-01-01T00:00:00Z' },
]

const ready = async (script: Script = {}) => {
  const home = freshHome()
  const service = await zectrePage({
    [ROUTES.KEYS]: { json: { data: KEYS } },
    [CREATE]: { status: 201, json: { id: 'k9', name: 'ci', key: NEW } },
    [ROUTES.REVOKE]: { status: 204 },
    ...script,
  })
  const env = { KEYTURN_API_KEY: KEY, KEYTURN_SERVICE: 'zectre', KEYTURN_URL: service.url }
  const run = (...args: string[]) => keyturn(args, { home, env })
  return { home, service, env, run, made: () => service.to(CREATE).length }
}

describe('--json with fields', () => {
  test('keeps those, of an object or of each one in an array, and null for what is not there', async () => {
    const { run } = await ready({ [ROUTES.WHO]: { json: { ...USER, plan: 'pro' } } })
    expect((await run('account', 'show', '--json', 'plan,email,nickname')).stdout).toBe(
      `{"plan":"pro","email":"${USER.email}","nickname":null}\n`,
    )
    expect((await run('--json=id,last_used_at', 'keys', 'list')).stdout).toBe(
      '[{"id":"k1","last_used_at":null},{"id":"k2","last_used_at":null}]\n',
    )
  })

  test('a field that no command prints is told before a key is made', async () => {
    const { run, service } = await ready()
    for (const args of [['--json=secret'], ['--json', 'id,secret']]) {
      const result = await run('keys', 'create', 'ci', ...args)
      expect(result).toMatchObject({ code: 2, stdout: '' })
      expect(JSON.parse(result.stderr).error).toMatchObject({
        code: 'usage',
        message: expect.stringContaining('"secret"'),
        hint: expect.stringContaining('id, name, key, prefix'),
      })
    }
    expect(service.requests).toEqual([])
  })

  test('fields that leave the new key out do not lose it', async () => {
    const { run } = await ready()
    const result = await run('keys', 'create', 'ci', '--json', 'id')
    expect(result).toMatchObject({ code: 0, stdout: '{"id":"k9"}\n' })
    expect(result.stderr).toContain(meant(NEW, 'stderr'))
    const whole = await run('keys', 'create', 'ci', '--json', 'id,key')
    expect(whole).toMatchObject({ code: 0, stdout: `{"id":"k9","key":"${NEW}"}\n`, stderr: '' })
  })

  test.each<[string, string[]]>([
    ['status', []],
    ['token', []],
    ['account show', []],
    ['keys create', ['ci']],
    ['keys list', []],
    ['keys revoke', ['k1', '--yes']],
    ['keys rotate', ['k1']],
    ['services', []],
    ['verify-email', ['123456', '--email', 'a@example.com']],
    ['password forgot', ['--email', 'a@example.com']],
  ])('the fields that are known of "%s" are those that it prints', async (command, more) => {
    const restume = ['verify-email', 'password forgot'].includes(command)
    if (command === 'token') printed(KEY)
    const { home, env } = await ready()
    const page = restume && (await serveScript({ [restumeRoute(command)]: { json: {} } }))
    const where = page ? { KEYTURN_SERVICE: 'restume', KEYTURN_URL: page.url } : env
    const { stdout, stderr } = await keyturn([...command.split(' '), ...more, '--json'], { home, env: where })
    expect(stdout, stderr).not.toBe('')
    const [value] = [JSON.parse(stdout)].flat()
    const { names = [], open } = FIELDS[command] ?? {}
    expect(names).toEqual(expect.arrayContaining(open ? ['id', 'email'] : Object.keys(value)))
  })
})

const restumeRoute = (command: string) =>
  command === 'verify-email' ? 'POST /v1/auth/verify-email' : 'POST /v1/auth/forgot-password'

describe('--jq', () => {
  // Each result is what jq 1.6 and later print for it with -rc.
  test.each([
    ['.[].id', 'k1\nk2\n'],
    ['map(select(.scopes|any))|length', '1\n'],
    ['.[0]|{id,name}', '{"id":"k1","name":"ci"}\n'],
    ['.[0].scopes|to_entries', '[{"key":0,"value":"read"},{"key":1,"value":"write"}]\n'],
    ['.[]|"\\(.id): \\(.scopes|length)"', 'k1: 2\nk2: 0\n'],
    ['.[]|.last_used_at // "never"', 'never\nnever\n'],
    ['.[]|[.id,.name,.scopes==[]]|@tsv', 'k1\tci\tfalse\nk2\tdev\\t"q" é😀\ttrue\n'],
    ['sort_by(.created_at)|.[].id', 'k2\nk1\n'],
    ['.[]|select(.name|test("^d"))|.id', 'k2\n'],
    ['.[1:]|length', '1\n'],
    ['.[].expires_at', 'null\nnull\n'],
    ['.[0].name|"  \\(.)  "', '  ci  \n'],
    ['-1', '-1\n'],
    ['empty', ''],
  ])('%s', async (expression, expected) => {
    const { run } = await ready()
    expect(await run('keys', 'list', '--jq', expression)).toMatchObject({ code: 0, stdout: expected, stderr: '' })
  })

  test('has the fields that --json kept, and stands anywhere', async () => {
    const { run } = await ready()
    expect((await run('--jq=.[0]', 'keys', 'list', '--json', 'id,name')).stdout).toBe('{"id":"k1","name":"ci"}\n')
  })

  test.each(['.[', 'nonsense', '.a |', '"'])('a wrong one, %s, is told before a key is made', async (expression) => {
    const { run, service } = await ready()
    const result = await run('keys', 'create', 'ci', '--jq', expression)
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expect(JSON.parse(result.stderr).error).toMatchObject({ code: 'usage', message: expect.stringMatching(/--jq/) })
    expect(service.requests).toEqual([])
  })

  test('one that does not fit the answer fails, and loses no key', async () => {
    meant(NEW, 'stderr')
    const { run } = await ready()
    const list = await run('keys', 'list', '--jq', '.nope')
    expect(list).toMatchObject({ code: 1, stdout: '' })
    expect(list.stderr).toContain('Cannot index array')
    const create = await run('keys', 'create', 'ci', '--jq', '.key.x')
    expect(create).toMatchObject({ code: 1, stdout: '' })
    expect(create.stderr).toContain(NEW)
    const nothing = await run('keys', 'create', 'ci', '--jq', 'empty')
    expect(nothing).toMatchObject({ code: 0, stdout: '' })
    expect(nothing.stderr).toContain(NEW)
  })

  test('one that never ends is ended by Ctrl-C', async () => {
    const { home, env } = await ready()
    const running = start(['account', 'show', '--verbose', '--jq', 'def f: f; f'], { home, env })
    await running.waitForStderr(/< 200/)
    running.kill('SIGINT')
    expect(await running.ended).toMatchObject({ code: 130, stdout: '' })
  })

  test('sees nothing of the environment and no file', async () => {
    const { run } = await ready()
    const { stdout } = await run('services', '--jq', 'env|tostring')
    expect(stdout).not.toContain(KEY)
    expect(await run('services', '--jq', 'input_filename|tostring')).toMatchObject({ code: 0 })
  })

  test('what it prints steers no terminal', async () => {
    const { home, env } = await ready({ [ROUTES.WHO]: { json: { ...USER, name: 'A\u001b[2J\u009bB' } } })
    const terminal = startInTerminal(['account', 'show', '--jq', '.name'], { home, env })
    const { code, screen } = await terminal.ended
    expect(code).toBe(0)
    expect(screen).toContain('A[2JB')
    expect(terminal.printed()).not.toMatch(/[\u001b\u009b]\[?2J/)
  })
})

test.each([['--jq', '.'], ['--json=zectre']])('serve has no answer to choose from: %s', async (...args) => {
  const result = await keyturn(['serve', 'zectre', '--port', '0', ...args], { home: freshHome() })
  expect(result).toMatchObject({ code: 2, stdout: '' })
  expect(result.stderr).toContain('no answer to choose from')
})
