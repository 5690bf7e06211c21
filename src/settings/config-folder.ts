import { join, resolve } from 'node:path'
import type { Environment } from '../vocabulary/environment.ts'
import { Failure } from '../vocabulary/failure.ts'

/**
 * Where keyturn keeps its files: `KEYTURN_CONFIG_DIR`, then `XDG_CONFIG_HOME/keyturn`, then the platform's folder. The
 * XDG Base Directory Specification has a relative `XDG_CONFIG_HOME` ignored.
 */
export const configFolder = (env: Environment, platform: NodeJS.Platform): string => {
  if (env.KEYTURN_CONFIG_DIR) return resolve(env.KEYTURN_CONFIG_DIR)
  if (env.XDG_CONFIG_HOME?.startsWith('/')) return join(env.XDG_CONFIG_HOME, 'keyturn')
  if (platform === 'win32') return join(homeFrom(env, 'APPDATA'), 'keyturn')
  if (platform === 'darwin') return join(homeFrom(env, 'HOME'), 'Library', 'Application Support', 'keyturn')
  return join(homeFrom(env, 'HOME'), '.config', 'keyturn')
}

const homeFrom = (env: Environment, name: 'HOME' | 'APPDATA'): string => {
  const home = env[name]
  if (home) return home
  throw new Failure('failed', `there is no place for keyturn's files: ${name} is not set`, {
    hint: `set ${name}, or KEYTURN_CONFIG_DIR to a folder of your own`,
  })
}
