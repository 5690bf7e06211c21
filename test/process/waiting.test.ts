/** What a person can do while a sign-in waits for the browser, and at the questions before it. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { NODE, PROGRAM } from '../harness/environment.ts'
import { freshHome, type Home } from '../harness/home.ts'
import { keyturn } from '../harness/program.ts'
import type { Script } from '../harness/service.ts'
import { CTRL_C, ENTER, startCommandInTerminal, startInTerminal, type Terminal } from '../harness/terminal.ts'
import { CODE, completed, expired, killedWhileWaiting, pending, ROUTES, USER, zectrePage } from './zectre-page.ts'

const FILE = { KEYTURN_STORE: 'file' }
const ESC = '\u001b'
const CTRL_D = '\u0004'
const CTRL_Z = '\u001a'
const SHOW_CURSOR = '\u001b[?25h'
const HIDE_CURSOR = '\u001b[?25l'
const KEYS_LINE = 'c copy code  u copy address  q QR code  n ask now  Esc cancel'

interface Setting {
  script?: Script
  args?: string[]
  env?: Record<string, string>
  columns?: number
}

/** A sign-in that waits, in a terminal. */
const waitingSignIn = async (setting: Setting = {}) => {
  const home = freshHome()
  const service = await zectrePage({ [ROUTES.STATUS]: [pending], ...setting.script })
  const link = `${service.url}/auth/cli?code=${CODE}`
  const terminal = startInTerminal(['login', 'zectre', '--url', service.url, ...(setting.args ?? ['--no-browser'])], {
    home,
    env: { ...FILE, ...setting.env },
    ...(setting.columns === undefined ? {} : { columns: setting.columns }),
  })
  return { home, service, link, terminal }
}

const expectRestored = (terminal: Terminal) => {
  expect(terminal.settings().after).not.toBe('')
  expect(terminal.settings().after).toBe(terminal.settings().before)
  const printed = terminal.printed()
  expect(printed.lastIndexOf(SHOW_CURSOR)).toBeGreaterThanOrEqual(printed.lastIndexOf(HIDE_CURSOR))
}

const tool = (home: Home, name: string, script: string): string => {
  const folder = join(home.path, 'bin')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(folder, name), 0o755)
  return folder
}

test('the keys are named once, and each does what it says', async () => {
  const { terminal, link } = await waitingSignIn()
  await terminal.waitFor(KEYS_LINE)
  await terminal.waitFor(/09:5\d left · last answer 0 s ago/)
  terminal.type('c')
  await terminal.waitFor(/the code went to the terminal/)
  terminal.type('U')
  await terminal.waitFor(/the address went to the terminal/)
  const taken = [...terminal.printed().matchAll(/\u001b\]52;c;([\w+/=]+)\u0007/g)]
  expect(taken.map(([, text]) => Buffer.from(text ?? '', 'base64').toString())).toEqual([CODE, link])
  terminal.type('q')
  await terminal.waitFor(/█▀▀▀▀▀█[^\n]*█▀▀▀▀▀█/)
  terminal.type(ESC)
  const { code, screen } = await terminal.ended
  expect(code).toBe(130)
  expect(screen).toContain('keyturn: cancelled')
  expect(screen).not.toContain('waiting for your approval')
  expect(screen.split(KEYS_LINE)).toHaveLength(2)
  expectRestored(terminal)
})

test('o opens the page again', async () => {
  const home = freshHome()
  const record = join(home.path, 'opened')
  const browser = join(tool(home, 'browser', `echo "$1" >> "${record}"`), 'browser')
  const { terminal, link } = await waitingSignIn({ args: [], env: { KEYTURN_BROWSER: browser } })
  const opened = () => (existsSync(record) ? readFileSync(record, 'utf8') : '')
  await terminal.waitFor(/o open again {2}c copy code/)
  await expect.poll(opened).toBe(`${link}\n`)
  terminal.type('o')
  await terminal.waitFor(/opening the page again/)
  await expect.poll(opened).toBe(`${link}\n${link}\n`)
  terminal.type(CTRL_C)
  expect((await terminal.ended).code).toBe(130)
})

