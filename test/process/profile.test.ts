import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { printed } from '../harness/canary.ts'
import { freshHome, type Home } from '../harness/home.ts'
import { expectNoSecret } from '../harness/no-secret.ts'
import { keyturn } from '../harness/program.ts'
import { startInTerminal } from '../harness/terminal.ts'
import { KEY, USER, zectrePage } from './zectre-page.ts'

/** `work` and then `home`, which is the current one; their service is not asked for anything after that. */
const twoProfiles = async () => {
  const home = freshHome()
  const service = await zectrePage()
  for (const profile of ['work', 'home']) {
    const args = ['login', 'zectre', '--url', service.url, '--with-api-key', '--profile', profile]
    const login = await keyturn(args, { home, env: { KEYTURN_STORE: 'file' }, input: KEY })
    expect(login, login.stderr).toMatchObject({ code: 0 })
  }
  const before = service.requests.length
  return { home, service, asked: () => service.requests.length - before }
}

const settingsOf = (home: Home) => JSON.parse(readFileSync(join(home.config, 'settings.json'), 'utf8'))
const entriesOf = (home: Home) => JSON.parse(readFileSync(join(home.config, 'credentials.json'), 'utf8')).entries

test('profile list tells of every profile who, where and in which store, and reads no secret', async () => {
  const { home, service, asked } = await twoProfiles()
  const listed = await keyturn(['profile', 'list'], { home })
  expect(listed).toMatchObject({
    code: 0,
    stdout: ['work', 'home']
      .map((name) => `${name === 'home' ? '*' : ''}\t${name}\tzectre\t${USER.email}\t${service.url}\tfile\n`)
      .join(''),
    stderr: '',
  })
  const common = { service: 'zectre', url: service.url, store: 'file', org: null, created_at: expect.any(String) }
  const user = { id: USER.id, email: USER.email, username: null, name: USER.name }
  expect(JSON.parse((await keyturn(['profile', 'list', '--json'], { home })).stdout)).toEqual([
    { name: 'work', current: false, ...common, user },
    { name: 'home', current: true, ...common, user },
  ])
  expect(await keyturn(['profile', 'list', '--quiet'], { home })).toMatchObject({ stdout: 'work\nhome\n', stderr: '' })
  expect(asked()).toBe(0)
})

test('profile list on a terminal is a table', async () => {
  const { home } = await twoProfiles()
  const terminal = startInTerminal(['profile', 'list'], { home })
  const { code, screen } = await terminal.ended
  expect(code).toBe(0)
  expect(screen).toMatch(/NAME +SERVICE +ACCOUNT/)
  expect(screen).toMatch(/\* +home +zectre/)
})

test('without profiles the list is empty, makes nothing, and says how to make one', async () => {
  const home = freshHome()
  const result = await keyturn(['profile', 'list'], { home })
  expect(result).toMatchObject({ code: 0, stdout: '' })
  expect(result.stderr).toContain('keyturn login')
  expect(await keyturn(['profile', 'list', '--json'], { home })).toMatchObject({ code: 0, stdout: '[]\n' })
})

test('profile use makes another the one in use', async () => {
  const { home, asked } = await twoProfiles()
  const result = await keyturn(['profile', 'use', 'work'], { home })
  expect(result).toMatchObject({ code: 0, stdout: '' })
  expect(result.stderr).toContain('"work" is the profile in use')
  expect(settingsOf(home).current).toBe('work')
  const back = await keyturn(['profile', 'use', 'home', '--json'], { home })
  expect(JSON.parse(back.stdout)).toMatchObject({ name: 'home', current: true })
  expect(await keyturn(['profile', 'use', 'home', '--quiet'], { home })).toMatchObject({ stdout: '', stderr: '' })
  expect(asked()).toBe(0)
})

test.each([
  ['KEYTURN_PROFILE', 'home'],
  ['KEYTURN_API_KEY', KEY],
])('profile use tells of %s, which comes before it', async (variable, value) => {
  const { home } = await twoProfiles()
  const result = await keyturn(['profile', 'use', 'work'], { home, env: { [variable]: value } })
  expect(result.code).toBe(0)
  expect(result.stderr).toContain(`unset ${variable}`)
})

test.each([[['use', 'hme']], [['remove', 'hme', '--yes']], [['rename', 'hme', 'new']]])(
  'profile %j has no such profile: exit 2, and the nearest name',
  async (args) => {
    const { home } = await twoProfiles()
    const before = settingsOf(home)
    const result = await keyturn(['profile', ...args], { home })
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expect(result.stderr).toContain('did you mean home?')
    expect(settingsOf(home)).toEqual(before)
  },
)

