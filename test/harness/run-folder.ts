/**
 * Around a run: one folder for all that its tests put among the temporary ones, gone when the run has ended. What a test
 * should have put away is told; what a run left behind that was killed goes with the next one.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

const NAME = /^keyturn-(\d+)-\w{6}$/
/** POSIX has the first, Windows the others. */
const VARIABLES = ['TMPDIR', 'TEMP', 'TMP']

/** No error where it is another user's. */
const remove = (folder: string): void => {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  } catch {}
}

const isOver = (pid: number): boolean => {
  try {
    return !process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

export const setup = (): void => {
  const outside = tmpdir()
  // Every project of a run is set up; the first did it for all.
  if (NAME.test(basename(outside))) return
  for (const name of readdirSync(outside)) {
    const pid = NAME.exec(name)?.[1]
    if (pid !== undefined && isOver(Number(pid))) remove(join(outside, name))
  }
  const folder = mkdtempSync(join(outside, `keyturn-${process.pid}-`))
  for (const name of VARIABLES) process.env[name] = folder
  process.once('exit', () => {
    const left = readdirSync(folder).filter((name) => name.startsWith('keyturn-'))
    remove(folder)
    if (left.length === 0) return
    process.stderr.write(`left behind among the temporary folders: ${left.join(', ')}\n`)
    // A suite that is skipped, for a part that is not here or a filter, puts nothing away.
    if (process.env.CI === 'true') process.exitCode ||= 1
  })
}
