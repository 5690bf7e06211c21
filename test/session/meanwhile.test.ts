/** What one command does to the store while another one waits. */
import { expect, test } from 'vitest'
import { credentialInForce } from '../../src/session/in-force.ts'
import { keep } from '../../src/session/keep.ts'
import { openSession } from '../../src/session/open-session.ts'
import { renew } from '../../src/session/renew.ts'
import { type SignInEvents, signInByBrowser, signInInTerminal } from '../../src/session/sign-in.ts'
import { signInForSession } from '../../src/session/sign-in-session.ts'
import { signOut } from '../../src/session/sign-out.ts'
import type { Target } from '../../src/session/target.ts'
import type { Credential } from '../../src/vocabulary/credential.ts'
import { Failure } from '../../src/vocabulary/failure.ts'
import { Secret } from '../../src/vocabulary/secret.ts'
import { type Bench, makeBench } from './bench.ts'

const BASE = new URL('http://localhost:47080')
const ALICE = { email: 'alice@example.com', password: new Secret('hunter2 EXAMPLE') }
const LOCAL = { local: true, mayEndGiven: async () => true }
const QUIET = { link: () => {}, waiting: () => {}, over: () => {} }

const zectre = async () => {
  const bench = await makeBench('zectre', { addressOf: () => 'http://localhost:47081' })
  const client = await bench.service.client()
  await client.signUp!(bench.contextWith().connect({ base: BASE, adminBase: null, org: null }, null), {
    ...ALICE,
    username: null,
    name: null,
  })
  const target = (): Target => ({
    ...{ service: bench.service, base: BASE, adminBase: null, org: null, profile: 'zectre', store: bench.store },
    record: bench.record('zectre'),
    existing: null,
  })
  const inTerminal = () =>
    signInInTerminal(bench.contextWith(), target(), client.browserSignIn!, 'other terminal', async () => ALICE)
  const inBrowser = (context = bench.contextWith(), events: SignInEvents = QUIET) =>
    signInByBrowser(context, target(), client.browserSignIn!, 'laptop', events)
  /** Waits for an approval that never comes, and is stopped at the third question. */
  const stoppedWhileWaiting = async (meanwhile: () => Promise<unknown>) => {
    let asked = 0
    let away = false
    bench.answerWith(async ({ url }) => {
      if (!url.pathname.includes('/cli/status/') || away) return null
      asked += 1
      if (asked === 2) {
        away = true
        await meanwhile()
        away = false
      }
      if (asked === 3) bench.stop()
      return null
    })
    return inBrowser()
  }
  const approve = () => {
    const code = bench.record('zectre')?.pending?.code.reveal() ?? ''
    return bench.half.approval!.approve(code, { email: ALICE.email, password: ALICE.password.reveal() })
  }
  /** The keys that are alive at the service, asked for with the one that is stored. */
  const keys = async () => {
    return client.listKeys!((await openSession(anew(bench))).http)
  }
  const given = (credential: Credential) => keep(bench.contextWith(), target(), credential, null)
  return { bench, client, target, inTerminal, inBrowser, stoppedWhileWaiting, approve, keys, given }
}
const keyIn = (bench: Bench) => {
  const credential = bench.record('zectre')?.credential
  return credential?.kind === 'api_key' ? credential.key.reveal() : null
}

test('Ctrl-C in a waiting sign-in leaves what another terminal has signed in to meanwhile', async () => {
  const { bench, inTerminal, stoppedWhileWaiting } = await zectre()
  await expect(stoppedWhileWaiting(inTerminal)).rejects.toMatchObject({ code: 'interrupted' })
  expect(keyIn(bench)).toMatch(/^zec_/)
})

test('Ctrl-C in a waiting sign-in brings nothing back that was signed out of meanwhile', async () => {
  const { bench, inTerminal, stoppedWhileWaiting } = await zectre()
  await inTerminal()
  const out = () => signOut(bench.contextWith(), 'zectre', LOCAL)
  await expect(stoppedWhileWaiting(out)).rejects.toMatchObject({ code: 'interrupted' })
  expect(bench.record('zectre')).toBeNull()
})

test('Ctrl-C in a waiting sign-in forgets its own code and keeps the credential that was there (row 23)', async () => {
  const { bench, inTerminal, stoppedWhileWaiting } = await zectre()
  await inTerminal()
  const before = keyIn(bench)
  await expect(stoppedWhileWaiting(async () => {})).rejects.toMatchObject({ code: 'interrupted' })
  expect(bench.record('zectre')?.pending).toBeNull()
  expect(keyIn(bench)).toBe(before)
})

test('a key that was handed in while a sign-out waited for its turn is not revoked unasked', async () => {
  const { bench, inTerminal } = await zectre()
  await inTerminal()
  const handIn = () => {
    const credential: Credential = { kind: 'api_key', key: new Secret(keyIn(bench) ?? ''), origin: 'given' }
    bench.put('zectre', { ...bench.record('zectre')!, credential })
  }
  const context = bench.contextWith()
  const waiting: typeof context.exclusively = (name, work) => {
    handIn()
    return context.exclusively(name, work)
  }
  const nobodyAsks = { local: false, mayEndGiven: async () => false }
  const { ending } = await signOut({ ...context, exclusively: waiting }, 'zectre', nobodyAsks)
  expect(ending).toBeNull()
  expect(bench.requests.filter(({ method }) => method === 'DELETE')).toEqual([])
  expect(bench.record('zectre')).toBeNull()
})

