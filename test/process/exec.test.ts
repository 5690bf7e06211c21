import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { meant, printed } from '../harness/canary.ts'
import { NODE, PROGRAM, type Variables } from '../harness/environment.ts'
import { freshHome, type Home } from '../harness/home.ts'
import { expectNoSecret } from '../harness/no-secret.ts'
import { keyturn, start } from '../harness/program.ts'
import { serveScript } from '../harness/service.ts'
import { CTRL_C, startInTerminal } from '../harness/terminal.ts'
import { KEY, USER, zectrePage } from './zectre-page.ts'

const FILE = { KEYTURN_STORE: 'file' }
const FROM_ENV = { KEYTURN_API_KEY: KEY, KEYTURN_SERVICE: 'zectre' }
const SHOW_ENVIRONMENT = [NODE, '-p', 'JSON.stringify(process.env)']

const jwt = (name: string, end: number) =>
  `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(JSON.stringify({ sub: name, exp: end / 1000 })).toString('base64url')}.c2ln`

/** What these tests are about: the command that is run has it, and may show it. */
beforeEach(() => void meant(printed(KEY), 'environment'))

const signedIn = async () => {
  const home = freshHome()
  const service = await zectrePage()
  const given = { home, env: FILE, input: `${KEY}\n` }
  const login = await keyturn(['login', 'zectre', '--url', service.url, '--with-api-key'], given)
  expect(login, login.stderr).toMatchObject({ code: 0 })
  return { home, service }
}

/** What the program sees that is run. */
const seenBy = async (args: string[], home: Home, env: Variables = {}): Promise<Variables> => {
  const result = await keyturn(['exec', ...args, '--', ...SHOW_ENVIRONMENT], { home, env })
  expect(result, result.stderr).toMatchObject({ code: 0, stderr: '' })
  return JSON.parse(result.stdout)
}

/** The program of a test that runs under `exec`: a shell's, or Node's. */
const shell = (script: string) => ['exec', '--', 'sh', '-c', script]
const node = (script: string) => ['exec', '--', NODE, '-e', script]

describe('what the command sees', () => {
  test('is the key, the service and its address', async () => {
    const { home, service } = await signedIn()
    const seen = await seenBy([], home)
    expect(seen).toMatchObject({ KEYTURN_API_KEY: KEY, KEYTURN_SERVICE: 'zectre', KEYTURN_URL: service.url })
    expect(seen).not.toHaveProperty('KEYTURN_TOKEN')
  })

  test('is a token where the credential is a session, renewed first when it is about to end', async () => {
    const home = freshHome()
    const next = jwt('next', Date.now() + 1_800_000)
    const service = await serveScript({
      'POST /api/v1/auth/refresh': { json: { access_token: next, token_type: 'bearer', expires_in: 1800 } },
    })
    const end = new Date(Date.now() + 10_000).toISOString()
    const session = {
      kind: 'session',
      access: jwt('first', Date.parse(end)),
      refresh: 'EXAMPLE-refresh',
      expiresAt: end,
    }
    const profile = { service: 'curate-me', url: service.url, store: 'file', user: null, created_at: end }
    const record = {
      version: 1,
      service: 'curate-me',
      url: service.url,
      adminUrl: null,
      credential: session,
      pending: null,
    }
    mkdirSync(home.config, { recursive: true, mode: 0o700 })
    const write = (name: string, value: object) =>
      writeFileSync(join(home.config, name), JSON.stringify({ version: 1, ...value }), { mode: 0o600 })
    write('settings.json', { current: 'curate-me', profiles: { 'curate-me': profile } })
    write('credentials.json', { entries: { 'curate-me': JSON.stringify(record) } })
    const seen = await seenBy([], home)
    expect(seen).toMatchObject({ KEYTURN_TOKEN: next, KEYTURN_SERVICE: 'curate-me' })
    expect(seen).not.toHaveProperty('KEYTURN_API_KEY')
    service.verify()
  })

  test('with --env is that one variable, and no credential beside it', async () => {
    const seen = await seenBy(['--env', 'ZECTRE_KEY'], freshHome(), FROM_ENV)
    expect(seen).toMatchObject({ ZECTRE_KEY: KEY })
    expect(Object.entries(seen).filter(([, value]) => value?.includes(KEY))).toEqual([['ZECTRE_KEY', KEY]])
  })

  test('is the whole environment of the person, as it was', async () => {
    const PATH = `bin::${process.env.PATH}`
    const env = { ...FROM_ENV, KEYTURN_TOKEN: 'EXAMPLE-other-token', PATH, EDITOR: 'vi', KEYTURN_DEBUG: '1' }
    const seen = await seenBy([], freshHome(), env)
    expect(seen).toMatchObject({ PATH, EDITOR: 'vi', KEYTURN_DEBUG: '1', KEYTURN_API_KEY: KEY })
    expect(seen).not.toHaveProperty('KEYTURN_TOKEN')
  })

  test('is enough for a keyturn inside of it', async () => {
    const { home, service } = await signedIn()
    const inside = [NODE, PROGRAM, 'account', 'show', '--quiet']
    const env = { KEYTURN_PROFILE: 'zectre' }
    const result = await keyturn(['exec', '--', 'env', `KEYTURN_CONFIG_DIR=${home.path}/none`, ...inside], {
      home,
      env,
    })
    expect(result, result.stderr).toMatchObject({ code: 0, stdout: `${USER.email}\n` })
    expect(service.requests.at(-1)?.headers['x-api-key']).toBe(KEY)
  })

  test('is its own arguments and its own standard input', async () => {
    const args = ['exec', '--env', 'A', '--', 'sh', '-c', 'cat; echo "$@"', 'sh', '--json', '--', '-x', 'a  b']
    const result = await keyturn(args, { home: freshHome(), env: FROM_ENV, input: 'from standard input\n' })
    expect(result).toMatchObject({ code: 0, stdout: 'from standard input\n--json -- -x a  b\n', stderr: '' })
  })

  test('has no secret in anybody’s arguments', async () => {
    const result = await keyturn(shell('cat /proc/$PPID/cmdline /proc/$$/cmdline'), {
      home: freshHome(),
      env: FROM_ENV,
    })
    expect(result.stdout).toContain('exec')
    expectNoSecret(result, KEY)
  })
})

