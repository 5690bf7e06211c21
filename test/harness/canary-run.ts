import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { findLeaks, type Leak } from './leaks.ts'
import { readLedger } from './ledger.ts'

/** Around all tests of a project: a folder for what they write down, and at the end the search of it. */
export const setup = (project: TestProject): (() => void) => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-ledger-'))
  project.provide('ledger', folder)
  return () => {
    const start = performance.now()
    const entries = readLedger(folder)
    const leaks = findLeaks(entries)
    rmSync(folder, { recursive: true, force: true })
    const secrets = new Set(entries.secrets.map(({ secret }) => secret)).size
    const took = ((performance.now() - start) / 1000).toFixed(1)
    process.stdout.write(
      `\ncanary: ${secrets} secrets, ${entries.traces.length} texts, ${leaks.length} hits (${took} s)\n`,
    )
    if (leaks.length === 0) return
    process.stderr.write(`${leaks.slice(0, 20).map(inWords).join('\n')}\n`)
    // What is thrown here vitest prints and forgets.
    process.exitCode = 1
  }
}

const inWords = ({ kind, secret, form, place, where, test }: Leak): string =>
  `  the ${kind} ${secret.slice(0, 60)} stands, ${form}, in ${place} of "${where.slice(0, 200)}" (${test})`
