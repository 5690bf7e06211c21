/** Every finding that needs nothing of the machine but what it is handed. */
import { expect, test } from 'vitest'
import type { Finding } from '../../src/doctor/finding.ts'
import { examineKeychain, type Need } from '../../src/doctor/keychain.ts'
import { examinePlace, examineProgram } from '../../src/doctor/program.ts'
import { examineBrowser, examineTerminal } from '../../src/doctor/terminal.ts'
import { examineVariables } from '../../src/doctor/variables.ts'
import type { Store } from '../../src/secrets/store.ts'
import type { Settings } from '../../src/settings/settings.ts'
import { Failure } from '../../src/vocabulary/failure.ts'
import { NEVER } from '../files/tools.ts'
import { expectNoSecret } from '../harness/no-secret.ts'
import { makeMemoryStore } from '../memory-store.ts'

const KEY = 'zec_EXAMPLE_of_a_key'
const inBrief = ({ level, detail }: Finding) => `${level}: ${detail}`

const PROGRAM = { version: '1.2.3', nodeVersion: 'v20.19.0', platform: 'linux', arch: 'x64' } as const

test.each([
  ['v20.19.0', 'good'],
  ['v26.1.0', 'good'],
  ['v20.18.3', 'failure'],
  ['v18.20.0', 'failure'],
])('Node %s is %s', (nodeVersion, level) => {
  const found = examineProgram({ ...PROGRAM, nodeVersion })
  expect(found).toMatchObject({ level, name: 'keyturn' })
  expect(found.detail).toMatch(/^1\.2\.3 on Node \d+\.\d+\.\d, Linux .* x64/)
})

test.each([
  ['a desktop', { WAYLAND_DISPLAY: 'w' }, false, 'good: this machine itself, Wayland display'],
  ['SSH with a display', { SSH_TTY: '/dev/pts/0', DISPLAY: ':10' }, false, 'good: an SSH session, X display'],
  ['WSL', { WSL_DISTRO_NAME: 'Debian' }, false, 'good: WSL'],
  ['a CI job in a container', { CI: 'true' }, true, 'good: a container, a CI job'],
])('%s is told', (_what, env, container, said) => expect(inBrief(examinePlace(env, container))).toBe(said))

const TERMINAL = { env: { TERM: 'xterm' }, stdin: true, stdout: true, stderr: true, columns: 80, interactive: true }

test.each([
  ['a whole one', { coloured: true }, 'good: 80 columns, TERM=xterm, colour'],
  [
    'one whose answer goes to a pipe',
    { coloured: false, stdout: false },
    'good: 80 columns, TERM=xterm, no colour, stdout redirected',
  ],
  [
    'one in which nothing may be asked',
    { coloured: true, interactive: false },
    'good: 80 columns, TERM=xterm, colour, nothing is asked here',
  ],
  ['a narrow one', { coloured: true, columns: 30 }, 'warning: 30 columns, TERM=xterm, colour'],
  [
    'none',
    { coloured: false, stdin: false, stdout: false, stderr: false },
    'note: there is none, so nothing is asked and nothing animated',
  ],
])('a terminal: %s', (_what, changes, said) => expect(inBrief(examineTerminal({ ...TERMINAL, ...changes }))).toBe(said))

const BROWSER = {
  env: {},
  platform: 'linux' as NodeJS.Platform,
  obstacle: null,
  find: (name: string) => `/bin/${name}`,
}
const nowhere = { find: () => null }

test.each([
  ['the usual one', {}, 'good: /bin/xdg-open'],
  ['on a Mac', { platform: 'darwin' as const }, 'good: /bin/open'],
  ['in WSL', { env: { WSL_DISTRO_NAME: 'Debian' } }, 'good: /bin/powershell.exe'],
  [
    'KEYTURN_BROWSER before BROWSER',
    { env: { KEYTURN_BROWSER: 'a', BROWSER: 'b' } },
    'good: /bin/a, by KEYTURN_BROWSER',
  ],
  [
    'an application of a Mac',
    { platform: 'darwin' as const, env: { BROWSER: 'Safari' }, ...nowhere },
    'good: Safari, by BROWSER',
  ],
  ['none that is found', nowhere, 'warning: xdg-open is not found, so links must be opened by hand'],
  [
    'a wrong name',
    { env: { BROWSER: 'b' }, ...nowhere },
    'warning: b, by BROWSER is not found, so links must be opened by hand',
  ],
  [
    'none, and why',
    { obstacle: 'this is an SSH session' },
    'note: none is opened, links are shown: this is an SSH session',
  ],
])('a browser: %s', (_what, changes, said) => expect(inBrief(examineBrowser({ ...BROWSER, ...changes }))).toBe(said))

