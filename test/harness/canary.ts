/**
 * Every secret that a test lets through the program is one of its own, and nothing that is left behind may hold it: no
 * stream, no file in the home, no arguments or environment of a process. `canary-run.ts` looks when all tests have ended.
 *
 *   const KEY = canary('key')                 instead of a fixed one
 *   expect(stdout).toBe(`${printed(KEY)}\n`)  in this test the program is meant to print it
 *   meant(KEY, 'file')                        … or to put it somewhere else: 'stderr', 'environment' (of what it starts)
 *   watchFor(letter.token, 'token')           one that the service made up, so that it is looked for too
 */
import { randomBytes } from 'node:crypto'
import { expect, inject, TestRunner } from 'vitest'
import { SHORTEST } from './leaks.ts'
import { type Ledger, NO_LEDGER, openLedger, type Place } from './ledger.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where this run writes down its secrets and what was left behind. */
    ledger: string
  }
}

let ledger: Ledger | null = null

/** The one of this run; where nobody provides one (the unit tests) nothing is written down. */
export const runLedger = (): Ledger => {
  ledger ??= inject('ledger') === undefined ? NO_LEDGER : openLedger(inject('ledger'))
  return ledger
}

/** The test that is running, by file and name; in a hook of a file that has none yet, the name is empty. */
export const currentTest = (): string => {
  const { testPath = '', currentTestName = '' } = expect.getState()
  // The name of the last test of another file stays in the state, where files share a worker.
  const name = TestRunner.getCurrentTest() === undefined ? '' : currentTestName
  return `${testPath.replace(/^.*\/test\//, 'test/')} > ${name}`
}

const SHAPES = {
  key: (random: string, prefix = 'zec_') => `${prefix}EXAMPLE_${random}`,
  token: (random: string) => `a-token-EXAMPLE-${random}`,
  /** With blanks, which are no end of one. */
  password: (random: string) => `correct horse EXAMPLE ${random}`,
}

/** A secret that no other test has. The prefix is a key's: "zec_" unless the service has another. */
export const canary = (kind: keyof typeof SHAPES, prefix?: string, into: Ledger = runLedger()): string => {
  const secret = SHAPES[kind](randomBytes(8).toString('hex'), prefix)
  into.write({ secret, kind, origin: 'canary' })
  return secret
}

/** A secret that the service or the program made up. One that is too short to tell from chance is not looked for. */
export const watchFor = (secret: string, kind: string, into: Ledger = runLedger()): string => {
  if (secret.length >= SHORTEST) into.write({ secret, kind, origin: 'learned' })
  return secret
}

/** This test means the secret to stand there; in any other place, and in any other test, it is still looked for. */
export const meant = (secret: string, place: Place, into: Ledger = runLedger()): string => {
  into.write({ meant: secret, place, test: currentTest() })
  return secret
}

/** The same for what a command answers, to a pipe or on a terminal. */
export const printed = (secret: string): string => meant(meant(secret, 'stdout'), 'terminal')
