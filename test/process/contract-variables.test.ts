/** Each variable that keyturn reads: what it changes. Those that name a proxy have tests of their own. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { canary, printed } from '../harness/canary.ts'
import type { Variables } from '../harness/environment.ts'
import { freshHome } from '../harness/home.ts'
import { type Ended, keyturn } from '../harness/program.ts'
import { serveSecurely } from '../harness/secure-server.ts'
import { startInTerminal } from '../harness/terminal.ts'
import { CODE, pending, ROUTES, USER, zectrePage } from './zectre-page.ts'

const ADMIN = 'GET /api/v1/admin/agents/status'
const FILE = { KEYTURN_STORE: 'file' }

/** A service, and all that says which one it is and as whom it is asked. */
const world = async () => {
  const service = await zectrePage({ [ADMIN]: { json: {} }, [ROUTES.STATUS]: pending })
  const key = canary('key')
  const env: Variables = { KEYTURN_API_KEY: key, KEYTURN_SERVICE: 'zectre', KEYTURN_URL: service.url }
  const home = freshHome()
  const run = (args: string[], changes: Variables = {}, input = '') =>
    keyturn(args, { home, env: { ...env, ...changes }, input })
  /** With nothing set but this. */
  const bare = (args: string[], only: Variables = {}, input = '') => keyturn(args, { home, env: only, input })
  const logIn = (profile: string, only: Variables = FILE) =>
    bare(['login', 'zectre', '--url', service.url, '--with-api-key', '--profile', profile], only, canary('key'))
  return { home, service, key, env, run, bare, logIn }
}
type World = Awaited<ReturnType<typeof world>>

const done = (ended: Ended): Ended => {
  expect(ended, ended.stderr).toMatchObject({ code: 0 })
  return ended
}
const curateMe = () => ({ KEYTURN_SERVICE: 'curate-me', KEYTURN_API_KEY: canary('key', 'cm_live_sk_') })
const agents = ['api', '/api/v1/admin/agents/status']

/** A browser that writes down what it is to open. */
const opens = async ({ home, service }: World, variables: (browser: string) => Variables): Promise<void> => {
  const [browser, opened] = [join(home.path, 'browser'), join(home.path, 'opened')]
  writeFileSync(browser, `#!/bin/sh\necho "$1" > "${opened}.part"\nmv "${opened}.part" "${opened}"\n`)
  chmodSync(browser, 0o755)
  const env = { ...FILE, ...variables(browser) }
  const terminal = startInTerminal(['login', 'zectre', '--url', service.url], { home, env })
  const seen = () => existsSync(opened) && readFileSync(opened, 'utf8')
  await expect.poll(seen, { timeout: 20_000 }).toBe(`${service.url}/auth/cli?code=${CODE}\n`)
  terminal.kill('SIGTERM')
  await terminal.ended
}

/** Ends the program by a mistake of its own: a place in it is broken before it begins. */
const mistaken = ({ home }: World): Variables => {
  const path = join(home.path, 'broken.cjs')
  writeFileSync(path, `URL.canParse = () => { throw new Error('EXAMPLE mistake') }\n`)
  return { NODE_OPTIONS: `--require ${path}` }
}

