import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { FileTools } from '../../src/files/tools.ts'
import { openData } from '../../src/reference-data.ts'
import { type StartOptions, startReferenceServer } from '../../src/reference-server.ts'
import { buildProgram } from '../files/program.ts'
import { freshFolder, realTools } from '../files/tools.ts'
import { expectNoSecret } from '../harness/no-secret.ts'

const PASSWORD = 'hunter2 abc CANARY'
const freshPath = () => join(freshFolder(), 'server.json')

const start = async (path: string, options: StartOptions = {}) => {
  const tools = realTools()
  const server = await startReferenceServer({ ports: 'free', scryptCost: 2, data: { path, tools }, ...options })
  let open = true
  const close = async () => {
    if (open) await server.close()
    open = false
  }
  onTestFinished(close)
  return { ...server, path, close, told: tools.told }
}
type Started = Awaited<ReturnType<typeof start>>

interface Answered {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server sent, for a test to look into
  json: any
}
const send = async (
  server: Pick<Started, 'addresses'>,
  service: string,
  call: string,
  body?: object,
  headers = {},
): Promise<Answered> => {
  const [method = '', path = ''] = call.split(' ')
  const type = { 'content-type': 'application/json' }
  const sent = body ? { body: JSON.stringify(body), headers: { ...type, ...headers } } : { headers }
  const answer = await fetch(`${server.addresses[service]}${path}`, { method, ...sent })
  const text = await answer.text()
  return { status: answer.status, json: /^[[{]/.test(text) ? JSON.parse(text) : null }
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const signUp = (server: Pick<Started, 'addresses'>, email: string) =>
  send(server, 'zectre', 'POST /api/v1/auth/signup', { email, password: PASSWORD })
const logIn = (server: Pick<Started, 'addresses'>, email: string) =>
  send(server, 'zectre', 'POST /api/v1/auth/login', { email, password: PASSWORD })
const servicesIn = (path: string) => JSON.parse(readFileSync(path, 'utf8')).services

/** Per service: how an account and a key are made, and how they are used. */
const EMAIL = 'alice@example.com'
const zectre = {
  make: async (server: Started) => {
    await signUp(server, EMAIL)
    const { token } = (await logIn(server, EMAIL)).json
    const { key } = (await send(server, 'zectre', 'POST /api/v1/api-keys', { name: 'CI' }, bearer(token))).json
    return { token, key, refresh: null }
  },
  logIn: (server: Started) => logIn(server, EMAIL),
  bySession: (server: Started, token: string) => send(server, 'zectre', 'GET /api/v1/user', undefined, bearer(token)),
  byKey: (server: Started, key: string) => send(server, 'zectre', 'GET /api/v1/user', undefined, { 'x-api-key': key }),
}
const restume = {
  make: async (server: Started) => {
    const body = { username: 'alice', email: EMAIL, password: PASSWORD, full_name: 'Alice' }
    await send(server, 'restume', 'POST /v1/auth/register', body)
    const { access_token: token } = (await restume.logIn(server)).json
    const made = await send(server, 'restume', 'POST /v1/auth/api-keys', { name: 'CI' }, bearer(token))
    return { token, key: made.json.raw_key, refresh: null }
  },
  logIn: (server: Started) => send(server, 'restume', 'POST /v1/auth/login', { username: 'alice', password: PASSWORD }),
  bySession: (server: Started, token: string) =>
    send(server, 'restume', 'GET /v1/me/profile', undefined, bearer(token)),
  byKey: (server: Started, key: string) =>
    send(server, 'restume', 'GET /v1/me/profile', undefined, { 'x-api-key': key }),
}
const curateMe = {
  make: async (server: Started) => {
    const body = { email: EMAIL, password: PASSWORD, name: 'Alice' }
    const { access_token: token, refresh_token: refresh } = (
      await send(server, 'curate-me', 'POST /api/v1/auth/register', body)
    ).json
    // No call tells which organisation an account has; the server's own file does.
    const [{ memberships }] = servicesIn(server.path)['curate-me'].accounts
    const headers = { ...bearer(token), 'x-org-id': memberships[0].org }
    const wanted = { name: 'CI', scopes: ['agents:read'] }
    const { key } = (await send(server, 'curate-me', 'POST /api/v1/b2b/api-keys', wanted, headers)).json
    return { token, key, refresh }
  },
  logIn: (server: Started) =>
    send(server, 'curate-me', 'POST /api/v1/auth/login', { email: EMAIL, password: PASSWORD }),
  bySession: (server: Started, token: string) =>
    send(server, 'curate-me', 'GET /api/v1/user/profile', undefined, bearer(token)),
  byKey: (server: Started, key: string) =>
    send(server, 'curate-me', 'GET /api/v1/admin/agents/status', undefined, { 'x-api-key': key }),
}

describe.each(Object.entries({ zectre, restume, 'curate-me': curateMe }))('the data of %s', (name, service) => {
  test('outlives the server: its accounts and keys, and no session', async () => {
    const path = freshPath()
    const first = await start(path, { services: [name] })
    const { token, key } = await service.make(first)
    const before = await service.byKey(first, key)
    expect(before.status).toBe(200)
    await first.close()

    const second = await start(path, { services: [name] })
    expect(await service.byKey(second, key)).toEqual(before)
    expect((await service.logIn(second)).status).toBe(200)
    expect((await service.bySession(second, token)).status).toBe(401)
    expect(second.told).toEqual([])
  })

  test('has no secret in it, and is for its owner alone (rows 25 and 142)', async () => {
    const path = freshPath()
    const server = await start(path, { services: [name] })
    const { token, key, refresh } = await service.make(server)
    await server.close()
    const text = readFileSync(path, 'utf8')
    expect(text).toContain(EMAIL)
    for (const secret of [PASSWORD, key, key.slice(20), token, token.split('.')[2]]) expectNoSecret(text, secret)
    if (refresh) expectNoSecret(text, refresh)
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('keeps an account shut that was shut', async () => {
    const path = freshPath()
    const first = await start(path, { services: [name] })
    const { key } = await service.make(first)
    first.disable(EMAIL)
    await first.close()
    const second = await start(path, { services: [name] })
    expect((await service.byKey(second, key)).status).toBe(403)
  })

  test('lets the known account be made again, as the same one', async () => {
    const path = freshPath()
    for (const _ of ['the first time', 'the second time']) {
      const server = await start(path, { services: [name], seed: true })
      expect(server.seeded).toHaveLength(1)
      await server.close()
    }
    expect(servicesIn(path)[name].accounts).toHaveLength(1)
  })
})

describe('the file', () => {
  test('is written before a change is answered, and nothing of it is left beside it', async () => {
    const path = freshPath()
    const server = await start(path, { services: ['zectre'] })
    await signUp(server, EMAIL)
    expect(servicesIn(path).zectre.accounts).toHaveLength(1)
    await server.close()
    expect(readdirSync(dirname(path))).toEqual([basename(path)])
  })

  test('is rid of what a killed server left half written, as soon as another starts', async () => {
    const path = freshPath()
    writeFileSync(join(dirname(path), `.server.json.${'0'.repeat(24)}.tmp`), '{"vers')
    const server = await start(path, { services: ['zectre'] })
    expect(server.told).toEqual([])
    await server.close()
    expect(readdirSync(dirname(path))).toEqual([])
  })

  test('has a use of a key when the server ends, at the latest', async () => {
    const path = freshPath()
    const server = await start(path, { services: ['zectre'] })
    const { key } = await zectre.make(server)
    await zectre.byKey(server, key)
    await server.close()
    expect(servicesIn(path).zectre.keys[0].lastUsedAt).toEqual(expect.any(Number))
  })

  test('has a completed sign-in’s key, and no trace of one that waits', async () => {
    const path = freshPath()
    const first = await start(path, { services: ['zectre'] })
    await signUp(first, EMAIL)
    const codes: string[] = []
    for (const _ of [1, 2]) codes.push((await send(first, 'zectre', 'POST /api/v1/auth/cli/initiate', {})).json.code)
    const [done = '', waiting = ''] = codes
    await first.approve(done, { email: EMAIL, password: PASSWORD })
    const { api_key } = (await send(first, 'zectre', `GET /api/v1/auth/cli/status/${done}`)).json
    await first.close()
    for (const code of codes) expectNoSecret(readFileSync(path, 'utf8'), code)

    const second = await start(path, { services: ['zectre'] })
    expect((await zectre.byKey(second, api_key)).status).toBe(200)
    expect((await send(second, 'zectre', `GET /api/v1/auth/cli/status/${waiting}`)).status).toBe(404)
  })

  test('may lie in a folder that others read, and leaves that folder as it is', async () => {
    const folder = freshFolder()
    chmodSync(folder, 0o755)
    const server = await start(join(folder, 'server.json'), { services: ['zectre'] })
    await signUp(server, EMAIL)
    expect(statSync(folder).mode & 0o777).toBe(0o755)
  })

  test('keeps what it has of services that do not run, and of versions to come', async () => {
    const path = freshPath()
    writeFileSync(path, JSON.stringify({ version: 1, more: 1, services: { elsewhere: { kept: true } } }))
    const server = await start(path, { services: ['zectre'] })
    await signUp(server, EMAIL)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ more: 1, services: { elsewhere: { kept: true } } })
  })

  const hash = { cost: 2 ** 30, salt: Buffer.alloc(16).toString('base64'), digest: Buffer.alloc(32).toString('base64') }
  const account = { id: 'a', email: EMAIL, name: null, createdAt: 0, disabled: false }
  test.each([
    ['cut off', '{"version":1,"services":{"zectre":{"accounts":[{"id'],
    ['empty', ''],
    ['something else', '["version"]'],
    ['without services', '{"version":1}'],
    ['wrong inside', '{"version":1,"services":{"zectre":{"accounts":"none"}}}'],
    [
      'a trap for the server’s memory',
      JSON.stringify({ version: 1, services: { zectre: { accounts: [{ ...account, password: hash }], keys: [] } } }),
    ],
  ])('that is %s is set aside, told of, and begun anew', async (_, text) => {
    const path = freshPath()
    writeFileSync(path, text)
    const server = await start(path, { services: ['zectre'] })
    const [aside = ''] = readdirSync(dirname(path)).filter((entry) => entry.includes('damaged'))
    expect(readFileSync(join(dirname(path), aside), 'utf8')).toBe(text)
    expect(server.told.join('\n')).toContain(aside)
    expect((await signUp(server, EMAIL)).status).toBe(201)
    expect(servicesIn(path).zectre.accounts).toHaveLength(1)
  })

  test('of a newer keyturn is left alone', async () => {
    const path = freshPath()
    writeFileSync(path, '{"version":2}')
    await expect(start(path)).rejects.toMatchObject({ code: 'failed', hint: expect.stringContaining('update') })
    expect(readFileSync(path, 'utf8')).toBe('{"version":2}')
  })

  test('is never reached through a link', async () => {
    const path = freshPath()
    writeFileSync(`${path}.target`, '{}')
    symlinkSync(`${path}.target`, path)
    await expect(start(path)).rejects.toMatchObject({ code: 'failed', hint: expect.stringContaining('another file') })
    expect(readFileSync(`${path}.target`, 'utf8')).toBe('{}')
  })

  test('belongs to one server at a time', async () => {
    const path = freshPath()
    const first = await start(path, { services: ['zectre'] })
    await expect(start(path, { services: ['zectre'] })).rejects.toMatchObject({
      message: `${path} is in use by another reference server`,
    })
    await first.close()
    expect((await signUp(await start(path, { services: ['zectre'] }), EMAIL)).status).toBe(201)
  })

  test('belongs to a server that runs for hours in another container, too', async () => {
    const path = freshPath()
    const real = realTools()
    let passed = 0
    let next = () => {}
    const tools: FileTools = {
      ...real,
      clock: { ...real.clock, now: () => Date.now() + passed },
      wait: (milliseconds) =>
        new Promise((resolve) => {
          next = () => {
            passed += milliseconds
            resolve()
          }
        }),
    }
    const first = await openData({ path, tools }, new Map())
    const [pid, started, _machine, ...rest] = readlinkSync(`${path}.in-use`).split('.')
    rmSync(`${path}.in-use`)
    symlinkSync([pid, started, 'another', ...rest].join('.'), `${path}.in-use`)
    while (passed < 3 * 3600_000) {
      next()
      await new Promise(setImmediate)
    }
    const here = { ...tools, wait: real.wait }
    await expect(openData({ path, tools: here }, new Map())).rejects.toThrow('is in use')
    await first.close()
    await (await openData({ path, tools: here }, new Map())).close()
    expect(readdirSync(dirname(path))).toEqual([])
  })

  test('is let go of when the server can’t listen', async () => {
    const path = freshPath()
    const other = await start(freshPath(), { services: ['zectre'] })
    const taken = Number(new URL(other.addresses.zectre ?? '').port)
    await expect(start(path, { services: ['zectre'], ports: { first: taken } })).rejects.toThrow('in use already')
    expect((await signUp(await start(path, { services: ['zectre'] }), EMAIL)).status).toBe(201)
  })

  test('that can’t be written is told of, and nobody is told that it was done (row 161)', async () => {
    const path = freshPath()
    const server = await start(path, { services: ['zectre'] })
    mkdirSync(path)
    expect((await signUp(server, EMAIL)).status).toBe(500)
    expect(server.told.join('\n')).toContain(`${path} is a folder`)
    rmSync(path, { recursive: true })
    expect((await logIn(server, EMAIL)).status).toBe(200)
    expect(servicesIn(path).zectre.accounts).toHaveLength(1)
  })
})

describe('a server that is killed', () => {
  let program = ''
  const cleanUps: (() => void)[] = []
  beforeAll(async () => {
    const folder = freshFolder((cleanUp) => void cleanUps.push(cleanUp))
    program = await buildProgram(join(import.meta.dirname, 'data-worker.ts'), folder)
  }, 20_000)
  afterAll(() => {
    for (const cleanUp of cleanUps) cleanUp()
  })

  const startWorker = async (path: string) => {
    const child = spawn(process.execPath, [program, path], { stdio: ['ignore', 'pipe', 'pipe'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    let told = ''
    child.stderr.setEncoding('utf8').on('data', (text) => {
      told += text
    })
    const [address] = await once(child.stdout.setEncoding('utf8'), 'data')
    return { child, addresses: { zectre: String(address).trim() }, told: () => told }
  }

  test('in the midst of writing loses nothing that it acknowledged, and holds no file back (row 161)', async () => {
    const path = freshPath()
    const acknowledged: string[] = []
    for (let round = 0; round < 5; round++) {
      const worker = await startWorker(path)
      const over = once(worker.child, 'exit')
      let number = 0
      const signUpOnAndOn = async (caller: number) => {
        for (;;) {
          const email = `${round}-${caller}-${number++}@example.com`
          if ((await signUp(worker, email)).status === 201) acknowledged.push(email)
          if (acknowledged.length % 7 === 3) worker.child.kill('SIGKILL')
        }
      }
      await Promise.allSettled([1, 2, 3].map(signUpOnAndOn))
      await over
      expect(worker.told()).toBe('')
    }
    const last = await start(path, { services: ['zectre'] })
    expect(last.told).toEqual([])
    expect(acknowledged.length).toBeGreaterThan(5)
    const saved = servicesIn(path).zectre.accounts.map(({ email }: { email: string }) => email)
    expect(saved).toEqual(expect.arrayContaining(acknowledged))
    for (const email of acknowledged.slice(-5)) expect((await logIn(last, email)).status).toBe(200)
    await last.close()
    expect(readdirSync(dirname(path)).filter((entry) => entry.endsWith('.tmp') || entry.includes('damaged'))).toEqual(
      [],
    )
  }, 40_000)
})