test('a narrow terminal gets the keys in lines that end between two of them', async () => {
  const { terminal } = await waitingSignIn({ columns: 40 })
  await terminal.waitFor(/Esc cancel/)
  expect(terminal.screen()).toContain('c copy code  u copy address  q QR code\nn ask now  Esc cancel')
  terminal.type(CTRL_C)
  await terminal.ended
})

test('c and u use the tool of this machine, where it has one', async () => {
  const home = freshHome()
  const record = join(home.path, 'copied')
  const folder = tool(home, 'xclip', `cat > "${record}"`)
  const { terminal } = await waitingSignIn({ env: { DISPLAY: ':99', PATH: `${folder}:${process.env.PATH}` } })
  await terminal.waitFor(/waiting for/)
  terminal.type('c')
  await terminal.waitFor(/the code is in the clipboard/)
  expect(readFileSync(record, 'utf8')).toBe(CODE)
  expect(terminal.printed()).not.toContain('\u001b]52')
  terminal.type(CTRL_C)
  await terminal.ended
})

test('n asks now, although the service has asked for a long pause', async () => {
  const slow = { status: 429, headers: { 'retry-after': '50' }, json: {} }
  const { terminal, service } = await waitingSignIn({ script: { [ROUTES.STATUS]: [slow, completed] } })
  await terminal.waitFor(/trouble, trying again/)
  terminal.type('n')
  await terminal.waitFor(/signed in to zectre/)
  expect((await terminal.ended).code).toBe(0)
  expect(service.to(ROUTES.STATUS)).toHaveLength(2)
  expectRestored(terminal)
})

test('a service out of reach is told as that, and time goes on', async () => {
  const { terminal } = await waitingSignIn({ script: { [ROUTES.STATUS]: [pending, { fault: 'reset' }] } })
  await terminal.waitFor(/offline, trying again · 09:5\d left · last answer [1-9] s ago/)
  terminal.type(CTRL_C)
  await terminal.ended
})

test('a sign-in of an earlier run that has died gives way to a new one, with a line that lives and keys', async () => {
  const home = freshHome()
  const service = await zectrePage({ [ROUTES.STATUS]: [pending] })
  await killedWhileWaiting(home, service.url)
  const fresh = { code: CODE, auth_url: `${service.url}/auth/cli?code=${CODE}`, expires_at: null }
  service.rewrite({ [ROUTES.INITIATE]: { json: fresh }, [ROUTES.STATUS]: [expired, pending] })
  const terminal = startInTerminal(['login', 'zectre', '--no-browser'], { home, env: FILE })
  await terminal.waitFor(/09:5[78] left/)
  terminal.type(ESC)
  expect((await terminal.ended).code).toBe(130)
})

test.each<[string, number, RegExp, Script, (terminal: Terminal) => void]>([
  ['Esc', 130, /cancelled/, {}, (terminal) => terminal.type(ESC)],
  ['Ctrl-C', 130, /stopped by Ctrl-C/, {}, (terminal) => terminal.type(CTRL_C)],
  ['SIGTERM', 143, /stopped/, {}, (terminal) => terminal.kill('SIGTERM')],
  [
    'the end of the code',
    9,
    /ended before it was approved/,
    { [ROUTES.STATUS]: [pending, pending, pending, expired] },
    () => {},
  ],
  ['an approval', 0, /signed in/, { [ROUTES.STATUS]: [pending, pending, pending, completed] }, () => {}],
])('after %s the terminal is as it was', async (_end, code, words, script, act) => {
  const { terminal } = await waitingSignIn({ script })
  await terminal.waitFor(/waiting for your approval · /)
  act(terminal)
  const ended = await terminal.ended
  expect(ended.code).toBe(code)
  expect(ended.screen).toMatch(words)
  expectRestored(terminal)
})

