/** Each exit code by a real cause, told to a person and to a script. */
import { describe, expect, test } from 'vitest'
import type { EXITS } from '../../src/manual/manual.ts'
import { canary, meant } from '../harness/canary.ts'
import type { Variables } from '../harness/environment.ts'
import { freshHome, type Home } from '../harness/home.ts'
import { type Ended, keyturn, type Running, start } from '../harness/program.ts'
import { serveSecurely } from '../harness/secure-server.ts'
import type { Answer } from '../harness/service.ts'
import { expired, pending, ROUTES, zectrePage } from './zectre-page.ts'

const FILE = { KEYTURN_STORE: 'file' }

interface Cause {
  args: string[]
  env?: Variables
  input?: string
  /** The name in `error.code`. */
  code: string
  status?: number
  requestId?: string
  /** It ends well, and what it prints is its own. */
  done?: true
  /** What happens while it runs. */
  meanwhile?: (running: Running) => Promise<void>
}

type Prepare = (home: Home) => Cause | Promise<Cause>

/** Signed in by variables to a service that answers so to a question for the account. */
const answering =
  (answer: Answer, expected: Omit<Cause, 'args'>, args = ['account', 'show']): Prepare =>
  async () => {
    const { url } = await zectrePage({ [ROUTES.WHO]: answer })
    return { args, env: signedAt(url), ...expected }
  }
const signedAt = (url: string) => ({ KEYTURN_API_KEY: canary('key'), KEYTURN_SERVICE: 'zectre', KEYTURN_URL: url })

const refused = (status: number): Prepare =>
  answering(
    { status, headers: { 'x-request-id': 'req-1' }, json: { error: { code: 'NO', message: 'no' } } },
    { code: 'refused', status, requestId: 'req-1' },
  )
const failing = (status: number): Prepare =>
  answering({ status, text: 'out of order' }, { code: 'service_error', status })

const unreachable = async (url: string): Promise<Cause> => ({
  args: ['account', 'show'],
  env: signedAt(url),
  code: 'unreachable',
})

const onPage =
  (script: Parameters<typeof zectrePage>[0], expected: Omit<Cause, 'args'>): Prepare =>
  async () => {
    const { url } = await zectrePage(script)
    return { args: ['login', 'zectre', '--url', url, '--no-browser'], env: FILE, ...expected }
  }
const stoppedBy = (signal: NodeJS.Signals, code: string): Prepare =>
  onPage(
    { [ROUTES.STATUS]: pending },
    {
      code,
      meanwhile: async (running) => {
        await running.waitForStderr(/^http:\S+\/auth\/cli\?code=/m)
        running.kill(signal)
      },
    },
  )

const executing = (command: string[], code: string): Prepare => answering({}, { code }, ['exec', '--', ...command])

const CAUSES: Record<keyof typeof EXITS, Record<string, Prepare>> = {
  0: { 'it is done': answering({ json: {} }, { code: '', done: true }, ['status', '--offline']) },
  1: {
    'the service fails': failing(500),
    'it is out for a while': failing(503),
    'its answer is none': answering({ text: '<html>' }, { code: 'bad_answer', status: 200 }),
  },
  2: {
    'there is no such command': () => ({ args: ['statsu'], code: 'usage' }),
    'there is no such option': () => ({ args: ['status', '--alll'], code: 'usage' }),
    'there is no such service': () => ({ args: ['login', 'zektre'], code: 'usage' }),
    'a service is to be named': () => ({ args: ['login'], code: 'input_needed' }),
    'an email is to be given': () => ({
      ...{ args: ['login', 'zectre', '--in-terminal', '--no-input'], env: FILE, code: 'input_needed' },
    }),
  },
  3: {
    'the service does not have it': answering({}, { code: 'unsupported' }, ['refresh']),
    'no way to sign in is like that': () => ({ args: ['login', 'restume', '--web'], code: 'unsupported' }),
  },
  4: {
    'nobody is signed in': () => ({ args: ['status'], code: 'sign_in_needed' }),
    'the credential is refused': answering({ status: 401, json: {} }, { code: 'credential_refused', status: 401 }),
  },
  5: Object.fromEntries(
    [400, 403, 404, 409, 410, 422].map((status) => [`it is refused with ${status}`, refused(status)]),
  ),
  6: {
    'it is too much, for a while': answering(
      { status: 429, headers: { 'retry-after': '30' }, json: {} },
      { code: 'rate_limited', status: 429 },
    ),
    'it is too much, nobody says for how long': answering(
      { status: 429, json: {} },
      { code: 'rate_limited', status: 429 },
    ),
  },
  7: {
    'nothing listens there': () => unreachable('http://127.0.0.1:1'),
    'the name is not known': () => unreachable('https://nowhere.invalid'),
    'the certificate is not trusted': async (home) => unreachable((await serveSecurely(home)).url),
    'the connection is cut': answering({ fault: 'reset' }, { code: 'unreachable' }),
    'no answer comes in time': answering({ fault: 'silence' }, { code: 'timed_out' }, ['status', '--timeout', '0.2']),
  },
  8: {
    'there is no keychain': async () => {
      const { url } = await zectrePage()
      const args = ['login', 'zectre', '--url', url, '--with-api-key']
      return { args, input: canary('key'), code: 'store_absent' }
    },
  },
  9: {
    'it ran out': onPage({ [ROUTES.STATUS]: [pending, expired] }, { code: 'sign_in_expired' }),
    'it was turned down': onPage(
      { [ROUTES.STATUS]: [pending, { json: { status: 'expired', reason: 'denied' } }] },
      { code: 'sign_in_denied' },
    ),
  },
  126: { 'it can not be run': executing(['/etc/passwd'], 'command_not_executable') },
  127: { 'it is not there': executing(['no-such-command'], 'command_not_found') },
  130: { 'Ctrl-C': stoppedBy('SIGINT', 'interrupted') },
  143: { SIGTERM: stoppedBy('SIGTERM', 'terminated') },
}

