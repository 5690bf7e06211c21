/** What a run that was cut off leaves behind, and what the next one makes of it. */
import { expect, test } from 'vitest'
import { openSession } from '../../src/session/open-session.ts'
import { signInInTerminal } from '../../src/session/sign-in.ts'
import type { Target } from '../../src/session/target.ts'
import type { Unfinished } from '../../src/settings/unfinished.ts'
import { Failure } from '../../src/vocabulary/failure.ts'
import { Secret } from '../../src/vocabulary/secret.ts'
import { makeBench } from './bench.ts'

const BASE = new URL('http://localhost:47080')
const KEYS = '/api/v1/api-keys'
const ALICE = { email: 'alice@example.com', password: new Secret('hunter2 EXAMPLE') }
const NOTE: Unfinished = {
  id: 'n1',
  profile: 'zectre',
  service: 'zectre',
  name: 'ci',
  started_at: '2026-03-27T10:00:00Z',
  made: null,
  keeper: null,
}

const signedIn = async () => {
  const bench = await makeBench('zectre', { addressOf: () => 'http://localhost:47081' })
  const client = await bench.service.client()
  const nobody = bench.contextWith().connect({ base: BASE, adminBase: null, org: null }, null)
  await client.signUp!(nobody, { ...ALICE, username: null, name: null })
  const signIn = () => {
    const target: Target = {
      ...{ service: bench.service, base: BASE, adminBase: null, org: null, profile: 'zectre', store: bench.store },
      record: bench.record('zectre'),
      existing: null,
    }
    return signInInTerminal(bench.contextWith(), target, client.browserSignIn!, 'laptop', async () => ALICE)
  }
  const next = () => openSession(bench.contextWith())
  await signIn()
  const create = async (name: string) => {
    const { http } = await next()
    return client.createKey!(http, { name, scopes: null, expiresInDays: null })
  }
  const alive = async () => {
    const { http } = await next()
    return (await client.listKeys!(http)).map(({ name }) => name)
  }
  return { bench, signIn, next, create, alive }
}

test('a key that is replaced stays in the store until the service has ended it', async () => {
  const { bench, signIn, alive } = await signedIn()
  bench.answerWith(({ method }) => (method === 'DELETE' ? new Failure('unreachable', 'the network is down') : null))
  const kept = await signIn()
  expect(kept.replaced).toMatchObject([{ kind: 'api_key', ended: false, reason: 'the network is down' }])
  expect(bench.record('zectre')?.outgoing).toHaveLength(1)
  bench.answerWith(() => null)
  expect(await alive()).toHaveLength(1)
  expect(bench.told).toEqual([expect.stringContaining('the key that was replaced is revoked')])
  expect(bench.record('zectre')).toMatchObject({ outgoing: [], credential: { kind: 'api_key' } })
})

test('what a stop kept from being ended is ended by the next sign-in as well', async () => {
  const { bench, signIn, alive } = await signedIn()
  bench.answerWith(({ method }) => (method === 'DELETE' ? new Failure('unreachable', 'the network is down') : null))
  await signIn()
  bench.answerWith(() => null)
  expect((await signIn()).replaced).toMatchObject([{ ended: true }, { ended: true }])
  expect(await alive()).toHaveLength(1)
})

test('nothing that was replaced is ended before its successor is known to be good', async () => {
  const { bench, signIn, next } = await signedIn()
  bench.answerWith(({ method }) => (method === 'DELETE' ? new Failure('unreachable', 'the network is down') : null))
  await signIn()
  bench.answerWith(({ url }) =>
    url.pathname === '/api/v1/user' ? { status: 401, headers: {}, body: '{"error":{"code":"INVALID_API_KEY"}}' } : null,
  )
  bench.requests.length = 0
  await next()
  expect(bench.record('zectre')?.outgoing).toHaveLength(1)
  expect(bench.count(KEYS)).toBe(0)
})

