import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import axe, { type AxeResults } from 'axe-core'
import { expect, test } from 'vitest'
import { describeInBrowser } from '../harness/browser.ts'
import { newPage, serveZectre } from './page-rig.ts'
import { states } from './page-states.ts'

/** The folder that `npm run screenshots` wants a picture of each state in; otherwise none is made. */
const { SCREENSHOTS } = process.env

const LOOKS = {
  light: { colorScheme: 'light', width: 720, height: 800 },
  phone: { colorScheme: 'light', width: 320, height: 568 },
  'phone-dark': { colorScheme: 'dark', width: 320, height: 568 },
  dark: { colorScheme: 'dark', width: 720, height: 800 },
} as const

/** What is drawn by lot or runs, replaced: the same picture every time. */
const STEADY = `{
  const left = document.getElementById('left')
  left?.replaceWith(Object.assign(left.cloneNode(), { textContent: ' (9:46 left)' }))
  for (const phrase of document.querySelectorAll('.phrase')) phrase.textContent = 'lusab-babad'
  for (const code of document.querySelectorAll('code')) {
    code.textContent = code.textContent.replace(/zec_[0-9a-f]{8}/, 'zec_0a1b2c3d')
  }
}`

describeInBrowser('a state of the page, in light and dark, on a desk and on a phone', (browser) => {
  test.each(Object.entries(states))(
    '%s: axe finds nothing, and nothing is wider than the screen',
    async (name, arrive) => {
      const page = await newPage(browser())
      const complaints: string[] = []
      page.on('console', (message) => complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(error.message))
      await arrive(page, await serveZectre())
      await page.evaluate(axe.source)
      if (SCREENSHOTS) await page.evaluate(STEADY)
      for (const [look, { colorScheme, ...size }] of Object.entries(LOOKS)) {
        await page.setViewportSize(size)
        await page.emulateMedia({ colorScheme })
        // In the dark nothing but the colours is different.
        const rules = colorScheme === 'light' ? '{}' : `{ runOnly: ['color-contrast'] }`
        const found = await page.evaluate<AxeResults>(`axe.run(document, ${rules})`)
        expect(found.passes.length).toBeGreaterThan(0)
        expect(found.violations.map(({ id, nodes }) => [look, id, nodes.map(({ html }) => html)])).toEqual([])
        expect(await page.evaluate('document.documentElement.scrollWidth'), look).toBeLessThanOrEqual(size.width)
        if (SCREENSHOTS && look !== 'phone-dark') {
          mkdirSync(SCREENSHOTS, { recursive: true })
          await page.screenshot({
            path: join(SCREENSHOTS, `${name}-${look}.png`),
            fullPage: true,
            animations: 'disabled',
          })
        }
      }
      const expected = /the server responded with a status of/
      expect(complaints.filter((complaint) => !expected.test(complaint))).toEqual([])
    },
  )
})