const run = async ({ args, env = {}, input, meanwhile }: Cause, home: Home, more: string[]): Promise<Ended> => {
  const [command, rest] = args[0] === 'exec' ? [args.slice(0, 1), args.slice(1)] : [args, []]
  const running = start([...command, ...more, ...rest], { home, env, ...(input === undefined ? {} : { input }) })
  await meanwhile?.(running)
  return running.ended
}

/** A command to type, an option to add or a variable to set; against too much only time helps. */
const hintOf = ({ code }: Cause): RegExp | null => {
  if (code === 'interrupted' || code === 'terminated') return null
  return code === 'rate_limited' ? /try again/ : /keyturn (--)?[a-z]|--[a-z]|[A-Z]{2,}_[A-Z]+=/
}

describe.each(Object.entries(CAUSES))('exit code %s', (exitCode, causes) => {
  test.each(Object.entries(causes))('%s: told to a person', async (_why, prepare) => {
    const home = freshHome()
    const cause = await prepare(home)
    const { code, stdout, stderr } = await run(cause, home, [])
    expect({ code, signal: null }, stderr).toEqual({ code: Number(exitCode), signal: null })
    if (cause.done) return expect(stderr).toBe('')
    expect(stdout).toBe('')
    // The last thing said: what happened, and below it what to do.
    const [, sentence = '', hint = ''] = /^keyturn: (.+)\n(?: {2}(.+)\n)?$/m.exec(stderr) ?? []
    expect(sentence).toMatch(/^\S.{8,}$/)
    expect(stderr.endsWith(`${hint || sentence}\n`)).toBe(true)
    expect(hint).toMatch(hintOf(cause) ?? /^$/)
  })

  test.each(Object.entries(causes))('%s: told to a script', async (_why, prepare) => {
    const home = freshHome()
    const cause = await prepare(home)
    const { code, stdout, stderr } = await run(cause, home, ['--json'])
    expect(code, stderr).toBe(Number(exitCode))
    if (cause.done) return expect(JSON.parse(stdout)).toMatchObject({ service: 'zectre' })
    expect(stdout).toBe('')
    const advice = hintOf(cause)
    const { error } = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '')
    expect({ error }).toEqual({
      error: {
        code: cause.code,
        message: expect.stringMatching(/^\S.{8,}$/),
        status: cause.status ?? null,
        hint: advice && expect.stringMatching(advice),
        request_id: cause.requestId ?? null,
      },
    })
  })
})

test('exec ends with the exit code of what it ran, and as a shell has it for a signal', async () => {
  const home = freshHome()
  for (const [script, code] of [
    ['exit 42', 42],
    ['kill -TERM $$', 143],
  ] as const) {
    const env = signedAt('http://127.0.0.1:1')
    meant(env.KEYTURN_API_KEY, 'environment')
    expect(await keyturn(['exec', '--', 'sh', '-c', script], { home, env })).toMatchObject({
      code,
      stdout: '',
      stderr: '',
    })
  }
})
