/** Who is at work on something: a process, told apart from every other one there ever was, and known to be gone. */
import { createHash, randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { hostname } from 'node:os'
import type { FileTools } from './tools.ts'

export interface Holder {
  pid: number
  /** When that process began, so that another one with the same number is not taken for it; `0`: not known. */
  started: string
  machine: string
  boot: string
  /** Process numbers mean something only within one (containers: pid_namespaces(7)). */
  namespace: string
  token: string
}

/** Nobody can tell whether a process on another machine lives; no command of keyturn is at one thing for so long. */
const FOREIGN_LIFE = 10 * 60_000

export const holderText = (holder: Holder): string =>
  [holder.pid, holder.started, holder.machine, holder.boot, holder.namespace, holder.token].join('.')

/** `null` for a text that no keyturn wrote. */
export const parseHolder = (text: string): Holder | null => {
  const [pid, started, machine, boot, namespace, token] = text.split('.')
  if (!pid || !/^[0-9]+$/.test(pid) || !started || !machine || !boot || !namespace || !token) return null
  return { pid: Number(pid), started, machine, boot, namespace, token }
}

/** What the system does not tell is the empty text. */
export const attempt = (read: () => string): string => {
  try {
    return read()
  } catch {
    return ''
  }
}

const short = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12)

/** State and start of a Linux process (proc(5), fields 3 and 22); `null` without such a process, or without /proc. */
const processStat = (pid: number): { state: string; started: string } | null => {
  const fields =
    attempt(() => fs.readFileSync(`/proc/${pid}/stat`, 'utf8'))
      .split(') ')
      .at(-1)
      ?.split(' ') ?? []
  return fields.length > 20 ? { state: fields[0] ?? '', started: fields[19] ?? '0' } : null
}

export const newHolder = (pid: number): Holder => ({
  pid,
  started: processStat(pid)?.started ?? '0',
  machine: short(hostname() + attempt(() => fs.readFileSync('/etc/machine-id', 'utf8'))),
  boot: short(attempt(() => fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'))),
  namespace: short(attempt(() => fs.readlinkSync('/proc/self/ns/pid'))),
  token: randomBytes(8).toString('hex'),
})

/** `since`: when the holder was last known to be at work, in milliseconds; `null` when nothing tells. */
export const isGone = (holder: Holder | null, self: Holder, since: number | null, tools: FileTools): boolean => {
  if (holder?.machine === self.machine) {
    // The machine was started anew since.
    if (holder.boot !== self.boot) return true
    if (holder.namespace === self.namespace) {
      const stat = processStat(holder.pid)
      if (stat) return stat.state === 'Z' || stat.state === 'X' || stat.started !== holder.started
      return !tools.processes.isRunning(holder.pid)
    }
  }
  return since !== null && tools.clock.now() - since > FOREIGN_LIFE
}
