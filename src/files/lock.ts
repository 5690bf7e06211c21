/**
 * A lock between processes: a symbolic link that leads nowhere and whose text names the holder. Making one is atomic
 * together with its text, so no killed process leaves a lock without a name on it, and a holder that has died is known
 * at once and for certain, not guessed from the lock's age. One that is merely slow or stopped keeps its lock:
 * taking it away would let two work at once.
 */
import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { Failure } from '../vocabulary/failure.ts'
import { attempt, type Holder, holderText, isGone, newHolder, parseHolder } from './holder.ts'
import { errorCode, meansNoLinks } from './private-file.ts'
import type { FileTools } from './tools.ts'

/** How long to wait for another process; its work takes milliseconds, or one network call. */
const PATIENCE = 10_000

/** `false` when the name is taken. */
const create = (path: string, text: string): boolean => {
  try {
    fs.symlinkSync(text, path)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    // Windows gives links to the privileged alone; a plain file does, though a kill can leave it empty.
    if (!meansNoLinks(error)) throw error
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
  parseHolder(attempt(() => fs.readlinkSync(path)) || attempt(() => fs.readFileSync(path, 'utf8')))

const isDead = (path: string, holder: Holder | null, self: Holder, tools: FileTools): boolean =>
  isGone(holder, self, fs.lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null, tools)

/**
 * Removes the lock of a dead holder. Two who find the same dead holder must not both do it: the slower would remove
 * the lock that the faster has made meanwhile. So the right to remove it is itself a lock, named after that holder.
 * Gives the path of that one where a living process has it, and `null` where the way is free.
 */
const removeDead = (path: string, dead: Holder | null, self: Holder, tools: FileTools): string | null => {
  const claim = `${path}.${dead?.token ?? 'nameless'}`
  if (!create(claim, holderText(self))) {
    const other = holderOf(claim)
    return isDead(claim, other, self, tools) ? removeDead(claim, other, self, tools) : claim
  }
  if (holderOf(path)?.token === dead?.token) fs.rmSync(path, { force: true })
  fs.rmSync(claim, { force: true })
  return null
}

/** Claims whose maker was killed over them; harmless, and only the holder of the lock may tidy them. */
const sweepClaims = (path: string, self: Holder, tools: FileTools): void => {
  const folder = dirname(path)
  for (const name of fs.readdirSync(folder).filter((entry) => entry.startsWith(`${basename(path)}.`))) {
    const claim = join(folder, name)
    if (isDead(claim, holderOf(claim), self, tools)) fs.rmSync(claim, { force: true })
  }
}

const renew = (path: string, self: Holder, { clock }: FileTools): void => {
  const now = clock.now() / 1000
  try {
    if (holderOf(path)?.token === self.token) fs.lutimesSync(path, now, now)
  } catch {
    // It is as good as it was, until it is old.
  }
}

/**
 * Runs the work while no other process holds the lock of that name. The folder must be there. Work that takes minutes
 * has to renew its lock, for those who can't see that its process lives.
 */
export const withLock = async <T>(
  path: string,
  tools: FileTools,
  signal: AbortSignal,
  work: (renew: () => void) => Promise<T> | T,
): Promise<T> => {
  const self = newHolder(tools.processes.pid)
  const began = tools.clock.monotonic()
  while (!create(path, holderText(self))) {
    signal.throwIfAborted()
    const holder = holderOf(path)
    const inTheWay = isDead(path, holder, self, tools) ? removeDead(path, holder, self, tools) : path
    if (inTheWay === null) continue
    if (tools.clock.monotonic() - began > PATIENCE) {
      const pid = holderOf(inTheWay)?.pid ?? 'unknown'
      throw new Failure('failed', `another keyturn (process ${pid}) is at work and does not end`, {
        hint: `try again when it has ended; if there is none, remove ${inTheWay}`,
      })
    }
    // Not in step with the others that wait.
    await tools.wait(5 + Math.floor(randomBytes(1).readUInt8() / 10), signal)
  }
  try {
    sweepClaims(path, self, tools)
    return await work(() => renew(path, self, tools))
  } finally {
    if (holderOf(path)?.token === self.token) fs.rmSync(path, { force: true })
  }
}
