import { expect, test } from 'vitest'
import type { SecretRecord } from '../../src/secrets/record.ts'
import { explain, type Flags, type Source } from '../../src/session/explain.ts'
import { credentialInForce } from '../../src/session/in-force.ts'
import type { Profile, Settings } from '../../src/settings/settings.ts'
import { addressText } from '../../src/vocabulary/address.ts'
import type { Environment } from '../../src/vocabulary/environment.ts'
import { Failure, isFailure } from '../../src/vocabulary/failure.ts'
import { Secret } from '../../src/vocabulary/secret.ts'
import { expectNoSecret } from '../harness/no-secret.ts'
import { makeBench } from './bench.ts'

const KEY = 'zec_EXAMPLE_key'
const TOKEN = 'EXAMPLE.session.token'
const profile = (service: string, url: string): Profile => ({ service, url, store: 'file', user: null, created_at: '' })
const SETTINGS: Settings = {
  version: 1,
  current: 'zectre',
  consents: { file_store: true },
  profiles: {
    zectre: profile('zectre', 'https://z.example'),
    work: profile('restume', 'https://r.example'),
    empty: profile('zectre', 'https://e.example'),
  },
}
const recordOf = (name: string): SecretRecord => ({
  service: SETTINGS.profiles[name]?.service ?? '',
  url: SETTINGS.profiles[name]?.url ?? '',
  credential: { kind: 'api_key', key: new Secret(KEY), origin: 'given' },
  pending: null,
  outgoing: [],
})

const bench = await makeBench('zectre')

/** A person's machine, with what stands on the command line and in the environment as the composition root has it. */
const explained = async (flags: Flags, env: Environment, settings = SETTINGS) => {
  for (const name of ['zectre', 'work']) bench.put(name, recordOf(name))
  let opened = 0
  const context = bench.contextWith({
    profile: flags.profile ?? env.KEYTURN_PROFILE ?? null,
    service: flags.service ?? env.KEYTURN_SERVICE ?? null,
    url: flags.url ?? env.KEYTURN_URL ?? null,
    apiKey: env.KEYTURN_API_KEY ?? null,
    token: env.KEYTURN_TOKEN ?? null,
  })
  await context.settings.change(() => settings)
  const openStore = context.openStore
  context.openStore = (name) => {
    opened += 1
    return openStore(name)
  }
  const sources = await explain(context, flags, env)
  expectNoSecret(JSON.stringify(sources), KEY)
  expectNoSecret(JSON.stringify(sources), TOKEN)
  expect(bench.requests).toEqual([])
  return { sources, context, opened: () => opened }
}

const inBrief = (sources: Source[]) =>
  sources
    .filter(({ state }) => state !== 'unset')
    .map(({ about, source, value, state }) => `${about}: ${source} (${value}) ${state}`)
const whyOf = (sources: Source[], source: string) => sources.find((each) => each.source === source)?.why

test('of a stored credential the profile, its store and its address win', async () => {
  const { sources } = await explained({}, {})
  expect(inBrief(sources)).toEqual([
    "credential: the profile's file (an API key) wins",
    'profile: the current profile (zectre) wins',
    'service: the profile (zectre) wins',
    'address: the profile (https://z.example) wins',
  ])
})

test('a flag shadows a variable, and that the current profile', async () => {
  const { sources } = await explained({ profile: 'work' }, { KEYTURN_PROFILE: 'empty' })
  expect(inBrief(sources).filter((line) => line.startsWith('profile'))).toEqual([
    'profile: --profile (work) wins',
    'profile: KEYTURN_PROFILE (empty) shadowed',
    'profile: the current profile (zectre) shadowed',
  ])
  expect(whyOf(sources, 'KEYTURN_PROFILE')).toBe('--profile comes first')
})

test('a key in the environment shadows a token and every store, and no store is opened', async () => {
  const env = { KEYTURN_API_KEY: KEY, KEYTURN_TOKEN: TOKEN }
  const { sources, opened } = await explained({}, env)
  expect(inBrief(sources).slice(0, 3)).toEqual([
    'credential: KEYTURN_API_KEY (set) wins',
    'credential: KEYTURN_TOKEN (set) shadowed',
    "credential: the profile's file (not looked into) shadowed",
  ])
  expect(opened()).toBe(0)
})