const CUT = new Failure('interrupted', 'stopped by Ctrl-C')
/** As the program is when it is started once more. */
const anew = (bench: Bench) => bench.contextWith({}, new AbortController().signal)

test('a sign-in that is approved in the moment of Ctrl-C keeps its code, and the next one has the key', async () => {
  const { bench, inBrowser, approve, keys } = await zectre()
  bench.answerWith(async ({ url }) => {
    if (!url.pathname.includes('/cli/status/')) return null
    await approve()
    bench.stop()
    bench.answerWith(() => null)
    return CUT
  })
  await expect(inBrowser()).rejects.toMatchObject({ code: 'interrupted' })
  expect(bench.record('zectre')?.pending).not.toBeNull()
  await inBrowser(anew(bench))
  expect(keyIn(bench)).toMatch(/^zec_/)
  expect(await keys()).toHaveLength(1)
})

test('Ctrl-C while a key is made in the terminal waits until it is kept and the old one has ended', async () => {
  const { bench, inTerminal, keys } = await zectre()
  await inTerminal()
  const old = keyIn(bench)
  bench.answerWith(({ url }) => {
    if (url.pathname.endsWith('/cli/complete')) bench.stop()
    return null
  })
  await inTerminal()
  expect(keyIn(bench)).not.toBe(old)
  expect(bench.settings().current).toBe('zectre')
  expect(await keys()).toHaveLength(1)
})

test.each<[string, (scene: Awaited<ReturnType<typeof zectre>>) => Promise<unknown>]>([
  ['the terminal', ({ inTerminal }) => inTerminal()],
  [
    'a key',
    async ({ client, bench, given }) => {
      const at = { base: BASE, adminBase: null, org: null }
      const who = { name: ALICE.email, password: ALICE.password }
      const { session } = await client.passwordSignIn!(bench.contextWith().connect(at, null), who)
      const wanted = { name: 'given', scopes: null, expiresInDays: null }
      const { key } = await client.createKey!(bench.contextWith().connect(at, session), wanted)
      return given({ kind: 'api_key', key, origin: 'given' })
    },
  ],
])('a key that was approved for a sign-in that was killed is ended by the next, with %s', async (_, signIn) => {
  const scene = await zectre()
  const { bench, inBrowser, approve, keys } = scene
  const killed = new Failure('terminated', 'stopped')
  bench.answerWith(async ({ url }) => {
    if (!url.pathname.includes('/cli/status/')) return null
    await approve()
    throw killed
  })
  await expect(inBrowser()).rejects.toBe(killed)
  bench.answerWith(() => null)
  await signIn(scene)
  expect(bench.record('zectre')).toMatchObject({ pending: null, outgoing: [] })
  expect(await keys()).toHaveLength(1)
})

test('the waiting is over once, though the code of an earlier sign-in turned out to be dead first', async () => {
  const { bench, inBrowser, approve } = await zectre()
  const asked = (then: () => Promise<null>) =>
    bench.answerWith(async ({ url }) => (url.pathname.includes('/cli/status/') ? then() : null))
  const killed = new Failure('terminated', 'stopped')
  asked(() => Promise.reject(killed))
  await expect(inBrowser()).rejects.toBe(killed)
  bench.clock.advance(11 * 60_000)
  const links: string[] = []
  asked(async () => {
    if (links.length === 1) await approve()
    return null
  })
  let overs = 0
  await inBrowser(anew(bench), { ...QUIET, link: ({ url }) => void links.push(url), over: () => void overs++ })
  expect([links.length, overs]).toEqual([1, 1])
})

const HOME = new URL('http://localhost:47090')
const curator = async (rotate: boolean) => {
  const bench = await makeBench('curate-me', { wishes: { rotate, zectreJwks: null } })
  const client = await bench.service.client()
  const target = {
    ...{ service: bench.service, base: HOME, adminBase: null, org: null, profile: 'curate-me', store: bench.store },
    ...{ record: null, existing: null },
  }
  const account = { ...ALICE, username: null, name: 'Alice' }
  await signInForSession(bench.contextWith(), target, (http) => client.signUp!(http, account))
  bench.clock.advance(31 * 60_000)
  return bench
}

test('a session that was signed in to at another address meanwhile is not sent to this one', async () => {
  const bench = await curator(false)
  const inForce = await credentialInForce(bench.contextWith())
  bench.put('curate-me', {
    ...{ service: 'curate-me', url: 'https://elsewhere.example', adminUrl: null, pending: null, outgoing: [] },
    credential: { kind: 'session', access: new Secret('eyELSEWHERE.EXAMPLE'), refresh: null, expiresAt: null },
  })
  await expect(renew(bench.contextWith(), inForce)).rejects.toMatchObject({ code: 'sign_in_needed' })
  expect(JSON.stringify(bench.requests)).not.toContain('eyELSEWHERE.EXAMPLE')
})

test('a stop in the middle of a renewal loses no rotated token', async () => {
  const bench = await curator(true)
  bench.answerWith(({ url }) => {
    if (url.pathname === '/api/v1/auth/refresh') bench.stop()
    return null
  })
  const inForce = await credentialInForce(bench.contextWith())
  const renewed = await renew(bench.contextWith(), inForce)
  const stored = bench.record('curate-me')?.credential
  expect(stored?.kind === 'session' && stored.access.reveal()).toBe(
    renewed.credential.kind === 'session' && renewed.credential.access.reveal(),
  )
  const { http, client } = await openSession({ ...bench.contextWith(), signal: new AbortController().signal })
  await expect(client.account(http)).resolves.toMatchObject({ email: ALICE.email })
})
