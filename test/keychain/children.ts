import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Seen {
  pid: number
  parent: number
  cmdline: string
}

/** Empty for one that has ended meanwhile, or is another user's. */
const readProc = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

export const environmentOf = ({ pid }: Seen): string => readProc(pid, 'environ')

const look = (pid: number): Seen | null => {
  const [state, parent] = readProc(pid, 'stat').split(') ').at(-1)?.split(' ') ?? []
  if (parent === undefined || state === 'Z') return null
  return { pid, parent: Number(parent), cmdline: readProc(pid, 'cmdline') }
}

/** Every process that can be seen, the dead ones left out. */
export const processes = (): Seen[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => look(Number(name)) ?? [])

const isKeychainChild = ({ cmdline }: Seen): boolean => cmdline.includes('keychain-child')

export const keychainChildren = (parent: number): Seen[] =>
  processes().filter((seen) => seen.parent === parent && isKeychainChild(seen))

/** Whether a process does anything any more; one that has ended and was not yet buried does not. */
export const isAlive = (pid: number): boolean => {
  try {
    readlinkSync(`/proc/${pid}/exe`)
    return true
  } catch {
    return false
  }
}

/** Whether no child with that text in its environment is left within a second: one just killed takes a moment to go. */
export const hasNoChildLeft = async (mark: string): Promise<boolean> => {
  for (const end = performance.now() + 1000; performance.now() < end; ) {
    if (!processes().some((seen) => isKeychainChild(seen) && environmentOf(seen).includes(mark))) return true
    await sleep(20)
  }
  return false
}
