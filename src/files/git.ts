import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** Whether git has this file, or its name, in its index. Where there is no checkout no git is started. */
export const isTracked = async (path: string): Promise<boolean> => {
  const folder = dirname(path)
  if (gitCheckout(folder) === null) return false
  return new Promise((resolve) => {
    // A checkout's own settings could name a program to be run (core.fsmonitor); this one names none.
    const args = ['-c', 'core.fsmonitor=false', '-C', folder, 'ls-files', '--error-unmatch', '--', basename(path)]
    // Without git nobody commits anything here by mistake.
    execFile('git', args, { timeout: 5000, windowsHide: true }, (error) => resolve(error === null))
  })
}

/** The checkout that a folder lies in, whether or not the folder is there yet; `null` when it lies in none. */
export const gitCheckout = (folder: string): string | null => {
  if (existsSync(join(folder, '.git'))) return folder
  return dirname(folder) === folder ? null : gitCheckout(dirname(folder))
}
