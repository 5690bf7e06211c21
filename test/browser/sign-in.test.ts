import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeInBrowser, openWithHistory } from '../harness/browser.ts'
import { canary } from '../harness/canary.ts'
import { freshHome, type Home } from '../harness/home.ts'
import { expectNoSecret } from '../harness/no-secret.ts'
import { keyturn, type Running, start } from '../harness/program.ts'

const EMAIL = 'page@example.com'
const PASSWORD = canary('password')
const FILE = { KEYTURN_STORE: 'file' }

/** The built server, with one account; it ends with the test. */
const serve = async (home: Home) => {
  const running = start(['serve', 'zectre', '--port', '0', '--json'], { home, timeout: 60_000 })
  const addresses = JSON.parse((await running.waitForStdout(/^\{.*\}$/m))[0]) as Record<string, string>
  const signUp = ['signup', 'zectre', '--url', addresses.zectre ?? '', '--email', EMAIL, '--password-stdin']
  expect(await keyturn(signUp, { home, input: PASSWORD })).toMatchObject({ code: 0 })
  return addresses
}
const linkOf = async (running: Running) => (await running.waitForStderr(/^http:\S+$/m))[0]
const phraseOf = async (running: Running) => (await running.waitForStderr(/same two words: (\S+)/))[1] ?? 'no phrase'

describeInBrowser('a sign-in through the page, with the built program polling', (browser) => {
  test('is approved by a person who compares the words, signs in, and sees that it is done', async () => {
    const home = freshHome()
    const { zectre = '' } = await serve(home)
    const login = start(['login', 'zectre', '--url', zectre, '--no-browser', '--json'], { home, env: FILE })
    const context = await browser().newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto(await linkOf(login))
    await page.getByText(await phraseOf(login)).waitFor()
    await page.getByLabel(/email/i).fill(EMAIL)
    await page.getByLabel(/password/i).fill(PASSWORD)
    await page.getByRole('button', { name: /approve/i }).click()
    await page.getByText(/close this page/i).waitFor()
    const ended = await login.ended
    expect(ended, ended.stderr).toMatchObject({ code: 0 })
    expect(JSON.parse(ended.stdout)).toMatchObject({ credential: 'api_key', user: { email: EMAIL } })
    expect((await keyturn(['status', '--quiet'], { home })).stdout).toBe(`${EMAIL}\n`)
    await context.close()
  })

  test('is turned down with one click and no password, and the terminal says so', async () => {
    const home = freshHome()
    const { zectre = '' } = await serve(home)
    const login = start(['login', 'zectre', '--url', zectre, '--no-browser'], { home, env: FILE })
    const page = await browser().newPage()
    await page.goto(await linkOf(login))
    await page.getByRole('button', { name: /deny/i }).click()
    const ended = await login.ended
    expect(ended).toMatchObject({ code: 9, stdout: '' })
    expect(ended.stderr).toContain('turned down')
    await page.close()
  })

  test('is not approved by a wrong password, which can be corrected', async () => {
    const home = freshHome()
    const { zectre = '' } = await serve(home)
    const login = start(['login', 'zectre', '--url', zectre, '--no-browser'], { home, env: FILE })
    const page = await browser().newPage()
    await page.goto(await linkOf(login))
    await page.getByLabel(/email/i).fill(EMAIL)
    await page.getByLabel(/password/i).fill('wrong horse battery')
    await page.getByRole('button', { name: /approve/i }).click()
    await page.getByRole('alert').waitFor()
    expect(await page.getByLabel(/email/i).inputValue()).toBe(EMAIL)
    await page.getByLabel(/password/i).fill(PASSWORD)
    await page.getByRole('button', { name: /approve/i }).click()
    expect(await login.ended).toMatchObject({ code: 0 })
    await page.close()
  })

  test('leaves in the history of a browser the link, and nothing more secret in any of its files', async () => {
    const [home, person] = [freshHome(), freshHome()]
    const { zectre = '' } = await serve(home)
    const login = start(['login', 'zectre', '--url', zectre, '--no-browser'], { home, env: FILE })
    const link = await linkOf(login)
    const context = await openWithHistory(person)
    const page = await context.newPage()
    await page.goto(link)
    await page.getByLabel(/email/i).fill(EMAIL)
    await page.getByLabel(/password/i).fill(PASSWORD)
    await page.getByRole('button', { name: /approve/i }).click()
    await page.getByText(/close this page/i).waitFor()
    expect(await login.ended).toMatchObject({ code: 0 })
    await context.close()
    const history = readFileSync(join(person.path, 'profile', 'Default', 'History'), 'latin1')
    expect(history).toContain(link)
    expectNoSecret(history, PASSWORD)
  })

  test('row 1: gives the key to nobody who only has the link', async () => {
    const home = freshHome()
    const { zectre = '' } = await serve(home)
    const login = start(['login', 'zectre', '--url', zectre, '--no-browser'], { home, env: FILE })
    const code = new URL(await linkOf(login)).searchParams.get('code') ?? ''
    const asked = await fetch(`${zectre}/api/v1/auth/cli/status/${code}`)
    expect(asked.status).toBe(404)
    login.kill('SIGINT')
    await login.ended
  })
})
