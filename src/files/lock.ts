/**
 * A lock between processes: a symbolic link that leads nowhere and whose text names the holder. Making one is atomic
 * together with its text, so no killed process leaves a lock without a name on it, and a holder that has died is known
 * at once and for certain, not guessed from the lock's age. One that is merely slow or stopped keeps its lock:
 * taking it away would let two work at once.
 */
import { createHash, randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { Failure } from '../vocabulary/failure.ts'
import { errorCode } from './private-file.ts'
import type { FileTools } from './tools.ts'

/** How long to wait for another process; its work takes milliseconds, or one network call. */
const PATIENCE = 10_000
/** Nobody can tell whether a process on another machine lives; no command of keyturn holds a lock for so long. */
const FOREIGN_LOCK_LIFE = 10 * 60_000

interface Holder {
  pid: number
  /** When that process began, so that another one with the same number is not taken for it; `0`: not known. */
  started: string
  machine: string
  boot: string
  /** Process numbers mean something only within one (containers: pid_namespaces(7)). */
  namespace: string
  token: string
}

const textOf = (holder: Holder): string =>
  [holder.pid, holder.started, holder.machine, holder.boot, holder.namespace, holder.token].join('.')

const parse = (text: string): Holder | null => {
  const [pid, started, machine, boot, namespace, token] = text.split('.')
  if (!pid || !/^[0-9]+$/.test(pid) || !started || !machine || !boot || !namespace || !token) return null
  return { pid: Number(pid), started, machine, boot, namespace, token }
}

const attempt = (read: () => string): string => {
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

const newHolder = (pid: number): Holder => ({
  pid,
  started: processStat(pid)?.started ?? '0',
  machine: short(hostname() + attempt(() => fs.readFileSync('/etc/machine-id', 'utf8'))),
  boot: short(attempt(() => fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'))),
  namespace: short(attempt(() => fs.readlinkSync('/proc/self/ns/pid'))),
  token: randomBytes(8).toString('hex'),
})

/** `false` when the name is taken. */
const create = (path: string, text: string): boolean => {
  try {
    fs.symlinkSync(text, path)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    // Windows gives links to the privileged alone; a plain file does, though a kill can leave it empty.
    if (!['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'UNKNOWN'].includes(errorCode(error))) throw error
  }
  try {
    fs.writeFileSync(path, text, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
}

const holderOf = (path: string): Holder | null =>
  parse(attempt(() => fs.readlinkSync(path)) || attempt(() => fs.readFileSync(path, 'utf8')))

const isDead = (path: string, holder: Holder | null, self: Holder, tools: FileTools): boolean => {
  if (holder?.machine === self.machine) {
    // The machine was started anew since.
    if (holder.boot !== self.boot) return true
    if (holder.namespace === self.namespace) {
      const stat = processStat(holder.pid)
      if (stat) return stat.state === 'Z' || stat.state === 'X' || stat.started !== holder.started
      return !tools.processes.isRunning(holder.pid)
    }
  }
  const stats = fs.lstatSync(path, { throwIfNoEntry: false })
  return stats !== undefined && tools.clock.now() - stats.mtimeMs > FOREIGN_LOCK_LIFE
}

/**
 * Removes the lock of a dead holder. Two who find the same dead holder must not both do it: the slower would remove
 * the lock that the faster has made meanwhile. So the right to remove it is itself a lock, named after that holder.
 */
const removeDead = (path: string, dead: Holder | null, self: Holder, tools: FileTools): void => {
  const claim = `${path}.${dead?.token ?? 'nameless'}`
  if (!create(claim, textOf(self))) {
    const other = holderOf(claim)
    if (isDead(claim, other, self, tools)) removeDead(claim, other, self, tools)
    return
  }
  if (holderOf(path)?.token === dead?.token) fs.rmSync(path, { force: true })
  fs.rmSync(claim, { force: true })
}

/** Claims whose maker was killed over them; harmless, and only the holder of the lock may tidy them. */
const sweepClaims = (path: string, self: Holder, tools: FileTools): void => {
  const folder = dirname(path)
  for (const name of fs.readdirSync(folder).filter((entry) => entry.startsWith(`${basename(path)}.`))) {
    const claim = join(folder, name)
    if (isDead(claim, holderOf(claim), self, tools)) fs.rmSync(claim, { force: true })
  }
}

/** Runs the work while no other process holds the lock of that name. The folder must be there. */
export const withLock = async <T>(
  path: string,
  tools: FileTools,
  signal: AbortSignal,
  work: () => Promise<T> | T,
): Promise<T> => {
  const self = newHolder(tools.processes.pid)
  const began = tools.clock.monotonic()
  while (!create(path, textOf(self))) {
    signal.throwIfAborted()
    const holder = holderOf(path)
    if (isDead(path, holder, self, tools)) {
      removeDead(path, holder, self, tools)
      continue
    }
    if (tools.clock.monotonic() - began > PATIENCE) {
      throw new Failure('failed', `another keyturn (process ${holder?.pid ?? 'unknown'}) is at work and does not end`, {
        hint: `try again when it has ended; if there is none, remove ${path}`,
      })
    }
    // Not in step with the others that wait.
    await tools.wait(5 + Math.floor(randomBytes(1).readUInt8() / 10), signal)
  }
  try {
    sweepClaims(path, self, tools)
    return await work()
  } finally {
    if (holderOf(path)?.token === self.token) fs.rmSync(path, { force: true })
  }
}
