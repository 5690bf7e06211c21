import { execFile } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import type { Environment } from '../vocabulary/environment.ts'
import { findProgram } from './look.ts'

export interface GitPlace {
  env: Environment
  platform: NodeJS.Platform
}

/** What git needs to start and to find its person's own settings (who trusts which checkout); nothing that leads it elsewhere. */
const NEEDED = /^(PATH|HOME|XDG_CONFIG_HOME|SYSTEMROOT|USERPROFILE)$/i

/** A checkout's own settings could name programs to be run: to watch its files, or to fetch what is missing in it. */
const RUN_NOTHING = { GIT_NO_LAZY_FETCH: '1', GIT_ALLOW_PROTOCOL: 'none', GIT_OPTIONAL_LOCKS: '0' }
const OPTIONS = ['--no-pager', '--literal-pathspecs', '-c', 'core.fsmonitor=false']

/**
 * Whether git has this file, or its name, in its index; `unknown` where there is a git that does not say. Where there is no
 * checkout no git is started, and without git nobody commits anything here by mistake.
 */
export const isTracked = async (path: string, { env, platform }: GitPlace): Promise<boolean | 'unknown'> => {
  const folder = realFolder(dirname(path))
  const checkout = gitCheckout(folder)
  // By its whole path: Windows looks for a bare name in the current folder first.
  const git = findProgram(platform === 'win32' ? 'git.exe' : 'git', env.PATH ?? env.Path ?? '', platform)
  if (checkout === null || git === null) return false
  const needed = Object.entries(env).filter(([name]) => NEEDED.test(name))
  const name = join(relative(checkout, folder), basename(path))
  return new Promise((resolve) => {
    execFile(
      git,
      [...OPTIONS, '-C', checkout, 'ls-files', '--error-unmatch', '--', name],
      { env: { ...Object.fromEntries(needed), ...RUN_NOTHING }, timeout: 5000, windowsHide: true },
      (error, _stdout, stderr) => {
        // It can fail to read its index and go on to say that the name is not in there.
        const isSure = error?.code === 1 && !/^(fatal|error): (?!pathspec )/m.test(stderr)
        resolve(error === null ? true : isSure ? false : 'unknown')
      },
    )
  })
}

/** The checkout that a folder lies in, whether or not the folder is there yet; `null` when it lies in none. */
export const gitCheckout = (folder: string): string | null => {
  if (existsSync(join(folder, '.git'))) return folder
  return dirname(folder) === folder ? null : gitCheckout(dirname(folder))
}

/** As git sees it: through the links on the way, as far as there is anything. */
const realFolder = (folder: string): string =>
  existsSync(folder) ? realpathSync(folder) : join(realFolder(dirname(folder)), basename(folder))
