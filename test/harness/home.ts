import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Ledger } from './ledger.ts'
import { traceFiles } from './traces.ts'

export interface Home {
  path: string
  /** What `KEYTURN_CONFIG_DIR` is set to; not there until the program makes it. */
  config: string
  /** Where what is left behind here is written down, when not with all of the run. */
  ledger?: Ledger
}

/**
 * A home folder that no other test has seen. It is gone when the test ends; a whole suite's is made with
 * `freshHome(afterAll)` outside of every hook, since vitest forgets an `afterAll` that stands in one.
 */
export const freshHome = (whenDone: (cleanUp: () => void) => void = onTestFinished, ledger?: Ledger): Home => {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'keyturn-home-')))
  whenDone(() => {
    traceFiles(path, ledger)
    rmSync(path, { recursive: true, force: true, maxRetries: 5 })
  })
  mkdirSync(join(path, 'tmp'))
  return { path, config: join(path, '.config', 'keyturn'), ...(ledger && { ledger }) }
}