test('arrows and what is pasted are no keys, and nothing typed is echoed', async () => {
  const { terminal } = await waitingSignIn()
  await terminal.waitFor(/waiting for your approval · /)
  for (const keys of ['\u001b[A', 'pasted: no, quit']) {
    terminal.type(keys)
    // What is typed together may come together: the next key waits until this one has come.
    const { screen } = terminal
    const before = screen()
    await expect.poll(screen).not.toBe(before)
  }
  terminal.type('u')
  await terminal.waitFor(/the address went/)
  expect(terminal.screen()).not.toContain('pasted')
  expect(terminal.printed().match(/\u001b\]52/g)).toHaveLength(1)
  terminal.type(CTRL_C)
  expect((await terminal.ended).code).toBe(130)
})

test('Ctrl-Z suspends, the shell has its terminal, and fg goes on with the line and the keys', async () => {
  const home = freshHome()
  const service = await zectrePage({ [ROUTES.STATUS]: [pending] })
  const terminal = startCommandInTerminal(['bash', '--norc', '-i'], { home, env: { ...FILE, PS1: '> ' } })
  await terminal.waitFor('>')
  terminal.type(`"${NODE}" "${PROGRAM}" login zectre --no-browser --url ${service.url}${ENTER}`)
  await terminal.waitFor(/waiting for your approval · /)
  terminal.type(CTRL_Z)
  await terminal.waitFor(/Stopped/)
  terminal.type(`stty -a | grep -o ' icanon' ; echo $((6 * 7))${ENTER}`)
  await terminal.waitFor(/ icanon\n42/)
  terminal.type(`fg${ENTER}`)
  await terminal.waitFor(/waiting for your approval · /)
  terminal.type(ESC)
  await terminal.waitFor(/keyturn: cancelled/)
  terminal.type(`exit $?${ENTER}`)
  expect((await terminal.ended).code).toBe(130)
  expectRestored(terminal)
})

