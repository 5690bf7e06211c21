import { expect, test } from 'vitest'
import { encodeRecord, type SecretRecord } from '../../src/secrets/record.ts'
import type { SessionContext } from '../../src/session/context.ts'
import { removeProfile, renameProfile, useProfile } from '../../src/session/profiles.ts'
import type { Profile } from '../../src/settings/settings.ts'
import { Failure } from '../../src/vocabulary/failure.ts'
import { Secret } from '../../src/vocabulary/secret.ts'
import { makeBench } from './bench.ts'

const URL_OF = 'http://localhost:47080'
const profile: Profile = {
  service: 'zectre',
  url: URL_OF,
  store: 'file',
  user: null,
  created_at: '2026-03-27T10:00:00Z',
}
const recordOf = (key: string): SecretRecord => ({
  ...{ service: 'zectre', url: URL_OF, adminUrl: null, pending: null, outgoing: [] },
  credential: { kind: 'api_key', key: new Secret(key), origin: 'sign-in' },
})
/** Work that a stop waits for sees the same world. */
const whole = (context: SessionContext): SessionContext => ({ ...context, finish: (work) => work(context) })
const SECRET = encodeRecord(recordOf('zec_EXAMPLE_work'))

/** Two profiles with a key each, `work` in use; from step `dead` on nothing works any more, as after a kill. */
const twoProfiles = async ({ dead = Number.POSITIVE_INFINITY } = {}) => {
  const bench = await makeBench('zectre')
  const real = bench.contextWith()
  await real.settings.change((settings) => ({
    ...settings,
    current: 'work',
    profiles: { work: profile, home: profile },
  }))
  bench.put('work', recordOf('zec_EXAMPLE_work'))
  bench.put('home', recordOf('zec_EXAMPLE_home'))
  const locked: string[] = []
  let steps = 0
  const step = () => {
    steps += 1
    if (steps > dead) throw new Failure('store_locked', 'dead')
  }
  const context = whole({
    ...real,
    settings: {
      read: real.settings.read,
      change: async (change) => {
        step()
        return real.settings.change(change)
      },
    },
    exclusively: (name, work) => {
      locked.push(name)
      return real.exclusively(name, work)
    },
    openStore: async () => ({
      ...bench.store,
      write: async (...write) => {
        step()
        await bench.store.write(...write)
      },
      remove: async (...remove) => {
        step()
        return bench.store.remove(...remove)
      },
    }),
  })
  return { bench, context, real, locked, steps: () => steps }
}

test('using a profile changes nothing but which is current', async () => {
  const { bench, context } = await twoProfiles()
  await useProfile(context, 'home')
  expect(bench.settings()).toMatchObject({ current: 'home', profiles: { work: profile, home: profile } })
})

test.each<[string, (context: SessionContext) => Promise<unknown>]>([
  ['using', (context) => useProfile(context, 'wrok')],
  ['removing', (context) => removeProfile(context, 'wrok')],
  ['renaming', (context) => renameProfile(context, 'wrok', 'new')],
])('%s a profile that is not there changes nothing and names the nearest', async (_, work) => {
  const { bench, context, steps } = await twoProfiles()
  const before = bench.settings()
  await expect(work(context)).rejects.toMatchObject({ code: 'usage', hint: expect.stringContaining('work') })
  expect(bench.settings()).toEqual(before)
  expect([...bench.entries.keys()]).toEqual(['work', 'home'])
  expect(steps()).toBeLessThan(2)
})

test('removing takes the secret and the profile, asks the service nothing, and leaves none current', async () => {
  const { bench, context, locked } = await twoProfiles()
  await removeProfile(context, 'work')
  expect(bench.settings()).toMatchObject({ current: null, profiles: { home: profile } })
  expect([...bench.entries.keys()]).toEqual(['home'])
  expect(bench.requests).toEqual([])
  expect(locked).toEqual(['work'])
})

test('removing takes the notes on unfinished work of that profile, and tells what they said', async () => {
  const { bench, context } = await twoProfiles()
  const note = { service: 'zectre', started_at: '2026-03-27T10:00:00Z', made: null, keeper: null }
  for (const profile of ['work', 'home']) bench.notes.set(profile, { ...note, id: profile, profile, name: 'ci' })
  await removeProfile(context, 'work')
  expect([...bench.notes.keys()]).toEqual(['home'])
  expect(bench.told).toEqual([expect.stringContaining('the key "ci"')])
})

test('notes that can not be read keep no profile from being removed', async () => {
  const { bench, context } = await twoProfiles()
  const left = () => Promise.reject(new Failure('failed', 'the notes can not be read'))
  await removeProfile({ ...context, unfinished: { ...context.unfinished, left } }, 'work')
  expect(Object.keys(bench.settings().profiles)).toEqual(['home'])
  expect(bench.told).toEqual(['the notes can not be read'])
})

test('removing another than the current one leaves that current', async () => {
  const { bench, context } = await twoProfiles()
  await removeProfile(context, 'home')
  expect(bench.settings().current).toBe('work')
})

