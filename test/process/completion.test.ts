import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SCRIPTS, SHELLS } from '../../src/commands/completion-scripts.ts'
import { environment, NODE, PROGRAM, type Variables } from '../harness/environment.ts'
import { freshHome, type Home } from '../harness/home.ts'
import { SHOW_LOADED } from '../harness/loaded.ts'
import { expectNoSecret } from '../harness/no-secret.ts'
import { keyturn } from '../harness/program.ts'
import { startCommandInTerminal } from '../harness/terminal.ts'
import { KEY, ROUTES, zectrePage } from './zectre-page.ts'

const HOSTILE = '$(touch pwned) `touch pwned`; touch pwned'
const key = (id: string, name: string | null) => ({
  ...{ id, name, prefix: `zec_EXAMPLE_${id}`, scopes: ['*'], is_active: true },
  ...{ expires_at: null, last_used_at: null, created_at: '2026-03-27T10:00:00Z' },
})
const KEYS = [
  key('k1', 'dev@laptop (linux)'),
  key('k2', 'twice'),
  key('k3', 'twice'),
  key('k4', HOSTILE),
  key('k6', 'two\nlines\tand \u001b[2J'),
]

/** Profiles with a hyphen and an @, of which `me@work` is in use; its keys were listed once. */
const withKeys = async () => {
  const home = freshHome()
  const service = await zectrePage({ [ROUTES.KEYS]: { json: { data: KEYS } } })
  for (const profile of ['at-home', 'me@work']) {
    const args = ['login', 'zectre', '--url', service.url, '--with-api-key', '--profile', profile]
    expect(await keyturn(args, { home, env: { KEYTURN_STORE: 'file' }, input: KEY })).toMatchObject({ code: 0 })
  }
  expect(await keyturn(['keys', 'list'], { home })).toMatchObject({ code: 0 })
  return { home, service }
}

/** What is offered for the last of these words. */
const offered = async (words: string[], home: Home, env: Variables = {}): Promise<string[]> => {
  const result = await keyturn(['__complete', String(words.length - 1), ...words], { home, env })
  expect(result, result.stderr).toMatchObject({ code: 0, stderr: '' })
  return result.stdout.split('\n').filter(Boolean)
}
const wordsOffered = async (words: string[], home: Home, env: Variables = {}) =>
  (await offered(words, home, env)).map((line) => line.split('\t')[0] ?? '')

