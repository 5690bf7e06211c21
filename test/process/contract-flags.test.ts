/** Each flag that any command takes, before the command's words and behind them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { canary } from '../harness/canary.ts'
import type { Variables } from '../harness/environment.ts'
import { freshHome, type Home } from '../harness/home.ts'
import { expectNoSecret } from '../harness/no-secret.ts'
import { type Ended, keyturn } from '../harness/program.ts'
import type { Answer } from '../harness/service.ts'
import { startInTerminal } from '../harness/terminal.ts'
import { ROUTES, USER, zectrePage } from './zectre-page.ts'

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'))
const FILE = { KEYTURN_STORE: 'file' }
const ADMIN = 'GET /api/v1/admin/agents/status'
const PLACES: Record<string, (words: string[], flags: string[]) => string[]> = {
  before: (words, flags) => [...flags, ...words],
  behind: (words, flags) => [...words, ...flags],
}

/** A service, and a key for it in the environment. */
const world = async (answer: Answer = { json: USER }) => {
  const service = await zectrePage({ [ROUTES.WHO]: answer, [ADMIN]: { json: {} } })
  const key = canary('key')
  const env = { KEYTURN_API_KEY: key, KEYTURN_SERVICE: 'zectre', KEYTURN_URL: service.url }
  return { home: freshHome(), service, key, env }
}
type World = Awaited<ReturnType<typeof world>>

/** Two profiles, of which the second is in use. */
const twoProfiles = async ({ home, service }: World): Promise<void> => {
  for (const profile of ['work', 'other']) {
    const args = ['login', 'zectre', '--url', service.url, '--with-api-key', '--profile', profile]
    expect(await keyturn(args, { home, env: FILE, input: canary('key') })).toMatchObject({ code: 0 })
  }
}

interface Flag {
  words: string[]
  flags: string[]
  env?: Variables
  check: (ended: Ended, world: World) => void
}

const FLAGS: Record<string, (world: World) => Flag | Promise<Flag>> = {
  '--profile': async (world) => {
    await twoProfiles(world)
    return {
      ...{ words: ['status', '--offline', '--json'], flags: ['--profile', 'work'], env: {} },
      check: ({ stdout }) => expect(JSON.parse(stdout)).toMatchObject({ profile: 'work' }),
    }
  },
  '--service': ({ env }) => ({
    words: ['account', 'show'],
    flags: ['--service', 'zectre'],
    env: { ...env, KEYTURN_SERVICE: 'restume' },
    check: ({ code }, { service }) => expect([code, service.to(ROUTES.WHO).length]).toEqual([0, 1]),
  }),
  '--url': ({ env, service }) => ({
    words: ['account', 'show'],
    flags: ['--url', service.url],
    env: { ...env, KEYTURN_URL: 'http://127.0.0.1:1' },
    check: ({ code }) => expect([code, service.to(ROUTES.WHO).length]).toEqual([0, 1]),
  }),
  '--org': ({ service, env }) => ({
    words: ['api', '/api/v1/admin/agents/status'],
    flags: ['--org', 'org_1'],
    env: { ...env, KEYTURN_SERVICE: 'curate-me', KEYTURN_API_KEY: canary('key', 'cm_live_sk_') },
    check: () => expect(service.to(ADMIN)[0]?.headers['x-org-id']).toBe('org_1'),
  }),
  '--json': () => ({
    words: ['account', 'show'],
    flags: ['--json'],
    check: ({ stdout }) => expect(JSON.parse(stdout)).toEqual({ service: 'zectre', username: null, ...USER }),
  }),
  '--quiet': () => ({
    words: ['account', 'show'],
    flags: ['--quiet'],
    check: ({ stdout, stderr }) => expect([stdout, stderr]).toEqual([`${USER.email}\n`, '']),
  }),
  '--no-color': async (world) => {
    await twoProfiles(world)
    return {
      ...{ words: ['profile', 'use', 'work'], flags: ['--no-color'], env: { FORCE_COLOR: '1' } },
      check: ({ stderr }) => expect(stderr).toMatch(/^✓ "work" is the profile in use/),
    }
  },
  '--verbose': () => ({
    words: ['account', 'show'],
    flags: ['--verbose'],
    check: ({ stdout, stderr }, { key }) => {
      expect(stdout).toContain(USER.email)
      expect(stderr).toMatch(/^> GET \/api\/v1\/user at http:\S+\n[\s\S]*^< 200/m)
      expectNoSecret({ stderr }, key)
    },
  }),
  '--help': () => ({
    words: ['keys', 'create'],
    flags: ['--help'],
    check: ({ stdout, stderr }) => expect([stdout.includes('keyturn keys create ci'), stderr]).toEqual([true, '']),
  }),
  '--version': () => ({
    words: ['status'],
    flags: ['--version'],
    check: ({ stdout, stderr }) => expect([stdout, stderr]).toEqual([`${version}\n`, '']),
  }),
}

describe.each(Object.entries(FLAGS))('%s', (_name, flagOf) => {
  test.each(Object.entries(PLACES))('%s the words', async (_where, join) => {
    const at = await world()
    const { words, flags, env = at.env, check } = await flagOf(at)
    const ended = await keyturn(join(words, flags), { home: at.home, env })
    expect(ended, ended.stderr).toMatchObject({ code: 0 })
    check(ended, at)
  })
})

describe.each(Object.entries(PLACES))('%s the words', (_where, join) => {
  test('--timeout', async () => {
    const { home, env } = await world({ fault: 'silence' })
    const ended = await keyturn(join(['account', 'show'], ['--timeout', '0.2']), { home, env })
    expect(ended).toMatchObject({ code: 7, stdout: '' })
    expect(ended.stderr).toContain('within 0.2 s')
  })

  test('--no-input', async () => {
    const home: Home = freshHome()
    const args = join(['login', 'zectre', '--in-terminal'], ['--no-input'])
    const { code, screen } = await startInTerminal(args, { home, env: FILE }).ended
    expect(code, screen).toBe(2)
    expect(screen).toContain('--email')
  })
})

test('flags stand on both sides of the words at once', async () => {
  const { home, service, key } = await world()
  const args = ['--service', 'zectre', '--quiet', 'account', '--url', service.url, 'show', '--json']
  const ended = await keyturn(args, { home, env: { KEYTURN_API_KEY: key } })
  expect(ended, ended.stderr).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse(ended.stdout)).toMatchObject({ email: USER.email })
})
