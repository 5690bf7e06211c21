import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { checkPhrase } from '../../src/vocabulary/check-phrase.ts'
import { describeInBrowser } from '../harness/browser.ts'
import { DEV, fillIn, heading, newPage, press, serveZectre, type Zectre } from './page-rig.ts'

const PATIENTLY = { timeout: 10_000 }

const expectState = async (zectre: Zectre, code: string, status: string) =>
  expect((await zectre.status(code)).status).toBe(status)

/** A page of somebody else's on another port of this machine: the same site, another origin. */
const serveElsewhere = async (html: string): Promise<string> => {
  const server = createServer((_request, answer) => answer.setHeader('content-type', 'text/html').end(html))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

/** Presses the mouse where a button is, whether or not it takes clicks. */
const clickAt = async (page: Page, button: 'Approve' | 'Deny') => {
  const box = await page.getByRole('button', { name: button }).boundingBox()
  if (!box) throw new Error(`there is no ${button}`)
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
}

/** Has the page's script look now, not with its next turn. */
const lookNow = (page: Page) => page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`)

describeInBrowser('the page in a browser', (browser) => {
  describe.each([
    ['with JavaScript', true],
    ['without JavaScript', false],
  ])('%s', (_, javaScriptEnabled) => {
    test('row 13: shows what asks, the words, and what it gets, and a person approves by keyboard alone', async () => {
      const zectre = await serveZectre()
      const { code, link } = await zectre.initiate()
      const page = await newPage(browser(), { javaScriptEnabled })
      await page.goto(link)
      const text = await page.getByRole('main').innerText()
      const order = ['dev@laptop (linux)', 'It asked', checkPhrase(code), 'What it will be able to do', 'Email']
      expect(order.map((each) => text.indexOf(each))).toEqual(
        order.map((each) => text.indexOf(each)).sort((a, b) => a - b),
      )
      expect(order.filter((each) => !text.includes(each))).toEqual([])
      await page.keyboard.press('Tab')
      await page.keyboard.type(DEV.email)
      await page.keyboard.press('Tab')
      await page.keyboard.type(DEV.password)
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await heading(page, 'Approved')
      await page.getByText(DEV.email).waitFor()
      await page.getByText('keyturn logout').waitFor()
      await expectState(zectre, code, 'completed')
    })

    test('is denied by keyboard alone, with no password', async () => {
      const zectre = await serveZectre()
      const { code, link } = await zectre.initiate()
      const page = await newPage(browser(), { javaScriptEnabled })
      await page.goto(link)
      for (const _stop of ['Email', 'Password', 'Approve', 'Deny']) await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await heading(page, 'Denied')
      expect(await zectre.status(code)).toMatchObject({ status: 'expired', reason: 'denied' })
    })

    test('a wrong password brings the person back to that field, told why, with the address kept', async () => {
      const zectre = await serveZectre()
      const { link } = await zectre.initiate()
      const page = await newPage(browser(), { javaScriptEnabled })
      await page.goto(link)
      await fillIn(page, { ...DEV, password: 'wrong horse battery' })
      await press(page, 'Approve')
      await page.getByRole('alert').waitFor()
      const password = page.getByLabel('Password')
      expect(await password.getAttribute('aria-describedby')).toBe(await page.getByRole('alert').getAttribute('id'))
      expect(await page.getByLabel('Email').inputValue()).toBe(DEV.email)
      await expect.poll(() => page.locator(':focus').getAttribute('id'), PATIENTLY).toBe('password')
      await page.keyboard.type(DEV.password)
      await page.keyboard.press('Enter')
      await heading(page, 'Approved')
    })

    test('row 12: what one tab denied, another can no longer approve', async () => {
      const zectre = await serveZectre()
      const { code, link } = await zectre.initiate()
      const [one, other] = [
        await newPage(browser(), { javaScriptEnabled }),
        await newPage(browser(), { javaScriptEnabled }),
      ]
      await Promise.all([one.goto(link), other.goto(link)])
      await fillIn(other)
      await press(one, 'Deny')
      await heading(one, 'Denied')
      await (javaScriptEnabled ? lookNow(other) : press(other, 'Approve'))
      await heading(other, 'Already denied')
      await expectState(zectre, code, 'expired')
    })

    test('row 12: what one tab approved, another can no longer deny', async () => {
      const zectre = await serveZectre()
      const { code, link } = await zectre.initiate()
      const [one, other] = [
        await newPage(browser(), { javaScriptEnabled }),
        await newPage(browser(), { javaScriptEnabled }),
      ]
      await Promise.all([one.goto(link), other.goto(link)])
      await fillIn(one)
      await press(one, 'Approve')
      await heading(one, 'Approved')
      await (javaScriptEnabled ? lookNow(other) : press(other, 'Deny'))
      await heading(other, 'Already used')
      await expectState(zectre, code, 'completed')
    })

    test('row 152: a click of the first half second, meant for what was there before, does nothing', async () => {
      const zectre = await serveZectre()
      const { code, link } = await zectre.initiate()
      const page = await newPage(browser(), { javaScriptEnabled })
      // A slow machine must not make the half second pass before the click.
      const devtools = await page.context().newCDPSession(page)
      await devtools.send('Animation.enable')
      await devtools.send('Animation.setPlaybackRate', { playbackRate: 0.01 })
      await page.goto(link)
      await clickAt(page, 'Deny')
      await clickAt(page, 'Deny')
      await expectState(zectre, code, 'pending')
      await devtools.send('Animation.setPlaybackRate', { playbackRate: 100 })
      await page.getByRole('button', { name: 'Deny' }).click()
      await heading(page, 'Denied')
    })
  })

  test('row 152: nor does one within half a second after the window was given the focus', async () => {
    const zectre = await serveZectre()
    const { code, link } = await zectre.initiate()
    const page = await newPage(browser())
    await page.goto(link)
    await page.getByRole('button', { name: 'Deny' }).click({ trial: true })
    const swapped = `{
      dispatchEvent(new Event('focus'))
      const deny = document.querySelector('.deny')
      const { x, y } = deny.getBoundingClientRect()
      deny.click()
      document.elementFromPoint(x + 9, y + 9) === deny
    }`
    expect(await page.evaluate(swapped)).toBe(false)
    await expectState(zectre, code, 'pending')
    await page.getByRole('button', { name: 'Deny' }).click()
    await heading(page, 'Denied')
  })

  test('pressing twice approves once, and ends on the page that says so', async () => {
    const zectre = await serveZectre()
    const { link } = await zectre.initiate()
    const page = await newPage(browser())
    await page.goto(link)
    await fillIn(page)
    // Its password is being checked while the button is pressed again.
    const pressedTwice = new Promise<void>((done) => {
      page.on('request', (request) => request.url().endsWith('/auth/cli/state?code=pressed-twice') && done())
    })
    zectre.beforePassword(() => pressedTwice)
    await page.evaluate(`void (async () => {
      const approve = document.querySelector('.approve')
      approve.click()
      await fetch('/auth/cli.css')
      approve.click()
      await fetch('/auth/cli/state?code=pressed-twice')
    })()`)
    await heading(page, 'Approved')
  })

  test('reloading or going back after a decision sends nothing again', async () => {
    const zectre = await serveZectre()
    const { link } = await zectre.initiate()
    const page = await newPage(browser())
    const posts: string[] = []
    page.on('request', (request) => request.method() === 'POST' && posts.push(request.url()))
    await page.goto(link)
    await press(page, 'Deny')
    await heading(page, 'Denied')
    await page.reload()
    await heading(page, 'Denied')
    await page.goBack()
    await heading(page, 'Already denied')
    expect(posts).toHaveLength(1)
  })

  test('counts down, and says so by itself when the ten minutes are over', async () => {
    const zectre = await serveZectre()
    const { link } = await zectre.initiate()
    zectre.clock.advance(60_000)
    const page = await newPage(browser())
    await page.goto(link)
    await expect.poll(() => page.getByRole('timer').textContent(), PATIENTLY).toMatch(/\([89]:\d\d left\)/)
    zectre.clock.advance(9 * 60_000)
    await heading(page, 'This sign-in has ended')
  })

  test('says in a live region that the terminal gave up, and takes it back when it asks again', async () => {
    const zectre = await serveZectre()
    const { code, link } = await zectre.initiate()
    await zectre.status(code)
    const page = await newPage(browser())
    await page.goto(link)
    const gaveUp = page.getByRole('status').getByText('Your terminal has stopped waiting')
    expect(await gaveUp.isVisible()).toBe(false)
    zectre.clock.advance(20_000)
    await lookNow(page)
    await gaveUp.waitFor()
    await zectre.status(code)
    await lookNow(page)
    await gaveUp.waitFor({ state: 'hidden' })
  })

  test('row 151: can be framed by nobody', async () => {
    const zectre = await serveZectre()
    const { link } = await zectre.initiate()
    const page = await newPage(browser())
    await page.goto(await serveElsewhere(`<iframe src="${link}" width="600" height="1000"></iframe>`))
    const [, frame] = page.frames()
    expect(await frame?.locator('form').count()).toBe(0)
  })

  test.each(['approve', 'deny'])(
    'row 149: a form on another port of this machine that says %s changes nothing',
    async (decision) => {
      const zectre = await serveZectre()
      const { code, link } = await zectre.initiate()
      const own = await (await fetch(link)).text()
      const form_token = /name="form_token" value="([^"]*)"/.exec(own)?.[1] ?? ''
      expect(form_token).not.toBe('')
      const fields = Object.entries({ code, form_token, decision, ...DEV })
      const inputs = fields.map(([name, value]) => `<input name="${name}" value="${value}">`).join('')
      for (const policy of ['unsafe-url', 'no-referrer']) {
        const page = await newPage(browser())
        const from = `<meta name="referrer" content="${policy}"><form method="post" action="${zectre.dashboard}/auth/cli">${inputs}</form>`
        await page.goto(await serveElsewhere(`${from}<script>document.forms[0].submit()</script>`))
        await heading(page, 'That did not work')
      }
      await expectState(zectre, code, 'pending')
    },
  )

  test('row 15: opening, prefetching and asking for it a hundred times changes nothing', async () => {
    const zectre = await serveZectre()
    const { code, link } = await zectre.initiate()
    const page = await newPage(browser())
    await page.goto(await serveElsewhere(`<link rel="prefetch" href="${link}"><link rel="prerender" href="${link}">`))
    await page.goto(link)
    await page.goto(`${link}&decision=approve&_method=POST`)
    await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        fetch(link, { method: index % 2 ? 'HEAD' : 'GET', headers: { 'sec-purpose': 'prefetch' } }),
      ),
    )
    await expectState(zectre, code, 'pending')
  })

  const PAYLOADS = [
    '<img src=x onerror=alert(1)>',
    '"><script>alert(1)</script>',
    "'-alert(1)-'",
    '</title><svg/onload=alert(1)>',
    '<a href=javascript:alert(1)>x</a>',
    '{{7*7}}',
    '&lt;script&gt;alert(1)&lt;/script&gt;',
    '\u202egnihtyna\u202c\u0000<b>',
  ]
  test('rows 17 and 153: hostile names, addresses and links are text, and run nothing', async () => {
    const zectre = await serveZectre()
    const page = await newPage(browser(), { userAgent: PAYLOADS[1] ?? '' })
    const ran: string[] = []
    page.on('dialog', (dialog) => {
      ran.push(dialog.message())
      void dialog.dismiss()
    })
    for (const payload of PAYLOADS) {
      await page.goto((await zectre.initiate(payload)).link)
      expect(await page.locator('main :is(img, b, svg, script, a)').count(), payload).toBe(0)
    }
    // As text, so that the browser does not tidy the address of its own accord.
    await page.evaluate(`Object.assign(document.getElementById('email'), { type: 'text', maxLength: 9999 })`)
    await fillIn(page, { email: PAYLOADS.join(), password: PAYLOADS.join() })
    await press(page, 'Approve')
    await page.getByRole('alert').waitFor()
    expect(await page.locator('main :is(img, b, svg, script, a)').count()).toBe(0)
    await page.goto(`${zectre.dashboard}/auth/cli?code=${encodeURIComponent(PAYLOADS.join())}`)
    await heading(page, 'No such sign-in')
    expect(ran).toEqual([])
  })
})
