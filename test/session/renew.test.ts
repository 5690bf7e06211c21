import { expect, test } from 'vitest'
import { credentialInForce } from '../../src/session/in-force.ts'
import { freshened, openSession } from '../../src/session/open-session.ts'
import { renew } from '../../src/session/renew.ts'
import { signInForSession } from '../../src/session/sign-in-session.ts'
import { signOut } from '../../src/session/sign-out.ts'
import type { SessionCredential } from '../../src/vocabulary/credential.ts'
import { Failure } from '../../src/vocabulary/failure.ts'
import { Secret } from '../../src/vocabulary/secret.ts'
import { type Bench, makeBench } from './bench.ts'

const REFRESH = '/api/v1/auth/refresh'
const PROFILE = '/api/v1/user/profile'
const MINUTE = 60_000
const URL_OF = new URL('http://localhost:47090')

const signedIn = async (rotate = false): Promise<Bench> => {
  const bench = await makeBench('curate-me', { wishes: { rotate, zectreJwks: null } })
  const context = bench.contextWith()
  const client = await bench.service.client()
  const target = {
    service: bench.service,
    base: URL_OF,
    adminBase: null,
    org: null,
    profile: 'curate-me',
    store: bench.store,
    record: null,
    existing: null,
  }
  const account = { email: 'dev@example.com', password: new Secret('hunter2 EXAMPLE'), username: null, name: 'Dev' }
  await signInForSession(context, target, (http) => client.signUp!(http, account))
  bench.requests.length = 0
  return bench
}

const session = (bench: Bench): SessionCredential => {
  const credential = bench.record('curate-me')?.credential
  if (credential?.kind !== 'session') throw new Error('no session is stored')
  return credential
}
const whoAmI = async (bench: Bench) => {
  const { client, http } = await openSession(bench.contextWith())
  return client.account(http)
}

test('a session that lives is used as it is', async () => {
  const bench = await signedIn()
  bench.clock.advance(28 * MINUTE)
  expect(await whoAmI(bench)).toMatchObject({ email: 'dev@example.com' })
  expect(bench.count(REFRESH)).toBe(0)
})

test.each([29.5, 31, 120])('after %d minutes of its thirty it is renewed before the request', async (minutes) => {
  const bench = await signedIn()
  const before = session(bench)
  bench.clock.advance(minutes * MINUTE)
  expect(await whoAmI(bench)).toMatchObject({ email: 'dev@example.com' })
  expect(bench.requests.map(({ url }) => url.pathname)).toEqual([REFRESH, PROFILE])
  expect(session(bench).access.reveal()).not.toBe(before.access.reveal())
  expect(session(bench).refresh?.reveal()).toBe(before.refresh?.reveal())
})

test.each([-24 * 60 * MINUTE, 24 * 60 * MINUTE, 10 * 365 * 24 * 60 * MINUTE])(
  'a local clock that is wrong by %d ms from the beginning changes nothing',
  async (wrongBy) => {
    const bench = await makeBench('curate-me')
    bench.setLocalClockWrongBy(wrongBy)
    const context = bench.contextWith()
    const client = await bench.service.client()
    const target = {
      ...{ service: bench.service, base: URL_OF, adminBase: null, org: null, profile: 'curate-me' },
      ...{ store: bench.store, record: null, existing: null },
    }
    const account = { email: 'dev@example.com', password: new Secret('hunter2 EXAMPLE'), username: null, name: 'Dev' }
    await signInForSession(context, target, (http) => client.signUp!(http, account))
    await whoAmI(bench)
    expect(bench.count(REFRESH)).toBe(0)
    bench.clock.advance(30 * MINUTE)
    await whoAmI(bench)
    expect(bench.count(REFRESH)).toBe(1)
  },
)

test('a local clock that was set back since is found out by the 401, and one renewal follows', async () => {
  const bench = await signedIn()
  bench.clock.advance(31 * MINUTE)
  bench.setLocalClockWrongBy(-60 * MINUTE)
  expect(await whoAmI(bench)).toMatchObject({ email: 'dev@example.com' })
  expect(bench.requests.map(({ url }) => url.pathname)).toEqual([PROFILE, REFRESH, PROFILE])
})

test('a service that refuses the renewed session too is asked no third time', async () => {
  const bench = await signedIn()
  bench.answerWith(({ url }) => (url.pathname === PROFILE ? { status: 401, headers: {}, body: '' } : null))
  await expect(whoAmI(bench)).rejects.toMatchObject({ code: 'credential_refused' })
  expect(bench.requests.map(({ url }) => url.pathname)).toEqual([PROFILE, REFRESH, PROFILE])
})

test('a rotated refresh token is kept with the access token, in one write, before either is used', async () => {
  const bench = await signedIn(true)
  const before = session(bench)
  bench.clock.advance(31 * MINUTE)
  let kept: SessionCredential | null = null
  bench.answerWith(({ url }) => {
    if (url.pathname === PROFILE) kept = session(bench)
    return null
  })
  await whoAmI(bench)
  expect(kept!.refresh?.reveal()).not.toBe(before.refresh?.reveal())
  expect(kept!.access.reveal()).toBe(session(bench).access.reveal())
})

