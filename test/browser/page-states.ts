import type { Page } from 'playwright-core'
import { fillIn, heading, press, type Zectre } from './page-rig.ts'

const LONGEST_NAME = 'build-agent-with-a-very-long-name-and-no-spaces.internal.example'

const QUESTION = 'A command line asks to sign in as you'

/** Every state that a person may see, by the name of its picture, and how it is come by. */
export const states: Record<string, (page: Page, zectre: Zectre) => Promise<void>> = {
  async question(page, zectre) {
    const { link } = await zectre.initiate()
    zectre.clock.advance(14_000)
    await page.goto(link)
    await heading(page, QUESTION)
  },
  async 'long-name'(page, zectre) {
    await page.goto((await zectre.initiate(LONGEST_NAME)).link)
    await page.getByText(LONGEST_NAME).first().waitFor()
  },
  async 'wrong-password'(page, zectre) {
    await states.question?.(page, zectre)
    await fillIn(page, { email: 'dev@example.com', password: 'wrong horse battery' })
    await press(page, 'Approve')
    await page.getByText('The email address or the password is wrong').waitFor()
  },
  async abandoned(page, zectre) {
    const { code, link } = await zectre.initiate()
    await zectre.status(code)
    zectre.clock.advance(90_000)
    await page.goto(link)
    await page.getByText('Your terminal has stopped waiting').waitFor()
  },
  async approved(page, zectre) {
    await states.question?.(page, zectre)
    await fillIn(page)
    await press(page, 'Approve')
    await heading(page, 'Approved')
  },
  async denied(page, zectre) {
    await states.question?.(page, zectre)
    await press(page, 'Deny')
    await heading(page, 'Denied')
  },
  async unknown(page, zectre) {
    await page.goto(`${zectre.dashboard}/auth/cli?code=nothing`)
    await heading(page, 'No such sign-in')
  },
  async ended(page, zectre) {
    const { link } = await zectre.initiate()
    zectre.clock.advance(10 * 60_000)
    await page.goto(link)
    await heading(page, 'This sign-in has ended')
  },
  async used(page, zectre) {
    const { code, link } = await zectre.initiate()
    await zectre.approve(code)
    await page.goto(link)
    await heading(page, 'Already used')
  },
  async 'denied-before'(page, zectre) {
    const { code, link } = await zectre.initiate()
    zectre.deny(code)
    await page.goto(link)
    await heading(page, 'Already denied')
  },
  async 'locked-out'(page, zectre) {
    const { code, link } = await zectre.initiate()
    const guess = { code, email: 'dev@example.com', password: 'wrong horse battery' }
    const headers = { 'content-type': 'application/json' }
    for (let wrong = 0; wrong < 5; wrong++) {
      await fetch(`${zectre.api}/api/v1/auth/cli/complete`, { method: 'POST', headers, body: JSON.stringify(guess) })
    }
    await page.goto(link)
    await fillIn(page)
    await press(page, 'Approve')
    await heading(page, 'Too many wrong passwords')
  },
  async 'server-error'(page, zectre) {
    await states.question?.(page, zectre)
    zectre.beforePassword(() => Promise.reject(new Error('a fault on purpose')))
    await fillIn(page)
    await press(page, 'Approve')
    await heading(page, 'The server made a mistake')
  },
  async refused(page, zectre) {
    await page.goto(`${zectre.dashboard}/nowhere`)
    await heading(page, 'That did not work')
  },
}