test('a store that can not be used leaves profile and secret as they are', async () => {
  const { bench, context } = await twoProfiles({ dead: 0 })
  const before = bench.settings()
  for (const work of [removeProfile(context, 'work'), renameProfile(context, 'work', 'new')]) {
    await expect(work).rejects.toMatchObject({ exitCode: 8 })
  }
  expect(bench.settings()).toEqual(before)
  expect([...bench.entries.keys()]).toEqual(['work', 'home'])
})

test('renaming moves profile and secret, in their place, and the current one stays current', async () => {
  const { bench, context } = await twoProfiles()
  await renameProfile(context, 'work', 'office')
  expect(bench.settings().current).toBe('office')
  expect(Object.keys(bench.settings().profiles)).toEqual(['office', 'home'])
  expect(bench.entries.get('office')).toBe(SECRET)
  expect([...bench.entries.keys()]).toEqual(['home', 'office'])
})

test('a profile that holds no secret is renamed too', async () => {
  const { bench, context } = await twoProfiles()
  bench.entries.delete('work')
  await renameProfile(context, 'work', 'office')
  expect(Object.keys(bench.settings().profiles)).toEqual(['office', 'home'])
})

test.each([
  ['work', 'office', ['office', 'work']],
  ['work', 'zoo', ['work', 'zoo']],
])('both names are locked while %s becomes %s, always in one order', async (from, to, order) => {
  const { context, locked } = await twoProfiles()
  await renameProfile(context, from, to)
  expect(locked).toEqual(order)
})

test.each([
  ['one that is taken', 'home', 'usage'],
  ['itself', 'work', 'usage'],
  ['itself in capitals, which some keychains call the same', 'WORK', 'usage'],
  ['one that is no name', '../x', 'usage'],
])('renaming to %s is refused and changes nothing', async (_, to, code) => {
  const { bench, context, steps } = await twoProfiles()
  await expect(renameProfile(context, 'work', to)).rejects.toMatchObject({ code })
  expect(steps()).toBe(0)
  expect(bench.entries.get('work')).toBe(SECRET)
})

test.each(['wrok', 'WROK'])('renaming what is not there to its own name, %s, waits for no lock', async (to) => {
  const { context, locked } = await twoProfiles()
  await expect(renameProfile(context, 'wrok', to)).rejects.toMatchObject({ code: 'usage' })
  expect(locked).toEqual([])
})

test('a sign-in that waits under the new name is not overwritten', async () => {
  const { bench, context } = await twoProfiles()
  bench.put('office', recordOf('zec_EXAMPLE_waiting'))
  await expect(renameProfile(context, 'work', 'office')).rejects.toMatchObject({
    hint: /logout --local --profile office/,
  })
  expect(bench.entries.get('office')).toBe(encodeRecord(recordOf('zec_EXAMPLE_waiting')))
})

test('what keyturn did not write is left where it is', async () => {
  const { bench, context } = await twoProfiles()
  bench.entries.set('work', 'somebody else’s')
  await expect(renameProfile(context, 'work', 'office')).rejects.toMatchObject({ code: 'store_unusable' })
  expect([...bench.entries.keys()]).toEqual(['work', 'home'])
})

test.each([1, 2])(
  'a kill after step %d of a renaming leaves a profile with its secret, and it can be ended',
  async (dead) => {
    const { bench, context, real } = await twoProfiles({ dead })
    await expect(renameProfile(context, 'work', 'office')).rejects.toBeInstanceOf(Failure)
    const [name = ''] = Object.keys(bench.settings().profiles)
    expect(bench.settings().current).toBe(name)
    expect(bench.entries.get(name)).toBe(SECRET)
    if (name === 'work') await renameProfile(real, 'work', 'office')
    expect(bench.entries.get('office')).toBe(SECRET)
  },
)

test('settings that can not be written leave no copy of the secret', async () => {
  const { bench, context } = await twoProfiles()
  const settings = { ...context.settings, change: () => Promise.reject(new Failure('failed', 'the disk is full')) }
  await expect(renameProfile(whole({ ...context, settings }), 'work', 'office')).rejects.toThrow('the disk is full')
  expect([...bench.entries.keys()]).toEqual(['work', 'home'])
})

test('an old secret that can not be removed is said, with what removes it', async () => {
  const { context } = await twoProfiles({ dead: 2 })
  await expect(renameProfile(context, 'work', 'office')).rejects.toMatchObject({
    exitCode: 8,
    message: expect.stringMatching(/"work" is "office" now, but/),
    hint: expect.stringContaining('keyturn logout --local --profile work'),
  })
})

test('a store that keeps what it should remove, or loses what it should keep, is not believed', async () => {
  const { bench, context } = await twoProfiles()
  const keeping = { ...context, openStore: async () => ({ ...bench.store, remove: async () => true }) }
  await expect(removeProfile(keeping, 'work')).rejects.toMatchObject({ code: 'store_unusable' })
  const losing = { ...context, openStore: async () => ({ ...bench.store, write: async () => {} }) }
  await expect(renameProfile(losing, 'work', 'office')).rejects.toMatchObject({ code: 'store_unusable' })
  expect(Object.keys(bench.settings().profiles)).toEqual(['work', 'home'])
  expect(bench.entries.get('work')).toBe(SECRET)
})