const keychains = (store: Store, need: Need, times = [0, 12], profiles: string[] = []) =>
  examineKeychain({
    open: async () => store,
    owner: async () => 'gnome-keyring-daemon',
    need,
    profiles,
    clock: { now: () => 0, monotonic: () => times.shift() ?? 0 },
    signal: NEVER,
  })

const keychain = async (...given: Parameters<typeof keychains>) => (await keychains(...given))[0]!

const broken: Store = {
  ...makeMemoryStore(new Map()),
  write: async () => {
    throw new Failure('store_locked', 'the OS keychain is locked', { hint: 'unlock it' })
  },
}

test('a keychain that works is named with who answers for it and how long it took, and nothing is left in it', async () => {
  const entries = new Map<string, string>()
  const found = await keychain(makeMemoryStore(entries), 'usual')
  expect(found.level).toBe('good')
  expect(found.detail).toMatch(/, by gnome-keyring-daemon: written, read, removed in 12 ms$/)
  expect([...entries]).toEqual([])
})

test('a keychain that takes its time is worth a look', async () => {
  expect(await keychain(makeMemoryStore(new Map()), 'usual', [0, 2001])).toMatchObject({ level: 'warning' })
})

test.each<[Need, string]>([
  ['demanded', 'failure'],
  ['usual', 'warning'],
  ['spare', 'note'],
])('a keychain that is broken and %s is a %s', async (need, level) => {
  const found = await keychain(broken, need)
  expect(found.level).toBe(level)
  expect(found.detail).toContain('the OS keychain is locked')
  expect(found.hint).toBe(need === 'spare' ? null : 'unlock it')
})

test('a keychain that has nothing for a profile is told, with the way to sign in', async () => {
  const found = await keychains(makeMemoryStore(new Map([['held', 'x']])), 'demanded', [0, 1], ['held', 'lost'])
  expect(found.slice(1)).toMatchObject([{ level: 'note', hint: 'sign in: keyturn login --profile lost' }])
})

test('a mistake of ours is no state of a keychain', async () => {
  const mistaken = { ...broken, write: () => Promise.reject(new TypeError('ours')) }
  await expect(keychain(mistaken, 'usual')).rejects.toThrow('ours')
})

const profile = { service: 'zectre', url: 'https://z.example', store: 'file' as const, user: null, created_at: '' }
const SETTINGS: Settings = {
  version: 1,
  current: 'zectre',
  consents: { file_store: true },
  profiles: { zectre: profile, work: profile },
}
const EMPTY = { ...SETTINGS, current: null, profiles: {} }

test.each<[string, Record<string, string>, Settings | null, string[]]>([
  ['none', { PATH: '/bin' }, SETTINGS, ["good: none of keyturn's is set"]],
  [
    'a key over profiles',
    { KEYTURN_API_KEY: KEY },
    SETTINGS,
    ['warning: KEYTURN_API_KEY is set and wins over every profile'],
  ],
  ['a key alone', { KEYTURN_API_KEY: KEY }, EMPTY, ['note: KEYTURN_API_KEY is set, and is the credential in use']],
  [
    'a key and a token',
    { KEYTURN_TOKEN: KEY, KEYTURN_API_KEY: KEY },
    null,
    ['warning: KEYTURN_API_KEY is set and wins over KEYTURN_TOKEN', 'note: KEYTURN_TOKEN is set'],
  ],
  [
    'a key with a line end in it',
    { KEYTURN_API_KEY: `${KEY}\n` },
    EMPTY,
    ['failure: KEYTURN_API_KEY holds something that is no key and no token: it has blanks or odd characters'],
  ],
  [
    'another profile',
    { KEYTURN_PROFILE: 'work' },
    SETTINGS,
    ['note: KEYTURN_PROFILE=work is in use, in place of zectre'],
  ],
  [
    'a profile that is not there',
    { KEYTURN_PROFILE: 'wrok' },
    SETTINGS,
    ['failure: KEYTURN_PROFILE=wrok is no profile'],
  ],
  ['no service', { KEYTURN_SERVICE: 'zecter' }, SETTINGS, ['failure: KEYTURN_SERVICE=zecter is no service']],
  [
    'others',
    { KEYTURN_STORE: 'file', KEYTURN_CONFIG_DIR: '/c' },
    EMPTY,
    ['note: KEYTURN_CONFIG_DIR, KEYTURN_STORE are set'],
  ],
])('variables: %s', (_what, env, settings, said) => {
  const found = examineVariables(env, settings)
  expect(found.map(inBrief)).toEqual(said)
  expectNoSecret(JSON.stringify(found), KEY)
  for (const { level, hint } of found) expect(hint === null).toBe(level === 'good' || level === 'note')
})