test('profile remove asks nobody where there is no terminal, and names logout and --yes', async () => {
  const { home } = await twoProfiles()
  const result = await keyturn(['profile', 'remove', 'work'], { home })
  expect(result).toMatchObject({ code: 2, stdout: '' })
  for (const words of ['--yes', 'keyturn logout --profile work', 'key stays alive'])
    expect(result.stderr).toContain(words)
  expect(Object.keys(entriesOf(home))).toEqual(['work', 'home'])
})

test('profile remove --yes forgets profile and key, and says that the key is still alive and how to end it', async () => {
  const { home, asked } = await twoProfiles()
  const result = await keyturn(['profile', 'remove', 'home', '--yes'], { home })
  expect(result).toMatchObject({ code: 0, stdout: '' })
  for (const words of [USER.email, 'key stays alive at zectre', 'keys revoke', 'keyturn profile use work']) {
    expect(result.stderr).toContain(words)
  }
  expect(settingsOf(home)).toMatchObject({ current: null })
  expect(Object.keys(settingsOf(home).profiles)).toEqual(['work'])
  expect(Object.keys(entriesOf(home))).toEqual(['work'])
  const last = await keyturn(['profile', 'remove', 'work', '--yes', '--json'], { home })
  expect(JSON.parse(last.stdout)).toEqual({ name: 'work', removed: true })
  expect(asked()).toBe(0)
  expectNoSecret(result, KEY)
})

test.each([
  ['y', 0, ['home']],
  ['n', 130, ['work', 'home']],
])('profile remove on a terminal names what goes, and takes %s for an answer', async (answer, code, left) => {
  const { home } = await twoProfiles()
  const terminal = startInTerminal(['profile', 'remove', 'work'], { home })
  await terminal.waitFor(/remove profile "work" \(alice@example\.com, zectre\)\? its key stays alive at zectre/)
  terminal.type(answer)
  expect((await terminal.ended).code).toBe(code)
  expect(Object.keys(entriesOf(home))).toEqual(left)
  expect(terminal.settings().after).toBe(terminal.settings().before)
})

test('profile remove of one that is signed out speaks of no key', async () => {
  const { home } = await twoProfiles()
  await keyturn(['logout', '--local', '--profile', 'work'], { home })
  const asked = await keyturn(['profile', 'remove', 'work'], { home })
  expect(asked.code).toBe(2)
  expect(asked.stderr).not.toContain('alive')
  const removed = await keyturn(['profile', 'remove', 'work', '--yes'], { home })
  expect(removed.code).toBe(0)
  expect(removed.stderr).not.toContain('alive')
})

test('profile rename moves the secret along, and commands find it under the new name', async () => {
  const { home } = await twoProfiles()
  const result = await keyturn(['profile', 'rename', 'home', 'office', '--json'], { home })
  expect(result).toMatchObject({ code: 0 })
  expect(JSON.parse(result.stdout)).toMatchObject({ name: 'office', current: true, store: 'file' })
  expect(Object.keys(entriesOf(home))).toEqual(['work', 'office'])
  expect(await keyturn(['token'], { home })).toMatchObject({ code: 0, stdout: `${printed(KEY)}\n` })
  expect(await keyturn(['profile', 'rename', 'office', 'home', '--quiet'], { home })).toMatchObject({
    stdout: '',
    stderr: '',
  })
})

test.each([
  ['a name that is taken', 'home', 'keyturn profile remove home'],
  ['a name that is none', 'a/b', 'letters'],
])('profile rename to %s is refused: exit 2', async (_, to, words) => {
  const { home } = await twoProfiles()
  const result = await keyturn(['profile', 'rename', 'work', to], { home })
  expect(result).toMatchObject({ code: 2, stdout: '' })
  expect(result.stderr).toContain(words)
})

test('a profile that is named and is not there has its nearest name said', async () => {
  const { home } = await twoProfiles()
  const result = await keyturn(['status', '--profile', 'hme'], { home })
  expect(result).toMatchObject({ code: 4, stdout: '' })
  expect(result.stderr).toContain('did you mean home? else sign in: keyturn login --profile hme\n')
})

test.each([[['remove', 'work', '--yes']], [['rename', 'work', 'office']]])(
  'profile %j with a keychain that can not be used ends with 8 and changes nothing',
  async (args) => {
    const { home } = await twoProfiles()
    const path = join(home.config, 'settings.json')
    const text = readFileSync(path, 'utf8').replaceAll('"store": "file"', '"store": "keychain"')
    writeFileSync(path, text)
    expect(await keyturn(['profile', ...args], { home })).toMatchObject({ code: 8, stdout: '' })
    expect(readFileSync(path, 'utf8')).toBe(text)
  },
)

test('profile alone needs another word', async () => {
  expect(await keyturn(['profile'], { home: freshHome() })).toMatchObject({ code: 2, stdout: '' })
})