const VARIABLES: Record<string, (world: World) => Promise<void>> = {
  KEYTURN_PROFILE: async ({ logIn, bare }) => {
    for (const profile of ['work', 'other']) done(await logIn(profile))
    const told = async (env: Variables) => done(await bare(['status', '--offline', '--json=profile'], env)).stdout
    expect(await told({})).toBe('{"profile":"other"}\n')
    expect(await told({ KEYTURN_PROFILE: 'work' })).toBe('{"profile":"work"}\n')
  },
  KEYTURN_SERVICE: async ({ run }) => {
    const told = await run(['status', '--offline', '--json=service'])
    expect(done(told).stdout).toBe('{"service":"zectre"}\n')
    expect(await run(['status', '--offline'], { KEYTURN_SERVICE: undefined })).toMatchObject({ code: 2 })
  },
  KEYTURN_URL: async ({ run, service }) => {
    done(await run(['account', 'show']))
    expect(service.to(ROUTES.WHO)).toHaveLength(1)
    expect(await run(['account', 'show'], { KEYTURN_URL: 'http://127.0.0.1:1' })).toMatchObject({ code: 7 })
  },
  KEYTURN_ADMIN_URL: async ({ run, service }) => {
    const env = { ...curateMe(), KEYTURN_URL: 'http://127.0.0.1:1', KEYTURN_ADMIN_URL: service.url }
    done(await run(agents, env))
    expect(service.to(ADMIN)).toHaveLength(1)
  },
  KEYTURN_ORG: async ({ run, service }) => {
    done(await run(agents, { ...curateMe(), KEYTURN_ORG: 'org_1' }))
    expect(service.to(ADMIN)[0]?.headers['x-org-id']).toBe('org_1')
  },
  KEYTURN_API_KEY: async ({ run, key, home, service }) => {
    done(await run(['account', 'show'], { KEYTURN_TOKEN: canary('token') }))
    expect(service.to(ROUTES.WHO)[0]?.headers['x-api-key']).toBe(key)
    expect(existsSync(home.config)).toBe(false)
  },
  KEYTURN_TOKEN: async ({ run }) => {
    const token = printed(canary('token'))
    const told = done(await run(['token', '--json'], { KEYTURN_API_KEY: undefined, KEYTURN_TOKEN: token }))
    expect(JSON.parse(told.stdout)).toMatchObject({ token, type: 'bearer' })
  },
  KEYTURN_STORE: async ({ logIn, home, bare, service }) => {
    expect(await logIn('work', {})).toMatchObject({ code: 8 })
    done(await logIn('work'))
    expect(existsSync(join(home.config, 'credentials.json'))).toBe(true)
    const wrong = await bare(['status', '--url', service.url], { KEYTURN_STORE: 'cloud' })
    expect(wrong).toMatchObject({ code: 2, stdout: '' })
  },
  KEYTURN_CONFIG_DIR: async ({ logIn, home }) => {
    const folder = join(home.path, 'elsewhere')
    done(await logIn('work', { ...FILE, KEYTURN_CONFIG_DIR: folder, XDG_CONFIG_HOME: join(home.path, 'xdg') }))
    expect([existsSync(join(folder, 'settings.json')), existsSync(join(home.path, 'xdg'))]).toEqual([true, false])
  },
  XDG_CONFIG_HOME: async ({ logIn, home }) => {
    const folder = join(home.path, 'xdg')
    done(await logIn('work', { ...FILE, KEYTURN_CONFIG_DIR: undefined, XDG_CONFIG_HOME: folder }))
    expect(existsSync(join(folder, 'keyturn', 'settings.json'))).toBe(true)
  },
  KEYTURN_BROWSER: (world) => opens(world, (browser) => ({ KEYTURN_BROWSER: browser, BROWSER: 'none' })),
  BROWSER: async ({ home, service }) => {
    const env = { ...FILE, BROWSER: 'none' }
    const terminal = startInTerminal(['login', 'zectre', '--url', service.url], { home, env })
    await terminal.waitFor('no browser is opened from here: BROWSER says so')
    terminal.kill('SIGTERM')
    expect((await terminal.ended).code).toBe(143)
  },
  KEYTURN_DEBUG: async (world) => {
    const broken = mistaken(world)
    const [without, seen] = [
      await world.run(['status'], broken),
      await world.run(['status'], { ...broken, KEYTURN_DEBUG: '1' }),
    ]
    for (const ended of [without, seen]) expect(ended).toMatchObject({ code: 1, stdout: '' })
    expect(without.stderr).toMatch(
      /^keyturn: this is a mistake in keyturn itself: EXAMPLE mistake\n {2}.*KEYTURN_DEBUG=1.*\n$/,
    )
    expect(seen.stderr).toMatch(/^Error: EXAMPLE mistake\n {4}at /)
  },
  FORCE_COLOR: async ({ logIn, bare }) => {
    done(await logIn('work'))
    expect((await bare(['profile', 'use', 'work'])).stderr).toMatch(/^✓ /)
    expect((await bare(['profile', 'use', 'work'], { FORCE_COLOR: '1' })).stderr).toMatch(/^\u001b\[32m✓/)
  },
  NO_COLOR: async ({ logIn, bare }) => {
    done(await logIn('work'))
    expect((await bare(['profile', 'use', 'work'], { FORCE_COLOR: '1', NO_COLOR: '1' })).stderr).toMatch(/^✓ /)
  },
  CI: async ({ home }) => {
    const env = { ...FILE, CI: 'true' }
    const { code, screen } = await startInTerminal(['login', 'zectre', '--in-terminal'], { home, env }).ended
    expect(code, screen).toBe(2)
    expect(screen).toContain('--email')
  },
  NODE_EXTRA_CA_CERTS: async ({ run, home }) => {
    const { url, certificate } = await serveSecurely(home)
    expect(await run(['account', 'show'], { KEYTURN_URL: url })).toMatchObject({ code: 7 })
    const trusting = { KEYTURN_URL: url, NODE_EXTRA_CA_CERTS: certificate }
    expect(done(await run(['account', 'show', '--quiet'], trusting)).stdout).toBe(`${USER.email}\n`)
  },
}

test.each(Object.entries(VARIABLES))('%s', async (_name, shows) => shows(await world()))