describe('the end', () => {
  test.each([
    ['0', 'exit 0', 0],
    ['what the command ended with', 'exit 7', 7],
    ['128 and the number of the signal that ended it', 'kill -KILL $$', 137],
  ])('is %s, and nothing of keyturn is printed', async (_, script, code) => {
    for (const flag of [[], ['--json'], ['--quiet']]) {
      const result = await keyturn([...flag, ...shell(script)], { home: freshHome(), env: FROM_ENV })
      expect(result).toMatchObject({ code, stdout: '', stderr: '' })
    }
  })

  test.each([
    ['127 for a command that is not there', 'no-such-command', 127, 'command_not_found'],
    ['127 for no name at all', '', 127, 'command_not_found'],
    ['126 for one that can not be run', './plain.txt', 126, 'command_not_executable'],
  ])('is %s, with a sentence', async (_, command, code, word) => {
    const home = freshHome()
    writeFileSync(join(home.path, 'plain.txt'), 'no program')
    for (const flag of [[], ['--redact']]) {
      const told = await keyturn(['exec', ...flag, '--', command], { home, env: FROM_ENV })
      expect(told).toMatchObject({ code, stdout: '' })
      expect(told.stderr).toContain(`"${command}"`)
    }
    const { stderr } = await keyturn(['exec', '--json', '--', command], { home, env: FROM_ENV })
    expect(JSON.parse(stderr).error).toMatchObject({ code: word })
  })

  test('is told in words when only the command was asked for JSON', async () => {
    const { stderr } = await keyturn(['exec', '--', 'no-such-command', '--json'], { home: freshHome(), env: FROM_ENV })
    expect(stderr).toMatch(/^keyturn: there is no command/)
  })

  test.each([
    ['no command', [], 2],
    ['a variable with a blank', ['--env', 'a b', '--', 'true'], 2],
  ])('is %s: a wrong command line', async (_, args, code) => {
    const result = await keyturn(['exec', ...args], { home: freshHome(), env: FROM_ENV })
    expect(result).toMatchObject({ code, stdout: '' })
  })

  test('is 4 where nobody is signed in, and the command is not run', async () => {
    const result = await keyturn(shell('echo ran'), { home: freshHome() })
    expect(result).toMatchObject({ code: 4, stdout: '' })
  })
})

