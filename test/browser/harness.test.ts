import { expect, test } from 'vitest'
import { describeInBrowser, findChromium } from '../harness/browser.ts'
import { freshHome } from '../harness/home.ts'
import { serveScript } from '../harness/service.ts'

test('a browser that CHROMIUM names and that is not there is not replaced by another', () => {
  expect(findChromium({ CHROMIUM: '/nowhere/chromium', PATH: process.env.PATH })).toBeNull()
  expect(findChromium({ PATH: freshHome().path })).toBeNull()
})

describeInBrowser('a real browser', (browser) => {
  test('shows a page, runs its script and sends its form', async () => {
    const html = `<title>before</title><form method="post" action="/sent"><input name="word"><button>Send</button></form>
      <script>document.title = 'after'</script>`
    const service = await serveScript({
      'GET /': { text: html, headers: { 'content-type': 'text/html' } },
      'GET /favicon.ico': { status: 204 },
      'POST /sent': { text: 'thank you' },
    })
    const page = await browser().newPage()
    await page.goto(service.url)
    expect(await page.title()).toBe('after')
    await page.getByRole('textbox').fill('a key')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('thank you').waitFor()
    expect(service.to('POST /sent').map(({ body }) => body)).toEqual(['word=a+key'])
    await page.close()
  })

  test('can be without JavaScript', async () => {
    const service = await serveScript({
      'GET /': {
        text: `<title>before</title><script>document.title = 'after'</script>`,
        headers: { 'content-type': 'text/html' },
      },
    })
    const context = await browser().newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto(service.url)
    expect(await page.title()).toBe('before')
    await context.close()
  })
})
