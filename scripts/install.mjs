// Puts in node_modules what the lockfile says.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { npm, root } from './run.mjs'

const changed = (path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0

/** npm writes its own copy of the lockfile last, so an older one also tells of an install that was cut off. */
export const isInstalled = () => changed('node_modules/.package-lock.json') >= changed('package-lock.json')

/** Resolves to what npm printed when it failed, else to `null`. */
export const install = async () => {
  const { code, output } = await npm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], { quiet: true })
  return code === 0 ? null : output
}
