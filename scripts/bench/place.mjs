// Where the runs take place: a home of their own, and an environment made from nothing.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../run.mjs'

/** A fake that says so. */
export const KEY = 'zec_EXAMPLE000000000000000000000000'
export const PROGRAM = join(root, 'bin', 'keyturn.js')

export const makePlace = () => {
  const path = mkdtempSync(join(tmpdir(), 'keyturn-bench-'))
  const home = join(path, 'home')
  mkdirSync(home)
  /**
   * No variable of whoever runs this is in it. Above all not `NODE_EXTRA_CA_CERTS` and `SSL_CERT_FILE`: with them Node 20
   * starts in twice the time, which flatters every ratio.
   */
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    TMPDIR: path,
    LANG: 'C.UTF-8',
    KEYTURN_CONFIG_DIR: join(home, 'config'),
  }
  return {
    path,
    env,
    /** For a command with a credential of its environment. */
    withKey: (url) => ({ ...env, KEYTURN_SERVICE: 'zectre', KEYTURN_API_KEY: KEY, KEYTURN_URL: url }),
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }),
  }
}
