import { renameSync } from 'node:fs'
import { platform } from 'node:os'

/** What Windows says while another program (a virus scanner, an indexer) has one of the two open for a moment. */
const IN_USE = ['EPERM', 'EACCES', 'EBUSY']
/** In milliseconds: a second and a half in all. */
const PAUSES = [10, 20, 50, 100, 200, 400, 700]

interface Replacing {
  isWindows: boolean
  rename(from: string, to: string): void
  pause(milliseconds: number): void
}

const REAL: Replacing = {
  get isWindows() {
    return platform() === 'win32'
  },
  rename: renameSync,
  pause: (milliseconds) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds),
}

/** Puts one file in the place of another, as one step. */
export const replaceFile = (from: string, to: string, { isWindows, rename, pause } = REAL): void => {
  for (const milliseconds of isWindows ? PAUSES : []) {
    try {
      rename(from, to)
      return
    } catch (error) {
      if (!IN_USE.includes((error as NodeJS.ErrnoException).code ?? '')) throw error
      pause(milliseconds)
    }
  }
  rename(from, to)
}
