import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { canary } from '../harness/canary.ts'
import { freshHome, type Home } from '../harness/home.ts'
import { expectNoSecret } from '../harness/no-secret.ts'
import { CTRL_C, ENTER, startInTerminal } from '../harness/terminal.ts'
import { keepsInFile } from '../harness/traces.ts'
import { CODE, completed, KEY, pending, ROUTES, USER, zectrePage } from './zectre-page.ts'

const FILE = { KEYTURN_STORE: 'file' }
const PASSWORD = canary('password')
const SHOW_CURSOR = '\u001b[?25h'
const HIDE_CURSOR = '\u001b[?25l'

/** A browser that writes down what it was started with. */
const browserShim = (home: Home): { path: string; record: string } => {
  const record = join(home.path, 'opened')
  const path = join(home.path, 'browser')
  writeFileSync(path, `#!/bin/sh\n{ echo "$#"; echo "$1"; env; } > "${record}.part"\nmv "${record}.part" "${record}"\n`)
  chmodSync(path, 0o755)
  return { path, record }
}

test('on a terminal one line lives: what is awaited, and how long the code still lives', async () => {
  const home = freshHome()
  const service = await zectrePage({ [ROUTES.STATUS]: [...Array(3).fill(pending), completed] })
  const terminal = startInTerminal(['login', 'zectre', '--url', service.url, '--no-browser'], { home, env: FILE })
  await terminal.waitFor(/waiting for your approval · (10:00|09:5\d) left · last answer \d s ago/)
  await terminal.waitFor(/09:[45]\d left/)
  await terminal.waitFor(/signed in to zectre as alice@example\.com/)
  const { code, screen } = await terminal.ended
  expect(code).toBe(0)
  expect(screen).not.toContain('waiting for your approval')
  expect(screen).toContain('keyturn logout')
  expectNoSecret({ printed: terminal.printed() }, KEY)
})

