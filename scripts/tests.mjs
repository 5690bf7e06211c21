// One vitest project, run to its end and counted.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tool } from './run.mjs'

/** What the machine has set up for itself and the tests must not notice; npm, which needs it, runs before. */
const FOREIGN = /^(KEYTURN_|NODE_EXTRA_CA_CERTS$|SSL_CERT_|NODE_OPTIONS$)/

/** A test that hangs where no timer of its own can reach it must not hang whoever runs the tests. */
const LONGEST = 8 * 60_000

/**
 * @param {string} project
 * @param {{ quiet?: boolean, env?: Record<string, string>, files?: string[] }} [options]
 */
export const runTests = async (project, { quiet = false, env = {}, files = [] } = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-check-'))
  const report = join(folder, 'report.json')
  try {
    const inherited = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name))
    const { code, output } = await tool(
      'vitest/vitest.mjs',
      ['run', ...files, '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
      { quiet, env: { ...Object.fromEntries(inherited), ...env }, timeout: LONGEST },
    )
    const { passed, failed, skipped } = count(report)
    // A file that does not load and an error outside of any test fail the run without failing a test.
    return { ok: code === 0, passed, failed: code === 0 ? failed : Math.max(failed, 1), skipped, output }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const count = (report) => {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(readFileSync(report, 'utf8'))
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests }
  } catch {
    return { passed: 0, failed: 0, skipped: 0 }
  }
}

/** The line that ends a test run: `412 passed, 0 failed`, and what was skipped if anything was. */
export const totalLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`

export const add = (a, b) => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
})
export const NOTHING = { passed: 0, failed: 0, skipped: 0 }
