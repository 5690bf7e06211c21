/** The questions where nothing can be drawn twice, or where a screen reader reads them out. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { meant } from '../harness/canary.ts'
import { freshHome } from '../harness/home.ts'
import { expectNoSecret } from '../harness/no-secret.ts'
import { CTRL_C, ENTER, startInTerminal } from '../harness/terminal.ts'
import { KEY, ROUTES, USER, zectrePage } from './zectre-page.ts'

const DUMB = { TERM: 'dumb', KEYTURN_STORE: 'file' }
const CTRL_D = '\u0004'
const PASSWORD = 'hunter2 ünïcode EXAMPLE'

test.each([
  ['a dumb terminal', DUMB],
  ['a screen reader', { ACCESSIBLE: '1', NO_COLOR: '1', KEYTURN_STORE: 'file' }],
])('for %s a question is a line, an answer is a line, and no escape is sent', async (_who, env) => {
  const home = freshHome()
  const service = await zectrePage({ [ROUTES.COMPLETE]: { json: { success: true, api_key: KEY, user: USER } } })
  const terminal = startInTerminal(['login', '--in-terminal', '--url', service.url], { home, env })
  await terminal.waitFor(/ {2}2 {2}zectre[\s\S]*its number \(1\):/)
  terminal.type(`4${ENTER}`)
  await terminal.waitFor(/please type a number from 1 to 3\nits number \(1\):/)
  terminal.type(`2${ENTER}`)
  await terminal.waitFor(/email:/)
  terminal.type(ENTER)
  await terminal.waitFor(/please type something\nemail:/)
  terminal.type(`${USER.email}${ENTER}`)
  await terminal.waitFor(/password \(not shown\):/)
  terminal.type(`${PASSWORD}üx\u007f\u007f${ENTER}`)
  await terminal.waitFor(/signed in to zectre/)
  expect((await terminal.ended).code).toBe(0)
  expect(JSON.parse(service.to(ROUTES.COMPLETE)[0]?.body ?? '{}')).toMatchObject({
    email: USER.email,
    password: PASSWORD,
  })
  expectNoSecret({ printed: terminal.printed() }, PASSWORD)
  expect(terminal.printed()).not.toContain('\u001b')
  expect(terminal.settings().after).toBe(terminal.settings().before)
})

test('only yes is yes', async () => {
  const home = freshHome()
  const service = await zectrePage()
  const args = ['login', 'zectre', '--url', service.url, '--no-browser']
  for (const [answer, code] of [
    ['yesterday', 8],
    ['', 8],
    ['Y', 0],
  ] as const) {
    const terminal = startInTerminal(args, { home, env: { TERM: 'dumb' } })
    await terminal.waitFor(/keep the key unencrypted.*\s.*\(yes or no\):/)
    terminal.type(`${answer}${ENTER}`)
    expect((await terminal.ended).code).toBe(code)
  }
  expect(readFileSync(join(home.config, 'credentials.json'), 'utf8')).toContain(meant(KEY, 'file'))
})

test.each([
  ['the service list', [], /its number/],
  ['the email', ['zectre', '--in-terminal'], /email:/],
  ['the password', ['zectre', '--in-terminal', '--email', USER.email], /not shown/],
])('Ctrl-C and Ctrl-D at %s end with 130 and ask the service for nothing', async (_what, args, question) => {
  const service = await zectrePage()
  for (const key of [CTRL_C, CTRL_D]) {
    const terminal = startInTerminal(['login', '--url', service.url, ...args], { home: freshHome(), env: DUMB })
    await terminal.waitFor(question)
    terminal.type(key)
    const { code, screen } = await terminal.ended
    expect(code).toBe(130)
    expect(screen).toMatch(/^keyturn: /m)
    expect(terminal.settings().after).toBe(terminal.settings().before)
  }
  expect(service.requests).toEqual([])
})