describe('signals', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const)(
    '%s goes on to the command, whose end is the end',
    async (name) => {
      const script = `trap 'echo got it; exit 5' ${name.slice(3)}; echo ready; while :; do sleep 0.05; done`
      const running = start(shell(script), { home: freshHome(), env: FROM_ENV })
      await running.waitForStdout(/ready/)
      running.kill(name)
      expect(await running.ended).toMatchObject({ code: 5, signal: null, stdout: 'ready\ngot it\n', stderr: '' })
    },
  )

  test('however many come, the command decides what ends it', async () => {
    const script = `let n = 0
      process.on('SIGTERM', () => { n += 1; console.log('got', n); if (n === 3) process.exit(6) })
      console.log('ready'); setInterval(() => {}, 1000)`
    const running = start(node(script), { home: freshHome(), env: FROM_ENV })
    await running.waitForStdout(/ready/)
    for (const got of [/got 1/, /got 2/, /got 3/]) {
      running.kill('SIGTERM')
      await running.waitForStdout(got)
    }
    expect((await running.ended).code).toBe(6)
  })
})

describe('on a terminal', () => {
  test('the command has it whole, with its size, and leaves it as it was', async () => {
    const script = `process.stdin.setRawMode(true)
      console.log([0, 1, 2].every((fd) => require('node:tty').isatty(fd)), process.stdout.columns)
      process.stdin.once('data', (key) => { console.log('key', key[0]); process.exit(3) })`
    const terminal = startInTerminal(node(script), { home: freshHome(), env: FROM_ENV, columns: 77 })
    await terminal.waitFor('true 77')
    terminal.type(CTRL_C)
    await terminal.waitFor('key 3')
    expect((await terminal.ended).code).toBe(3)
    expect(terminal.settings().after).toBe(terminal.settings().before)
  })

  test('a Ctrl-C reaches the command once, and keyturn waits for what it makes of it', async () => {
    const script = `let n = 0
      process.on('SIGINT', () => { n += 1; setTimeout(() => { console.log('count', n); process.exit(9) }, 400) })
      console.log('ready'); setInterval(() => {}, 1000)`
    const terminal = startInTerminal(node(script), { home: freshHome(), env: FROM_ENV })
    await terminal.waitFor('ready')
    terminal.type(CTRL_C)
    await terminal.waitFor('count 1')
    const { code, screen } = await terminal.ended
    expect(code).toBe(9)
    expect(screen).not.toContain('stopped')
    expect(terminal.settings().after).toBe(terminal.settings().before)
  })

  test('a command that Ctrl-C ends, ends keyturn with 130', async () => {
    const terminal = startInTerminal(shell('echo ready; exec sleep 30'), { home: freshHome(), env: FROM_ENV })
    await terminal.waitFor('ready')
    terminal.type(CTRL_C)
    expect((await terminal.ended).code).toBe(130)
  })
})

describe('--redact', () => {
  const redacted = (script: string) => ['exec', '--redact', '--', 'sh', '-c', script]

  test('strikes the secret out of both streams, though it comes in pieces, and keeps the exit code', async () => {
    const [begin, end] = [KEY.slice(0, 8), KEY.slice(8)]
    const script = `printf ${begin}; sleep 0.1; echo ${end} done; echo "$KEYTURN_API_KEY" >&2; exit 3`
    const result = await keyturn(redacted(script), { home: freshHome(), env: FROM_ENV })
    expect(result).toMatchObject({ code: 3, stdout: '[redacted] done\n', stderr: '[redacted]\n' })
  })

  test('lets all of a large output through', async () => {
    const result = await keyturn(redacted('yes 0123456 | head -c 8000000'), { home: freshHome(), env: FROM_ENV })
    expect(result.stdout).toHaveLength(8_000_000)
  })

  test('ends a command whose output nobody reads any more, as a pipe would', async () => {
    const home = freshHome()
    const script = `"${NODE}" "${PROGRAM}" exec --redact -- yes; echo "ended with $?" >&2`
    writeFileSync(join(home.path, 'script'), `#!/bin/sh\n(${script}) | head -1\n`)
    chmodSync(join(home.path, 'script'), 0o755)
    const result = await keyturn(['exec', '--', './script'], { home, env: FROM_ENV })
    expect(result).toMatchObject({ code: 0, stdout: 'y\n', stderr: 'ended with 141\n' })
  })
})