describe('what is offered', () => {
  test.each<[string, string[], string[]]>([
    ['the commands', ['log'], ['login', 'logout']],
    ['the commands behind a global option and its value', ['--service', 'zectre', 'sta'], ['status']],
    ['the words of a command', ['keys', 're'], ['revoke']],
    ['the commands to be helped with', ['help', 'prof'], ['profile']],
    ['the pages of help', ['help', 'e'], ['exec', 'environment', 'exit-codes']],
    ['a page of help that is about all commands', ['help', 'opt'], ['options']],
    ['the words of a command to be helped with', ['help', 'keys', 're'], ['revoke']],
    ['nothing behind a page of help', ['help', 'json', ''], []],
    ['the services where one is wanted', ['login', ''], ['restume', 'zectre', 'curate-me']],
    ['the services of --service', ['status', '--service', 'z'], ['zectre']],
    ['the choices of an option', ['login', '--store', ''], ['keychain', 'file']],
    ['the choices behind =', ['login', '--store=k'], ['--store=keychain']],
    ['the shells', ['completion', ''], [...SHELLS]],
    ['flags of the command and of all commands', ['exec', '--re'], ['--redact']],
    ['flags of all commands', ['keys', 'list', '--qu'], ['--quiet']],
    ['flags before any command', ['--no-i'], ['--no-input']],
    ['help', ['keys', 'list', '--he'], ['--help']],
    ['files for a file', ['api', '/v1', '--input', ''], [':files']],
    ['commands for exec', ['exec', '--env', 'A', '--', ''], [':commands']],
    ['files for the arguments of what exec runs', ['exec', '--', 'ls', '--'], [':files']],
    ['nothing for a text', ['login', '--device-name', ''], []],
    ['nothing for one argument too many', ['login', 'zectre', ''], []],
    ['nothing behind an unknown command', ['lgin', ''], []],
  ])('is %s', async (_, words, expected) => {
    expect(await wordsOffered(words, freshHome())).toEqual(expected)
  })

  test('comes with what it means', async () => {
    expect(await offered(['logi'], freshHome())).toEqual(['login\tsign in'])
    expect(await offered(['exec', '--env'], freshHome())).toEqual(['--env\tput it into this variable instead'])
  })

  test('is nothing secret, nothing from the network, and nothing that has to be made first', async () => {
    const home = freshHome()
    for (const words of [
      ['profile', 'use', ''],
      ['keys', 'revoke', ''],
    ])
      expect(await offered(words, home)).toEqual([])
    expect(existsSync(home.config)).toBe(false)
  })

  test('has profiles and the names of keys, as they were when they were listed', async () => {
    const { home, service } = await withKeys()
    const before = service.requests.length
    for (const words of [
      ['profile', 'use', ''],
      ['profile', 'rename', ''],
      ['status', '--profile', ''],
    ]) {
      expect(await wordsOffered(words, home)).toEqual(['at-home', 'me@work'])
    }
    expect(await wordsOffered(['profile', 'rename', 'at-home', ''], home)).toEqual([])
    expect(await wordsOffered(['status', '--profile=me'], home)).toEqual(['--profile=me@work'])
    expect(await offered(['keys', 'revoke', ''], home)).toEqual([
      'dev@laptop (linux)\tzec_EXAMPLE_k1',
      'k1\tdev@laptop (linux)',
      'zec_EXAMPLE_k1\tdev@laptop (linux)',
      ...['k2\ttwice', 'zec_EXAMPLE_k2\ttwice', 'k3\ttwice', 'zec_EXAMPLE_k3\ttwice'],
      ...[`${HOSTILE}\tzec_EXAMPLE_k4`, `k4\t${HOSTILE}`, `zec_EXAMPLE_k4\t${HOSTILE}`],
    ])
    expect(await wordsOffered(['keys', 'revoke', 'k1', 'k3'], home)).toEqual(['k3'])
    expect(await wordsOffered(['keys', 'revoke', '--profile', 'at-home', ''], home)).toEqual([])
    expect(service.requests).toHaveLength(before)
  })

  test('has no keys of a profile where another credential is in force', async () => {
    const { home } = await withKeys()
    expect(await offered(['keys', 'revoke', ''], home, { KEYTURN_API_KEY: KEY })).toEqual([])
  })

  test('forgets the keys of a profile that is renamed or removed', async () => {
    const { home } = await withKeys()
    await keyturn(['profile', 'rename', 'me@work', 'work'], { home })
    expect(readFileSync(join(home.config, 'key-names.json'), 'utf8')).not.toContain('k1')
  })

  test('loads neither server nor keychain nor anything that talks to a service', async () => {
    const home = freshHome()
    const show = join(home.path, 'loaded.cjs')
    writeFileSync(show, SHOW_LOADED)
    const loaded = execFileSync(
      'sh',
      ['-c', `"${NODE}" -r "${show}" "${PROGRAM}" __complete 1 profile '' 2>&1 >/dev/null`],
      {
        encoding: 'utf8',
        env: environment(home),
      },
    )
    expect(loaded).toMatch(/chunks\/core-/)
    expect(loaded).not.toMatch(/server|keychain|keyring|client|ora-|dist-|open-/)
  })
})

describe('the names of the keys', () => {
  test('lie in a private file, with no secret', async () => {
    const { home } = await withKeys()
    const path = join(home.config, 'key-names.json')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expectNoSecret(readFileSync(path, 'utf8'), KEY)
  })

  test('are not written for a credential of the environment', async () => {
    const home = freshHome()
    const service = await zectrePage({ [ROUTES.KEYS]: { json: { data: KEYS } } })
    const env = { KEYTURN_API_KEY: KEY, KEYTURN_SERVICE: 'zectre', KEYTURN_URL: service.url }
    expect(await keyturn(['keys', 'list'], { home, env })).toMatchObject({ code: 0 })
    expect(existsSync(home.config)).toBe(false)
  })

  test('are missed by nobody where they can not be written', async () => {
    const { home } = await withKeys()
    const path = join(home.config, 'key-names.json')
    execFileSync('rm', [path])
    mkdirSync(path)
    expect(await keyturn(['keys', 'list', '--quiet'], { home })).toMatchObject({ code: 0, stderr: '' })
    expect((await keyturn(['__complete', '2', 'keys', 'revoke', ''], { home })).stdout).toBe('')
  })
})

