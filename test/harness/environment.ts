import { join } from 'node:path'
import type { Home } from './home.ts'

export type Variables = Record<string, string | undefined>

/** Where the built program is, and the Node that starts it: `scripts/nodes.mjs` and `scripts/binary.mjs` name others. */
export const PROGRAM = join(import.meta.dirname, '..', '..', 'bin', 'keyturn.js')
export const NODE = process.env.KEYTURN_TEST_NODE ?? process.execPath

/** The program without anything between: where it matters what is started, and how often. */
export const START = process.env.KEYTURN_TEST_BINARY ? [process.env.KEYTURN_TEST_BINARY] : [NODE, PROGRAM]

/**
 * The whole environment of a program under test, made from nothing: whatever the machine has (CI, SSH, DISPLAY, a D-Bus,
 * KEYTURN_*, proxies) is not in it unless the test puts it there. A variable given as `undefined` is left out.
 */
export const environment = (home: Home, changes: Variables = {}): Record<string, string> => {
  const all: Variables = {
    PATH: process.env.PATH,
    HOME: home.path,
    TMPDIR: join(home.path, 'tmp'),
    LANG: 'C.UTF-8',
    KEYTURN_CONFIG_DIR: home.config,
    ...changes,
  }
  const given: Record<string, string> = {}
  for (const [name, value] of Object.entries(all)) if (value !== undefined) given[name] = value
  return given
}
