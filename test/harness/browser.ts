import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { type Browser, type BrowserContext, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Home } from './home.ts'
import { traceFiles } from './traces.ts'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** `CHROMIUM`, or the first of the usual names that is on the PATH. */
export const findChromium = (variables: NodeJS.ProcessEnv = process.env): string | null => {
  if (variables.CHROMIUM) return isProgram(variables.CHROMIUM) ? variables.CHROMIUM : null
  const folders = (variables.PATH ?? '').split(delimiter).filter(Boolean)
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram) ?? null
}

// It asks nobody but the page under test: no component updates, no sync, no first-run pages, no QUIC.
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const variables = (home: string): Record<string, string> => {
  const { PATH, LANG = 'C.UTF-8' } = process.env
  return { HOME: home, LANG, ...(PATH ? { PATH } : {}) }
}

/** A browser as a person has it: what it remembers stands in the home. For a suite that has one already. */
export const openWithHistory = (home: Home): Promise<BrowserContext> =>
  chromium.launchPersistentContext(join(home.path, 'profile'), {
    executablePath: findChromium() ?? '',
    headless: true,
    args: FLAGS,
    env: variables(home.path),
  })

/**
 * A suite that has a real Chromium: one browser for all of it, handed over as a function since it starts with the first
 * test. Without one the suite is skipped aloud; with CI=true that is a failure.
 */
export const describeInBrowser = (name: string, suite: (browser: () => Browser) => void): void => {
  const executablePath = findChromium()
  if (executablePath) {
    describe(name, () => {
      let browser: Browser | null = null
      let home = ''
      beforeAll(async () => {
        home = mkdtempSync(join(tmpdir(), 'keyturn-browser-'))
        browser = await chromium.launch({ executablePath, headless: true, args: FLAGS, env: variables(home) })
      })
      afterAll(async () => {
        await browser?.close()
        traceFiles(home)
        rmSync(home, { recursive: true, force: true, maxRetries: 5 })
      })
      suite(() => {
        if (!browser) throw new Error('the browser starts with the first test: ask for it inside of one')
        return browser
      })
    })
    return
  }
  const complaint = `no Chromium for "${name}": install one (apt-get install chromium) or set CHROMIUM to its path`
  if (process.env.CI === 'true') {
    test(name, () => expect.fail(complaint))
    return
  }
  process.stderr.write(`skipped: ${complaint}\n`)
  // Declared, so that they are counted as skipped.
  describe.skip(name, () =>
    suite(() => {
      throw new Error(complaint)
    }),
  )
}