test('in a terminal that becomes narrower the line is cut and never wraps, and what is above it stays', async () => {
  const { terminal } = await waitingSignIn({ columns: 100 })
  await terminal.waitFor(/last answer \d s ago/)
  const before = terminal.printed().length
  terminal.resize(30, 30)
  await terminal.waitFor(/waiting for your approv\S*…/)
  terminal.type('u')
  await terminal.waitFor(/the address went to .*…/)
  const since = terminal.printed().slice(before)
  // What stands above is left alone: a terminal may have moved it, or not.
  expect(since).not.toMatch(/\u001b\[\d*A/)
  const lines = since.replace(/\u001b\][^\u0007]*\u0007|\u001b\[[\d;?]*[A-Za-z]/g, '\r').split(/[\r\n]+/)
  for (const line of lines) expect([...line].length, line).toBeLessThan(30)
  terminal.type(CTRL_C)
  const { screen } = await terminal.ended
  expect(screen).not.toMatch(/waiting for|went to/)
  expect(screen).toContain('the page must show the same two words')
})

test.each([
  ['TERM=dumb', { TERM: 'dumb' }],
  ['a screen reader’s ACCESSIBLE', { ACCESSIBLE: '1' }],
])('with %s nothing moves and no key is read: a sentence at the beginning, and Ctrl-C', async (_what, env) => {
  const { terminal } = await waitingSignIn({ env: { NO_COLOR: '1', ...env } })
  await terminal.waitFor('waiting for your approval; 10 minutes left')
  terminal.type(CTRL_C)
  const { code, screen } = await terminal.ended
  expect(code).toBe(130)
  expect(screen).not.toContain('Esc cancel')
  expect(terminal.printed()).not.toContain('\u001b')
  expectRestored(terminal)
})

test('--qr and --copy need no key', async () => {
  const { terminal, link } = await waitingSignIn({ args: ['--no-browser', '--qr', '--copy'] })
  await terminal.waitFor(/█▀▀▀▀▀█[^\n]*█▀▀▀▀▀█/)
  await terminal.waitFor(/the address went to the terminal/)
  expect(terminal.printed()).toContain(`\u001b]52;c;${Buffer.from(link).toString('base64')}\u0007`)
  terminal.type(CTRL_C)
  await terminal.ended
})

test('a person who has been away is called back when it is done, and a quick one is not', async () => {
  const quick = await waitingSignIn({ script: { [ROUTES.STATUS]: [completed] } })
  await quick.terminal.ended
  expect(quick.terminal.printed()).not.toContain('\u0007')
  const script = { [ROUTES.STATUS]: [pending, { ...completed, after: 4500 }] }
  const { terminal } = await waitingSignIn({ script, env: { TERM_PROGRAM: 'WezTerm' } })
  await terminal.ended
  expect(terminal.printed()).toContain('\u001b]9;keyturn: signed in to zectre\u0007\u0007')
})

test.each<[string, string[], RegExp]>([
  ['the service list', ['login'], /which service\?/],
  ['the email', ['login', 'zectre', '--in-terminal'], /email/],
  ['the password', ['login', 'zectre', '--in-terminal', '--email', USER.email], /password/],
  ['the yes to a file', ['login', 'zectre', '--store-of-test'], /keep the key unencrypted/],
])('Esc, Ctrl-C and Ctrl-D at %s end with 130 and ask the service for nothing', async (_what, args, question) => {
  const service = await zectrePage()
  for (const key of [ESC, CTRL_C, CTRL_D]) {
    const home = freshHome()
    const isConsent = args.includes('--store-of-test')
    const given = [...args.filter((each) => each !== '--store-of-test'), '--url', service.url]
    const terminal = startInTerminal(given, { home, env: isConsent ? {} : FILE })
    await terminal.waitFor(question)
    terminal.type(key)
    expect((await terminal.ended).code).toBe(130)
    expectRestored(terminal)
  }
  expect(service.requests).toEqual([])
})

test('login with no word asks which service, says what each can do, and begins with the one in use', async () => {
  const home = freshHome()
  const service = await zectrePage({ [ROUTES.STATUS]: [completed] })
  const at = ['--url', service.url, '--no-browser']
  await keyturn(['login', 'zectre', ...at], { home, env: FILE })
  const terminal = startInTerminal(['login', ...at], { home, env: FILE })
  await terminal.waitFor(/RESTume {4}sign in: password, Google; keys: make, list, revoke/)
  await terminal.waitFor(/zectre {5}sign in: browser, password; keys: make, list, revoke/)
  await terminal.waitFor(/Curate-Me {2}sign in: password; keys: make/)
  terminal.type(ENTER)
  await terminal.waitFor(/signed in to zectre/)
  const { screen } = await terminal.ended
  expect(screen).toContain('next: keyturn status, keyturn keys list, keyturn keys create NAME')
})

test('login with no word and nobody to ask ends with 2 and names the words', async () => {
  const result = await keyturn(['login'], { home: freshHome() })
  expect(result).toMatchObject({ code: 2, stdout: '' })
  expect(result.stderr).toContain('restume, zectre, curate-me')
})

test.each([
  [['zectre', '--password', '--device-name', 'a'], '--device-name'],
  [['restume', '--google', '--device-name', 'a'], '--device-name'],
  [['zectre', '--in-terminal', '--no-browser'], '--no-browser'],
  [['zectre', '--with-api-key', '--qr'], '--qr'],
  [['restume', '--copy'], '--copy'],
  [['restume', '--google', '--credential-stdin', '--copy'], '--copy'],
  [['restume', '--google', '--qr'], '--qr'],
])('login %j is refused: what would be ignored is not taken', async (args, flag) => {
  const result = await keyturn(['login', ...args], { home: freshHome() })
  expect(result).toMatchObject({ code: 2, stdout: '' })
  expect(result.stderr).toContain(flag)
})