test('the address stands on a line of its own, unwrapped, before any browser is started', async () => {
  const home = freshHome()
  const service = await zectrePage({ [ROUTES.STATUS]: [pending] })
  const { path, record } = browserShim(home)
  const env = { ...FILE, KEYTURN_BROWSER: path, KEYTURN_API_KEY: canary('key'), DISPLAY: ':99' }
  const args = ['login', 'zectre', '--url', service.url]
  const terminal = startInTerminal(args, { home, env, columns: 40 })
  await terminal.waitFor(/waiting for/)
  const link = `${service.url}/auth/cli?code=${CODE}`
  const printed = terminal.printed()
  expect(printed.split(/\r?\n/).map((line) => line.replace(/\u001b\[\d+m/g, ''))).toContain(link)
  await expect.poll(() => readFileSync(record, 'utf8')).toContain(link)
  const [count, opened] = readFileSync(record, 'utf8').split('\n')
  expect([count, opened]).toEqual(['1', link])
  expectNoSecret(readFileSync(record, 'utf8'), env.KEYTURN_API_KEY)
  terminal.type(CTRL_C)
  expect((await terminal.ended).code).toBe(130)
})

test.each([
  ['over SSH', { SSH_CONNECTION: '10.0.0.1 22 10.0.0.2 22' }, 'SSH'],
  ['in CI', { CI: 'true' }, 'CI'],
  ['when BROWSER says none', { BROWSER: 'none' }, 'BROWSER'],
])('no browser is opened %s, and the reason is told', async (_where, env, word) => {
  const home = freshHome()
  const service = await zectrePage()
  const terminal = startInTerminal(['login', 'zectre', '--url', service.url], { home, env: { ...FILE, ...env } })
  await terminal.waitFor(new RegExp(`no browser is opened from here: .*${word}`))
  expect((await terminal.ended).code).toBe(0)
})

test('a browser that can not be started stops nothing', async () => {
  const home = freshHome()
  const service = await zectrePage()
  const env = { ...FILE, KEYTURN_BROWSER: join(home.path, 'no-such-browser') }
  const terminal = startInTerminal(['login', 'zectre', '--url', service.url], { home, env })
  await terminal.waitFor(/could not be started/)
  expect((await terminal.ended).code).toBe(0)
})

test('Ctrl-C while waiting ends with 130 and leaves the terminal as it was', async () => {
  const home = freshHome()
  const service = await zectrePage({ [ROUTES.STATUS]: [pending] })
  const terminal = startInTerminal(['login', 'zectre', '--url', service.url, '--no-browser'], { home, env: FILE })
  await terminal.waitFor(/waiting for your approval/)
  terminal.type(CTRL_C)
  expect((await terminal.ended).code).toBe(130)
  const { before, after } = terminal.settings()
  expect(after).toBe(before)
  const printed = terminal.printed()
  expect(printed.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(printed.lastIndexOf(HIDE_CURSOR))
})

test('login --in-terminal asks for email and password, and echoes no password', async () => {
  const home = freshHome()
  const service = await zectrePage({ [ROUTES.COMPLETE]: { json: { success: true, api_key: KEY, user: USER } } })
  const terminal = startInTerminal(['login', 'zectre', '--url', service.url, '--in-terminal'], { home, env: FILE })
  await terminal.waitFor(/email/)
  terminal.type(`${USER.email}${ENTER}`)
  await terminal.waitFor(/password/)
  terminal.type(`${PASSWORD}${ENTER}`)
  await terminal.waitFor(/signed in to zectre/)
  expect((await terminal.ended).code).toBe(0)
  expect(JSON.parse(service.to(ROUTES.COMPLETE)[0]?.body ?? '{}')).toMatchObject({
    email: USER.email,
    password: PASSWORD,
  })
  expectNoSecret({ printed: terminal.printed() }, PASSWORD)
  expect(terminal.settings().after).toBe(terminal.settings().before)
})

test('Ctrl-C at the password ends with 130, asks the service for nothing, and restores the terminal', async () => {
  const home = freshHome()
  const service = await zectrePage()
  const args = ['login', 'zectre', '--url', service.url, '--in-terminal', '--email', USER.email]
  const terminal = startInTerminal(args, { home, env: FILE })
  await terminal.waitFor(/password/)
  terminal.type(CTRL_C)
  expect((await terminal.ended).code).toBe(130)
  expect(service.requests).toEqual([])
  expect(terminal.settings().after).toBe(terminal.settings().before)
})

test('where the keychain can not be used a person is asked about the file first, and only yes is yes', async () => {
  const home = freshHome()
  const service = await zectrePage()
  const args = ['login', 'zectre', '--url', service.url, '--no-browser']
  const refusing = startInTerminal(args, { home })
  await refusing.waitFor(/can't be used/)
  await refusing.waitFor(/keep the key unencrypted/)
  refusing.type(ENTER)
  expect((await refusing.ended).code).toBe(8)
  expect(service.requests).toEqual([])

  const agreeing = startInTerminal(args, { home })
  await agreeing.waitFor(/keep the key unencrypted/)
  keepsInFile(home)
  agreeing.type('y')
  await agreeing.waitFor(/signed in to zectre/)
  expect((await agreeing.ended).code).toBe(0)
  expect(readFileSync(join(home.config, 'credentials.json'), 'utf8')).toContain(KEY)
})

test.each([
  ['email', []],
  ['password', ['--email', USER.email]],
])('Ctrl-D at the %s is no answer: 130, a word, and the cursor back', async (question, more) => {
  const home = freshHome()
  const service = await zectrePage()
  const args = ['login', 'zectre', '--url', service.url, '--in-terminal', ...more]
  const terminal = startInTerminal(args, { home, env: FILE })
  await terminal.waitFor(new RegExp(question))
  terminal.type('\u0004')
  const { code, screen } = await terminal.ended
  expect(code).toBe(130)
  expect(screen).toContain('the input ended')
  const printed = terminal.printed()
  expect(printed.lastIndexOf(SHOW_CURSOR)).toBeGreaterThanOrEqual(printed.lastIndexOf(HIDE_CURSOR))
  expect(terminal.settings().after).toBe(terminal.settings().before)
})