test('with a credential and a service in the environment no profile counts, and the usual address does', async () => {
  const { sources } = await explained({}, { KEYTURN_TOKEN: TOKEN, KEYTURN_SERVICE: 'restume' })
  expect(inBrief(sources)).toContain('profile: the current profile (zectre) ignored')
  expect(inBrief(sources)).toContain("address: the service's usual address (http://localhost:8000) wins")
})

test('with these no place for settings is needed either, and without them it is', async () => {
  const away = async (env: Environment) => {
    const context = bench.contextWith({ apiKey: env.KEYTURN_API_KEY ?? null, service: env.KEYTURN_SERVICE ?? null })
    const read = () => Promise.reject(new Failure('failed', 'there is no place for files'))
    return explain({ ...context, settings: { ...context.settings, read } }, {}, env)
  }
  expect(inBrief(await away({ KEYTURN_API_KEY: KEY, KEYTURN_SERVICE: 'zectre' }))).toEqual([
    'credential: KEYTURN_API_KEY (set) wins',
    'service: KEYTURN_SERVICE (zectre) wins',
    "address: the service's usual address (http://localhost:47080) wins",
  ])
  await expect(away({ KEYTURN_API_KEY: KEY })).rejects.toThrow('no place')
  await expect(away({})).rejects.toThrow('no place')
})

test('an address in the environment does not count for a stored credential, and why is told', async () => {
  const { sources } = await explained({}, { KEYTURN_URL: 'https://else.example' })
  expect(inBrief(sources)).toContain('address: KEYTURN_URL (https://else.example) ignored')
  expect(whyOf(sources, 'KEYTURN_URL')).toContain('goes where it was made for')
})

test.each<[string, Flags, Environment, string, RegExp]>([
  ['a profile that is not there', { profile: 'nobody' }, {}, '--profile', /no such profile/],
  ['a profile without a credential', { profile: 'empty' }, {}, "the profile's file", /holds no credential/],
  ['a key for nobody knows what', {}, { KEYTURN_API_KEY: 'a b' }, 'KEYTURN_API_KEY', /no key and no token/],
])('%s is what would be used and can not be', async (_what, flags, env, source, why) => {
  const { sources } = await explained(flags, env)
  expect(sources.find((each) => each.source === source)).toMatchObject({
    state: 'unusable',
    why: expect.stringMatching(why),
  })
})

test('where nobody is signed in nothing wins', async () => {
  const { sources } = await explained({}, {}, { ...SETTINGS, current: null, profiles: {} })
  expect(inBrief(sources)).toEqual([])
})

const each = <T>(name: string, values: readonly T[]): Record<string, T>[] => [
  {},
  ...values.map((value) => ({ [name]: value })),
]
const together = <T>(...lists: Record<string, T>[][]): Record<string, T>[] =>
  lists.reduce((all, list) => all.flatMap((one) => list.map((other) => ({ ...one, ...other }))))

test('whatever is set, what is said to win is what a command takes', async () => {
  const environments = together(
    each('KEYTURN_API_KEY', [KEY]),
    each('KEYTURN_TOKEN', [TOKEN]),
    each('KEYTURN_PROFILE', ['work', 'empty']),
    each('KEYTURN_SERVICE', ['zectre', 'restume']),
    each('KEYTURN_URL', ['https://variable.example']),
  )
  const flags = together(each('profile', ['work', 'nobody']), each('url', ['https://flag.example']))
  for (const env of environments) {
    for (const flag of flags) {
      const { sources, context } = await explained(flag, env)
      const winner = (about: Source['about']) => {
        const winners = sources.filter((source) => source.about === about && source.state === 'wins')
        expect(winners.length).toBeLessThanOrEqual(1)
        return winners[0] ?? null
      }
      const taken = await credentialInForce(context).catch((error) => {
        if (isFailure(error)) return null
        throw error
      })
      const told = {
        credential: winner('credential') !== null,
        service: winner('service')?.value,
        url: winner('address')?.value,
      }
      if (taken === null) expect(told.credential, JSON.stringify({ env, flag })).toBe(false)
      else {
        const really = { credential: true, service: taken.service.name, url: addressText(taken.base) }
        expect(told, JSON.stringify({ env, flag })).toEqual(really)
      }
    }
  }
})
