import { readFileSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))

const PROCESS = ['test/process.test.ts', 'test/process/**/*.test.ts']
const KEYCHAIN = ['test/keychain*.test.ts', 'test/keychain/**/*.test.ts', 'test/stores.test.ts']
const BROWSER = ['test/browser.test.ts', 'test/browser/**/*.test.ts']
/** Only `npm run binary -- --test` has made what this is about. */
const EXECUTABLE = ['test/executable/executable.test.ts']
/** What a run puts among the temporary folders goes with it. */
const FOLDER = 'test/harness/run-folder.ts'
/** What the programs of these leave behind is searched for every secret of theirs when the last has ended. */
const CANARIES = { globalSetup: [FOLDER, 'test/harness/canary-run.ts'] }

export default defineConfig({
  define: { __KEYTURN_VERSION__: JSON.stringify(version) },
  test: {
    projects: [
      {
        extends: true,
        test: {
          globalSetup: FOLDER,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...PROCESS, ...KEYCHAIN, ...BROWSER, ...EXECUTABLE],
          // Nothing is patched and no module is mocked, so files may share what they have loaded.
          isolate: false,
          maxWorkers: 2,
          // Far longer than any of them takes: a machine may have other work as well.
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        // These wait more than they work, so there are more of them than cores.
        test: {
          ...CANARIES,
          name: 'process',
          include: [...PROCESS, ...(process.env.KEYTURN_TEST_BINARY ? EXECUTABLE : [])],
          isolate: false,
          maxWorkers: 4,
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        extends: true,
        // One at a time: these measure how long a keychain that does not answer is waited for.
        test: {
          ...CANARIES,
          name: 'keychain',
          include: KEYCHAIN,
          fileParallelism: false,
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          ...CANARIES,
          name: 'browser',
          include: BROWSER,
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
