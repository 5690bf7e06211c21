// One run of a program, timed from outside: alone, in turn with `node -e 0`, or watched while it lasts.
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { paired } from './statistics.mjs'

const LONGEST = 120_000

/** @typedef {{ command: string, args: string[], env: Record<string, string>, code?: number | null, cwd?: string }} Run
 *  `code`: the exit code that it must end with, or `null` for any; 0 unless given. */

const complain = ({ command, args, code = 0 }, ended, said) => {
  if (code !== null && ended !== code) throw new Error(`${command} ${args.join(' ')} ended with ${ended}: ${said}`)
}

/** Milliseconds. Nothing else of this process runs meanwhile. @param {Run} run */
export const timeOf = (run) => {
  const { command, args, env, cwd } = run
  const began = performance.now()
  const { status, stderr, error } = spawnSync(command, args, {
    env,
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 2 ** 28,
    timeout: LONGEST,
  })
  const took = performance.now() - began
  if (error) throw error
  complain(run, status, stderr)
  return took
}

/**
 * In turn with `node -e 0` of the same Node, after one of each that does not count.
 * @param {string} node
 * @param {Run} run
 * @param {number} times
 */
export const pairsOf = (node, run, times) => {
  const bare = { command: node, args: ['-e', '0'], env: run.env }
  timeOf(bare)
  timeOf(run)
  return paired(Array.from({ length: times }, () => ({ bare: timeOf(bare), ours: timeOf(run) })))
}

const numberIn = (path, pattern) => {
  try {
    return Number(pattern.exec(readFileSync(path, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
/** The most memory of a process that was ever resident, in bytes; 0 where the system does not tell, or when it is over. */
export const peakOf = (pid) => numberIn(`/proc/${pid}/status`, /VmHWM:\s+(\d+)/) * 1024

/**
 * Looks at a running program every millisecond: the system forgets how much memory it took as soon as it is over.
 * @param {number} pid
 */
const watch = (pid) => {
  let peak = 0
  const look = () => {
    peak = Math.max(peak, peakOf(pid))
  }
  const looking = setInterval(look, 1)
  return () => {
    clearInterval(looking)
    return { peak: peak || null }
  }
}

/**
 * How long it took, until its first byte and in all; and the most memory of it.
 * @param {Run} run
 */
export const watched = (run) =>
  new Promise((resolve, reject) => {
    const { command, args, env, cwd } = run
    const began = performance.now()
    const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: LONGEST })
    child.once('error', reject)
    const seen = watch(child.pid)
    let firstByte = null
    let bytes = 0
    let said = ''
    child.stdout.on('data', (chunk) => {
      firstByte ??= performance.now() - began
      bytes += chunk.length
    })
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said += text
    })
    child.once('close', (code) => {
      const ms = performance.now() - began
      const memory = seen()
      try {
        complain(run, code, said)
        resolve({ ms, firstByte, bytes, code, said, ...memory })
      } catch (error) {
        reject(error)
      }
    })
  })

/** The same on a terminal of 200 columns. @param {Run} run */
export const watchedInTerminal = async (run) => {
  const { default: pty } = await import('@lydell/node-pty')
  const { command, args, env, cwd } = run
  const began = performance.now()
  const child = pty.spawn(command, args, { env, cwd, cols: 200, rows: 50 })
  const seen = watch(child.pid)
  let firstByte = null
  let bytes = 0
  let said = ''
  child.onData((text) => {
    firstByte ??= performance.now() - began
    bytes += text.length
    said = (said + text).slice(-500)
  })
  const { exitCode } = await new Promise((resolve) => child.onExit(resolve))
  const ms = performance.now() - began
  const memory = seen()
  complain(run, exitCode, said)
  return { ms, firstByte, bytes, code: exitCode, said, ...memory }
}