test('a key that nobody was shown is told of once, by name, with the command that revokes it', async () => {
  const { bench, next, create } = await signedIn()
  const { id } = await create('ci')
  bench.notes.set(NOTE.id, NOTE)
  await next()
  expect(bench.told).toEqual([expect.stringMatching(new RegExp(`the key "ci".*keyturn keys revoke ${id}$`))])
  expect(bench.notes.size).toBe(0)
})

test('of a key that was never made nothing is said', async () => {
  const { bench, next } = await signedIn()
  bench.notes.set(NOTE.id, NOTE)
  await next()
  expect({ told: bench.told, notes: bench.notes.size }).toEqual({ told: [], notes: 0 })
})

test('an older key of the same name is not taken for it', async () => {
  const { bench, next, create } = await signedIn()
  await create('ci')
  bench.clock.advance(60 * 60_000)
  bench.notes.set(NOTE.id, { ...NOTE, started_at: new Date(bench.clock.now()).toISOString() })
  await next()
  expect(bench.told).toEqual([])
})

test('a key that was to be kept in the store and is not there is revoked', async () => {
  const { bench, next, create, alive } = await signedIn()
  const { id, prefix } = await create('ci')
  bench.notes.set(NOTE.id, { ...NOTE, made: { id, prefix }, keeper: 'zectre' })
  await next()
  expect(bench.told).toEqual([expect.stringContaining('"ci" made and did not come to keep it; it is revoked')])
  expect(await alive()).not.toContain('ci')
})

test('one that is in the store is left alone, and nothing is said', async () => {
  const { bench, next, alive } = await signedIn()
  const credential = bench.record('zectre')?.credential
  const prefix = credential?.kind === 'api_key' ? credential.key.reveal().slice(0, 12) : null
  bench.notes.set(NOTE.id, { ...NOTE, made: { id: 'k1', prefix }, keeper: 'zectre' })
  await next()
  expect({ told: bench.told, notes: bench.notes.size }).toEqual({ told: [], notes: 0 })
  expect(await alive()).toHaveLength(1)
})

test('a bad network keeps the note for another day, and fails no command', async () => {
  const { bench, next } = await signedIn()
  bench.notes.set(NOTE.id, NOTE)
  bench.answerWith(() => new Failure('unreachable', 'the network is down'))
  await next()
  expect(bench.notes.size).toBe(1)
})

test('a note of another profile is left to that one', async () => {
  const { bench, next } = await signedIn()
  bench.notes.set(NOTE.id, { ...NOTE, profile: 'work' })
  await next()
  expect(bench.notes.size).toBe(1)
})

test('a key of the same name that the profile itself uses is not taken for it', async () => {
  const { bench, next, alive } = await signedIn()
  const [own] = await alive()
  bench.notes.set(NOTE.id, { ...NOTE, name: String(own), keeper: 'zectre' })
  await next()
  expect({ told: bench.told, notes: bench.notes.size }).toEqual({ told: [], notes: 0 })
})

test('a key whose keeper has another name by now is told of, and not revoked', async () => {
  const { bench, next, create, alive } = await signedIn()
  const { id, prefix } = await create('ci')
  bench.notes.set(NOTE.id, { ...NOTE, made: { id, prefix }, keeper: 'robot' })
  await next()
  expect(bench.told).toEqual([expect.stringContaining(`keyturn keys revoke ${id}`)])
  expect(await alive()).toContain('ci')
})

test('a key is not ended that another profile has as well, as after a renaming that was cut off', async () => {
  const { bench, signIn, alive } = await signedIn()
  const [first] = await alive()
  // Renamed to `office`, and the old entry could not be removed.
  bench.entries.set('office', bench.entries.get('zectre') ?? '')
  await bench.contextWith().settings.change((settings) => {
    const { zectre, ...others } = settings.profiles
    return { ...settings, profiles: { ...others, office: zectre! } }
  })
  expect((await signIn()).replaced).toEqual([])
  expect(await alive()).toContain(String(first))
})
