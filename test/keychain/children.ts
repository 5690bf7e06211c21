import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

export interface Seen {
  pid: number
  parent: number
  cmdline: string
  environ: string
}

const look = (pid: number): Seen | null => {
  try {
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    if (state === 'Z') return null
    const cmdline = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    return { pid, parent: Number(parent), cmdline, environ: readFileSync(`/proc/${pid}/environ`, 'utf8') }
  } catch {
    // It has ended meanwhile, or is another user's.
    return null
  }
}

/** Every process that can be seen, the dead ones left out. */
export const processes = (): Seen[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => look(Number(name)) ?? [])

export const keychainChildren = (parent: number): Seen[] =>
  processes().filter((seen) => seen.parent === parent && seen.cmdline.includes('keychain-child'))

/** Whether a process does anything any more; one that has ended and was not yet buried does not. */
export const isAlive = (pid: number): boolean => {
  try {
    readlinkSync(`/proc/${pid}/exe`)
    return true
  } catch {
    return false
  }
}
