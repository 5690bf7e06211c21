import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { onTestFinished } from 'vitest'
import { listen } from '../../src/server/listen.ts'
import { makePasswords } from '../../src/server/passwords.ts'
import { makeServer } from '../../src/services/zectre/server.ts'
import { makeServerContext } from '../server/context.ts'
import { makeHandClock } from '../server/hand-clock.ts'

export const DEV = { email: 'dev@example.com', password: 'correct horse battery' }
/** High enough for a mouse to reach everything. */
const DESK = { width: 720, height: 1200 }
const DEVICE = 'dev@laptop (linux)'

/** zectre's reference half on real sockets, with its clock in the test's hands; it ends with the test. */
export const serveZectre = async () => {
  const clock = makeHandClock()
  const passwords = makePasswords(2)
  let beforePassword = async () => {}
  const addresses: Record<string, string> = {}
  const context = makeServerContext({
    clock,
    addressOf: (listener) => addresses[listener] ?? '',
    passwords: {
      ...passwords,
      matches: async (...asked) => {
        await beforePassword()
        return passwords.matches(...asked)
      },
    },
  })
  const service = makeServer(context)
  for (const listener of service.listeners) {
    const { address, close } = await listen(listener, 0)
    addresses[listener.name] = address
    onTestFinished(close)
  }
  await service.seed()
  const { zectre: api = '', zectre_dashboard: dashboard = '' } = addresses
  const status = async (code: string) =>
    (await (await fetch(`${api}/api/v1/auth/cli/status/${code}`)).json()) as { status: string; reason?: string }

  return {
    clock,
    api,
    dashboard,
    status,
    approve: (code: string) => service.approval?.approve(code, DEV),
    deny: (code: string) => service.approval?.deny(code),
    /** What passes before a password is checked: a fault, or time. */
    beforePassword(wait: () => Promise<void>) {
      beforePassword = wait
    },
    /** A sign-in that waits, and the link to it. */
    async initiate(deviceName: string | null = DEVICE) {
      const headers = { 'content-type': 'application/json' }
      const body = JSON.stringify({ device_name: deviceName })
      const answer = await fetch(`${api}/api/v1/auth/cli/initiate`, { method: 'POST', headers, body })
      const { code, auth_url } = (await answer.json()) as { code: string; auth_url: string }
      return { code, link: auth_url }
    },
  }
}

export type Zectre = Awaited<ReturnType<typeof serveZectre>>

/** A page of its own context, which ends with the test. */
export const newPage = async (browser: Browser, options: BrowserContextOptions = {}): Promise<Page> => {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'UTC', viewport: DESK, ...options })
  onTestFinished(() => context.close())
  return context.newPage()
}

export const fillIn = async (page: Page, { email, password }: typeof DEV = DEV): Promise<void> => {
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(password)
}

/** By keyboard, which has no half second to wait for. */
export const press = (page: Page, button: 'Approve' | 'Deny'): Promise<void> =>
  page.getByRole('button', { name: button }).press('Enter')

export const heading = (page: Page, name: string): Promise<void> =>
  page.getByRole('heading', { level: 1, name }).waitFor()
