import { expect, test } from 'vitest'
import { canary } from '../harness/canary.ts'
import { freshHome } from '../harness/home.ts'
import { expectNoSecret } from '../harness/no-secret.ts'
import type { Script } from '../harness/service.ts'
import { CTRL_C, ENTER, startInTerminal, type Terminal } from '../harness/terminal.ts'
import { KEY, pending, ROUTES, USER, zectrePage } from './zectre-page.ts'

const FILE = { KEYTURN_STORE: 'file' }
const ESC = '\u001b'
const SHOW_CURSOR = '\u001b[?25h'
const HIDE_CURSOR = '\u001b[?25l'

/** Each question, and how one comes to it. */
const QUESTIONS: Record<
  string,
  { args: string[]; words: RegExp; env?: Record<string, string | undefined>; script?: Script }
> = {
  'which service': { args: ['login'], words: /which service\?/ },
  'the email': { args: ['login', 'zectre', '--in-terminal'], words: /email/ },
  'the password': { args: ['login', 'zectre', '--in-terminal', '--email', USER.email], words: /password/ },
  'a key that is given': { args: ['login', 'zectre', '--with-api-key'], words: /the key/ },
  'whether a file will do': {
    args: ['login', 'zectre'],
    words: /keep the key unencrypted/,
    env: { KEYTURN_STORE: undefined },
  },
  'whether a key is to be revoked': {
    args: ['keys', 'revoke', 'k1'],
    words: /revoke/,
    env: { KEYTURN_API_KEY: KEY, KEYTURN_SERVICE: 'zectre' },
    script: { [ROUTES.KEYS]: { json: { data: [{ id: 'k1', name: 'ci', prefix: 'zec_ci' }] } } },
  },
}

const isRestored = (terminal: Terminal): void => {
  const { before, after } = terminal.settings()
  expect(after).toBe(before)
  const printed = terminal.printed()
  expect(printed.lastIndexOf(SHOW_CURSOR)).toBeGreaterThanOrEqual(printed.lastIndexOf(HIDE_CURSOR))
}

const asked = async (question: string) => {
  const { args, words, env = {}, script = {} } = QUESTIONS[question] ?? { args: [], words: /./ }
  const service = await zectrePage(script)
  const home = freshHome()
  const terminal = startInTerminal([...args, '--url', service.url], {
    home,
    env: { ...FILE, KEYTURN_URL: service.url, ...env },
  })
  await terminal.waitFor(words)
  return { terminal, service, home }
}

test.each(
  Object.keys(QUESTIONS).flatMap(
    (question) =>
      [
        [question, 'Ctrl-C', CTRL_C],
        [question, 'Escape', ESC],
      ] as const,
  ),
)(
  '63: when asked for %s, %s ends with 130 and restores the terminal, and nothing was changed',
  async (question, _key, key) => {
    const { terminal, service } = await asked(question)
    terminal.type(key)
    expect((await terminal.ended).code).toBe(130)
    isRestored(terminal)
    expect(service.requests.filter(({ method }) => method !== 'GET')).toEqual([])
  },
)

test('63: a second Ctrl-C while a sign-in waits is no worse than the first', async () => {
  const service = await zectrePage({ [ROUTES.STATUS]: [pending] })
  const args = ['login', 'zectre', '--url', service.url, '--no-browser']
  const terminal = startInTerminal(args, { home: freshHome(), env: FILE })
  await terminal.waitFor(/waiting for your approval/)
  terminal.type(CTRL_C + CTRL_C)
  expect((await terminal.ended).code).toBe(130)
  expect(terminal.settings().after).toBe(terminal.settings().before)
})

const BACKSPACE = '\u007f'
const paste = (text: string): string => `\u001b[200~${text}\u001b[201~`

test.each<[string, (password: string) => string]>([
  ['typed', (password) => password],
  ['pasted', (password) => password],
  ['pasted in brackets', paste],
  ['corrected', (password) => `${password}xy${BACKSPACE}${BACKSPACE}`],
])('67: a password that is %s is not shown, and arrives as it was meant', async (how, type) => {
  const password = `${canary('password')} ключ 🔑`
  const service = await zectrePage({
    [ROUTES.COMPLETE]: { json: { success: true, api_key: canary('key'), user: USER } },
  })
  const args = ['login', 'zectre', '--url', service.url, '--in-terminal', '--email', USER.email]
  const terminal = startInTerminal(args, { home: freshHome(), env: FILE })
  await terminal.waitFor(/password/)
  if (how === 'typed') {
    terminal.resize(50, 20)
    for (const character of type(password)) terminal.type(character)
    terminal.resize(100, 30)
  } else terminal.type(type(password))
  terminal.type(ENTER)
  await terminal.waitFor(/signed in to zectre/)
  expect((await terminal.ended).code).toBe(0)
  expect(JSON.parse(service.to(ROUTES.COMPLETE)[0]?.body ?? '{}')).toMatchObject({ password })
  expectNoSecret({ printed: terminal.printed() }, password)
  expect(terminal.printed()).not.toMatch(/EXAMPLE|ключ/)
  isRestored(terminal)
})

test('a new password is asked for until it will do, and then once more', async () => {
  const password = canary('password')
  const service = await zectrePage({ 'POST /api/v1/auth/signup': { json: USER } })
  const args = ['signup', 'zectre', '--url', service.url, '--email', USER.email]
  const terminal = startInTerminal(args, { home: freshHome(), env: FILE })
  await terminal.waitFor(/password/)
  terminal.type(`short${ENTER}`)
  await terminal.waitFor(/at least 8 characters/)
  terminal.type(`${password}${ENTER}`)
  await terminal.waitFor(/the same password again/)
  terminal.type(`${password}x${ENTER}`)
  await terminal.waitFor(/that is another one/)
  terminal.type(`${password}${ENTER}`)
  expect((await terminal.ended).code).toBe(0)
  expect(service.requests.map(({ body }) => JSON.parse(body))).toMatchObject([{ password }])
  expectNoSecret({ printed: terminal.printed() }, password)
  isRestored(terminal)
})

test('a question that is longer than a line is broken once, and its lines begin under each other', async () => {
  const name = Array(70).fill('a').join(' ')
  const service = await zectrePage({ [ROUTES.KEYS]: { json: { data: [{ id: 'k1', name, prefix: 'zec_ci' }] } } })
  const env = { KEYTURN_API_KEY: KEY, KEYTURN_SERVICE: 'zectre', KEYTURN_URL: service.url }
  const terminal = startInTerminal(['keys', 'revoke', 'k1'], { home: freshHome(), env, columns: 40 })
  await terminal.waitFor(/working[\s\S]*No/)
  const question = /◆[\s\S]*working/.exec(terminal.screen())?.[0].split('\n') ?? []
  expect(question.length).toBeGreaterThan(2)
  for (const line of question.slice(0, -1)) expect(line.trimEnd().length).toBeGreaterThan(30)
  for (const line of question.slice(1)) expect(line).toMatch(/^ {3}\S/)
  terminal.type(ESC)
  expect((await terminal.ended).code).toBe(130)
})

test('67: a key that is typed is not shown', async () => {
  const { terminal } = await asked('a key that is given')
  const key = canary('key')
  terminal.type(`${key}${ENTER}`)
  expect((await terminal.ended).code).toBe(0)
  expectNoSecret({ printed: terminal.printed() }, key)
})