test.each<[string, () => Failure | { status: number; headers: Record<string, string>; body: string }]>([
  ['a 500', () => ({ status: 500, headers: {}, body: '' })],
  ['a 503', () => ({ status: 503, headers: {}, body: '<html>' })],
  ['a 429', () => ({ status: 429, headers: {}, body: '' })],
  ['a dead network', () => new Failure('unreachable', 'gone')],
  ['a time-out', () => new Failure('timed_out', 'slow')],
  ['a page of the Wi-Fi', () => ({ status: 200, headers: {}, body: '<html>' })],
])('%s at the refresh signs nobody out', async (_what, fault) => {
  const bench = await signedIn()
  const before = session(bench)
  bench.clock.advance(31 * MINUTE)
  bench.answerWith(({ url }) => (url.pathname === REFRESH ? fault() : null))
  const failure = await whoAmI(bench).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(Failure)
  expect((failure as Failure).exitCode).not.toBe(4)
  expect(session(bench).refresh?.reveal()).toBe(before.refresh?.reveal())
  bench.answerWith(() => null)
  expect(await whoAmI(bench)).toMatchObject({ email: 'dev@example.com' })
})

test('a refresh token that has ended signs out, once, and is not sent again', async () => {
  const bench = await signedIn()
  bench.clock.advance(8 * 24 * 60 * MINUTE)
  await expect(whoAmI(bench)).rejects.toMatchObject({ code: 'sign_in_needed', exitCode: 4 })
  await expect(whoAmI(bench)).rejects.toMatchObject({ code: 'sign_in_needed', exitCode: 4 })
  expect(bench.count(REFRESH)).toBe(1)
})

test('twenty at once renew once', async () => {
  const bench = await signedIn(true)
  bench.clock.advance(31 * MINUTE)
  const found = await Promise.all(Array.from({ length: 20 }, () => whoAmI(bench)))
  expect(found).toHaveLength(20)
  expect(bench.count(REFRESH)).toBe(1)
})

test('a loser of the race takes what the winner has stored, whatever the service said to the loser', async () => {
  const bench = await signedIn()
  const old = session(bench)
  const inForce = await credentialInForce(bench.contextWith())
  const newer = { ...old, access: new Secret('eyNEWER.EXAMPLE.access'), refresh: new Secret('eyNEWER.EXAMPLE.refresh') }
  bench.answerWith(({ url }) => {
    if (url.pathname !== REFRESH) return null
    // Another process, without our lock, has signed in anew while the question was under way.
    bench.put('curate-me', { ...bench.record('curate-me')!, credential: newer })
    return { status: 401, headers: {}, body: '{"error":"invalid","code":"invalid_refresh_token"}' }
  })
  const adopted = await renew(bench.contextWith(), inForce)
  expect(adopted.credential).toMatchObject({ access: { reveal: expect.any(Function) } })
  expect(session(bench).access.reveal()).toBe('eyNEWER.EXAMPLE.access')
})

test('a sign-out during a refresh wins', async () => {
  const bench = await signedIn(true)
  bench.clock.advance(31 * MINUTE)
  const wishes = { local: true, mayEndGiven: async () => true }
  let leaving: Promise<unknown> = Promise.resolve()
  bench.answerWith(({ url }) => {
    if (url.pathname === REFRESH) leaving = signOut(bench.contextWith(), 'curate-me', wishes)
    return null
  })
  expect(await whoAmI(bench)).toMatchObject({ email: 'dev@example.com' })
  await leaving
  expect(bench.record('curate-me')).toBeNull()
  await expect(whoAmI(bench)).rejects.toMatchObject({ code: 'sign_in_needed' })
  expect(bench.record('curate-me')).toBeNull()
})

test('a sign-out ends both tokens at the service, also when the access token has ended by itself', async () => {
  const bench = await signedIn()
  const { refresh } = session(bench)
  bench.clock.advance(31 * MINUTE)
  const { ending } = await signOut(bench.contextWith(), 'curate-me', { local: false, mayEndGiven: async () => true })
  expect(ending).toMatchObject({ kind: 'session', ended: true })
  const client = await bench.service.client()
  const http = bench.contextWith().connect({ base: URL_OF, adminBase: null, org: null }, null)
  await expect(client.refresh!(http, refresh!)).rejects.toMatchObject({ code: 'credential_refused' })
})

test('a token from the environment is never renewed', async () => {
  const bench = await signedIn()
  const token = session(bench).access.reveal()
  bench.clock.advance(31 * MINUTE)
  const context = bench.contextWith({ token, service: 'curate-me', url: URL_OF.href })
  const inForce = await credentialInForce(context)
  expect(await freshened(context, inForce)).toBe(inForce)
  const { client, http } = await openSession(context)
  await expect(client.account(http)).rejects.toMatchObject({ code: 'credential_refused' })
  expect(bench.count(REFRESH)).toBe(0)
})
