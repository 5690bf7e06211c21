import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export interface Home {
  path: string
  /** What `KEYTURN_CONFIG_DIR` is set to; not there until the program makes it. */
  config: string
}

/**
 * A home folder that no other test has seen. It is gone when the test ends; a whole suite's is made with
 * `freshHome(afterAll)`.
 */
export const freshHome = (whenDone: (cleanUp: () => void) => void = onTestFinished): Home => {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'keyturn-home-')))
  whenDone(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }))
  mkdirSync(join(path, 'tmp'))
  return { path, config: join(path, '.config', 'keyturn') }
}
