import * as fs from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { configFolder } from '../src/settings/config-folder.ts'
import { changeSettings, findProfile, isProfileName, type Profile, settingsReader } from '../src/settings/settings.ts'
import { freshFolder, NEVER, realTools } from './files/tools.ts'

const PROFILE: Profile = {
  service: 'zectre',
  url: 'http://localhost:47080',
  store: 'keychain',
  admin_url: 'http://localhost:47083',
  org: 'org_1',
  user: { id: '1', email: 'ada@example.org', username: null, name: 'Ada' },
  created_at: '2026-11-21T07:00:00.000Z',
}

const withProfile = (name: string, changes: Partial<Profile> = {}) => ({
  version: 1,
  current: name,
  consents: { file_store: true },
  profiles: { [name]: { ...PROFILE, ...changes } },
})

const folderWith = (content: unknown): string => {
  const folder = freshFolder()
  fs.writeFileSync(join(folder, 'settings.json'), JSON.stringify(content), { mode: 0o600 })
  return folder
}

describe('the config folder', () => {
  test.each([
    [
      'KEYTURN_CONFIG_DIR before all else',
      'linux',
      { KEYTURN_CONFIG_DIR: '/k', XDG_CONFIG_HOME: '/x', HOME: '/h' },
      '/k',
    ],
    ['XDG_CONFIG_HOME next', 'linux', { XDG_CONFIG_HOME: '/x', HOME: '/h' }, '/x/keyturn'],
    ['XDG_CONFIG_HOME on a Mac too', 'darwin', { XDG_CONFIG_HOME: '/x', HOME: '/h' }, '/x/keyturn'],
    ['not a relative XDG_CONFIG_HOME', 'linux', { XDG_CONFIG_HOME: 'x', HOME: '/h' }, '/h/.config/keyturn'],
    [
      'not an empty variable',
      'linux',
      { KEYTURN_CONFIG_DIR: '', XDG_CONFIG_HOME: '', HOME: '/h' },
      '/h/.config/keyturn',
    ],
    ['the usual place of macOS', 'darwin', { HOME: '/h' }, '/h/Library/Application Support/keyturn'],
    ['the usual place of Windows', 'win32', { APPDATA: '/a', HOME: '/h' }, '/a/keyturn'],
  ] as const)('is %s', (_, platform, env, folder) => {
    expect(configFolder(env, platform)).toBe(folder)
  })

  test.each([
    ['HOME', 'linux'],
    ['HOME', 'darwin'],
    ['APPDATA', 'win32'],
  ] as const)('is nowhere without %s on %s, which is said', (name, platform) => {
    expect(() => configFolder({}, platform)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining(name),
        hint: expect.stringContaining('KEYTURN_CONFIG_DIR'),
      }),
    )
  })
})

describe('settings', () => {
  test('are empty where there are none, and reading makes nothing', async () => {
    const folder = join(freshFolder(), 'keyturn')
    const settings = await settingsReader(() => folder, realTools())(NEVER)
    expect(settings).toEqual({ version: 1, current: null, consents: { file_store: false }, profiles: {} })
    expect(fs.existsSync(folder)).toBe(false)
  })

  test('are there for the next run, private', async () => {
    const folder = join(freshFolder(), 'keyturn')
    const changed = await changeSettings(folder, realTools(), NEVER, (old) => ({
      ...old,
      current: 'work',
      profiles: { ...old.profiles, work: PROFILE },
    }))
    expect(await settingsReader(() => folder, realTools())(NEVER)).toEqual(changed)
    expect(fs.statSync(join(folder, 'settings.json')).mode & 0o777).toBe(0o600)
    expect(fs.readdirSync(folder)).toEqual(['settings.json'])
  })

  test('keep what another version of keyturn put in', async () => {
    const content = { ...withProfile('work', { colour: 'blue' } as Partial<Profile>), theme: 'dark' }
    const folder = folderWith({ ...content, consents: { ...content.consents, other: true } })
    await changeSettings(folder, realTools(), NEVER, (old) => ({ ...old, current: null }))
    expect(JSON.parse(fs.readFileSync(join(folder, 'settings.json'), 'utf8'))).toEqual({
      ...content,
      current: null,
      consents: { file_store: true, other: true },
    })
  })

  test('of an older and barer kind are filled in', async () => {
    const folder = folderWith({ version: 1, profiles: { work: { service: 'zectre', url: 'http://x', store: 'file' } } })
    const { profiles, consents, current } = await settingsReader(() => folder, realTools())(NEVER)
    expect({ consents, current }).toEqual({ consents: { file_store: false }, current: null })
    expect(profiles.work).toMatchObject({ admin_url: null, org: null, user: null, created_at: '' })
  })

  test.each([
    ['the profiles are a list', { version: 1, profiles: [] }],
    ['a profile has no address', { version: 1, profiles: { a: { service: 'zectre', store: 'file' } } }],
    ['a profile is kept nowhere that is known', withProfile('a', { store: 'cloud' as 'file' })],
    ['the current profile is a number', { version: 1, current: 7 }],
  ])('in which %s are set aside and a person is told which file', async (_, content) => {
    const folder = folderWith(content)
    const tools = realTools()
    expect((await settingsReader(() => folder, tools)(NEVER)).profiles).toEqual({})
    expect(tools.told.join()).toContain(join(folder, 'settings.json.damaged-'))
  })

  test('of a newer keyturn are refused and stay as they are', async () => {
    const folder = folderWith({ version: 2 })
    await expect(settingsReader(() => folder, realTools())(NEVER)).rejects.toMatchObject({
      code: 'failed',
      hint: /update/,
    })
    expect(fs.readFileSync(join(folder, 'settings.json'), 'utf8')).toBe('{"version":2}')
  })

  test.each(['constructor', '__proto__', 'toString'])('have no profile "%s" until somebody makes it', async (name) => {
    const folder = freshFolder()
    const tools = realTools()
    expect(findProfile(await settingsReader(() => folder, tools)(NEVER), name)).toBeNull()
    await changeSettings(folder, tools, NEVER, (old) => ({ ...old, profiles: { ...old.profiles, [name]: PROFILE } }))
    expect(findProfile(await settingsReader(() => folder, tools)(NEVER), name)).toEqual(PROFILE)
  })
})

describe('a profile name', () => {
  test.each(['zectre', 'me@work.example', 'a', '_a', 'A-1', 'x'.repeat(64)])('may be %s', (name) => {
    expect(isProfileName(name)).toBe(true)
  })

  test.each(['', '-a', '.a', 'a b', 'a/b', 'é', 'a\n', 'x'.repeat(65), 'keyturn probe', '$(id)'])(
    'may not be %j',
    (name) => {
      expect(isProfileName(name)).toBe(false)
    },
  )
})