describe('the script', () => {
  test.each(SHELLS)('for %s is printed alone, and as JSON', async (shell) => {
    const home = freshHome()
    for (const flag of [[], ['--quiet']]) {
      const result = await keyturn(['completion', shell, ...flag], { home })
      expect(result).toMatchObject({ code: 0, stdout: SCRIPTS[shell], stderr: '' })
    }
    const { stdout } = await keyturn(['completion', shell, '--json'], { home })
    expect(JSON.parse(stdout)).toEqual({ shell, script: SCRIPTS[shell] })
  })

  test.each([
    ['/usr/bin/fish', 'fish'],
    ['/opt/pwsh', 'powershell'],
  ] as const)('is that of $SHELL %s unless one is named', async (SHELL, shell) => {
    const result = await keyturn(['completion'], { home: freshHome(), env: { SHELL } })
    expect(result.stdout).toBe(SCRIPTS[shell])
  })

  test.each([
    ['a shell nobody knows', ['completion', 'csh'], {}],
    ['none named and none known', ['completion'], { SHELL: '/bin/csh' }],
    ['none at all', ['completion'], {}],
  ])('for %s is a wrong command line, with the list', async (_, args, env) => {
    const result = await keyturn(args, { home: freshHome(), env })
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expect(result.stderr).toContain('bash')
    expect(result.stderr).toContain('powershell')
  })

  const CHECKS = [
    { shell: 'bash', command: 'bash', args: ['-n'] },
    { shell: 'zsh', command: 'zsh', args: ['-n'] },
    { shell: 'fish', command: 'fish', args: ['--no-execute'] },
  ] as const
  const here = CHECKS.filter(({ command }) => spawnSync(command, ['--version']).status === 0)

  test.each(here)('for $shell is understood by $command', ({ shell, command, args }) => {
    const { status, stderr } = spawnSync(command, args, { input: SCRIPTS[shell], encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })
})

describe('completion --install', () => {
  test('in a folder with blanks and quotes in its name says what can be typed all the same', async () => {
    const home = freshHome()
    const data = join(home.path, "it's mine")
    const env = { SHELL: '/bin/zsh', XDG_DATA_HOME: data }
    const { stderr } = await keyturn(['completion', '--install'], { home, env })
    const [, undo = ''] = /to undo it: (rm .*)/.exec(stderr) ?? []
    const [, line = ''] = /(fpath\+=.*)/.exec(stderr) ?? []
    const file = join(data, 'zsh', 'site-functions', '_keyturn')
    expect(existsSync(file)).toBe(true)
    const done = spawnSync('bash', ['-c', `${line}; echo "$fpath"; ${undo}`], { encoding: 'utf8' })
    expect(done).toMatchObject({ status: 0, stderr: '', stdout: `${dirname(file)}\n` })
    expect(existsSync(file)).toBe(false)
  })

  test.each([
    ['bash', '.local/share/bash-completion/completions/keyturn', /bash-completion/],
    ['fish', '.config/fish/completions/keyturn.fish', /from now on/],
    ['zsh', '.local/share/zsh/site-functions/_keyturn', /fpath\+=\(.*\/site-functions\)/],
  ] as const)(
    'puts the script for %s where it looks, and says what was done and how to undo it',
    async (shell, path, next) => {
      const home = freshHome()
      const file = join(home.path, path)
      const result = await keyturn(['completion', '--install'], { home, env: { SHELL: `/bin/${shell}` } })
      expect(result).toMatchObject({ code: 0, stdout: '' })
      expect(result.stderr).toContain(file)
      expect(result.stderr).toContain(`rm ${file}\n`)
      expect(result.stderr).toMatch(next)
      expect(readFileSync(file, 'utf8')).toBe(SCRIPTS[shell])
      const again = await keyturn(['completion', shell, '--install', '--json'], { home })
      expect(JSON.parse(again.stdout)).toMatchObject({ shell, path: file })
      expect(await keyturn(['completion', shell, '--install', '--quiet'], { home })).toMatchObject({
        stdout: `${file}\n`,
        stderr: '',
      })
    },
  )

  test('follows XDG_DATA_HOME and XDG_CONFIG_HOME', async () => {
    const home = freshHome()
    const env = { XDG_DATA_HOME: join(home.path, 'data'), XDG_CONFIG_HOME: join(home.path, 'settings') }
    await keyturn(['completion', 'bash', '--install'], { home, env })
    await keyturn(['completion', 'fish', '--install'], { home, env })
    expect(existsSync(join(home.path, 'data/bash-completion/completions/keyturn'))).toBe(true)
    expect(existsSync(join(home.path, 'settings/fish/completions/keyturn.fish'))).toBe(true)
  })

  test('tells the line for PowerShell, and writes nothing', async () => {
    const home = freshHome()
    const result = await keyturn(['completion', 'powershell', '--install'], { home })
    expect(result).toMatchObject({ code: 0, stdout: '' })
    expect(result.stderr).toContain('$PROFILE')
    expect(existsSync(join(home.path, '.local'))).toBe(false)
  })

  test('where nothing can be written is a failure that says so', async () => {
    const home = freshHome()
    writeFileSync(join(home.path, '.local'), 'in the way')
    const result = await keyturn(['completion', 'bash', '--install'], { home })
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toContain('.local/share/bash-completion')
  })
})

/** Takes back what was typed. */
const CTRL_U = '\u0015'

describe('in a real bash', () => {
  const withProgram = (home: Home): Variables => {
    const folder = join(home.path, 'bin')
    mkdirSync(folder)
    writeFileSync(join(folder, 'keyturn'), `#!/bin/sh\nexec "${NODE}" "${PROGRAM}" "$@"\n`)
    chmodSync(join(folder, 'keyturn'), 0o755)
    return { PATH: `${folder}${delimiter}${process.env.PATH}` }
  }
  /** Drives the function as bash itself does. */
  const DRIVE = `eval "$2"
    COMP_LINE=$1 COMP_POINT=\${#1}; _keyturn; printf '%s\\n' "\${COMPREPLY[@]}"`
  const replies = (line: string, home: Home, env: Variables): string[] => {
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', DRIVE, 'bash', line, SCRIPTS.bash], {
      encoding: 'utf8',
      cwd: home.path,
      env: environment(home, env),
    })
    expect(stderr).toBe('')
    return stdout.split('\n').filter(Boolean)
  }

  test('commands, flags, profiles with an @ and names with blanks are completed, and quoted', async () => {
    const { home } = await withKeys()
    const env = withProgram(home)
    const cases: [string, string[]][] = [
      ['keyturn logo', ['logout']],
      ['keyturn keys ', ['create', 'list', 'revoke', 'rotate']],
      ['keyturn login --store ', ['keychain', 'file']],
      ['keyturn login --store=f', ['file']],
      ['keyturn profile use me', ['me@work']],
      ['keyturn profile use me@w', ['work']],
      ['keyturn status --profile=me@w', ['work']],
      ['keyturn keys revoke dev', ['dev@laptop\\ \\(linux\\)']],
      ['keyturn keys revoke dev@laptop\\ \\(l', ['laptop\\ \\(linux\\)']],
    ]
    for (const [line, expected] of cases) expect(replies(line, home, env), line).toEqual(expected)
  })

  test('a name from a service runs nothing', async () => {
    const { home } = await withKeys()
    const [reply = ''] = replies('keyturn keys revoke $', home, withProgram(home))
    const echoed = execFileSync('bash', ['-c', `printf %s ${reply}`], { cwd: home.path, encoding: 'utf8' })
    expect(echoed).toBe(HOSTILE)
    expect(existsSync(join(home.path, 'pwned'))).toBe(false)
  })

  test('Tab completes', async () => {
    const home = freshHome()
    writeFileSync(join(home.path, 'rc'), `PS1='ready> '\n${SCRIPTS.bash}`)
    writeFileSync(join(home.path, 'body.json'), '{}')
    const bash = ['bash', '--noprofile', '--rcfile', join(home.path, 'rc'), '-i']
    const terminal = startCommandInTerminal(bash, { home, env: withProgram(home) })
    await terminal.waitFor('ready>')
    terminal.type('keyturn prof\tli\t')
    await terminal.waitFor('keyturn profile list')
    terminal.type(`${CTRL_U}keyturn api --input bo\t`)
    await terminal.waitFor('--input body.json')
    terminal.type(`${CTRL_U}exit\r`)
    await terminal.ended
  })
})
