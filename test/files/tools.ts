import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import type { FileTools } from '../../src/files/tools.ts'
import type { Wait } from '../../src/vocabulary/clock.ts'

export const realWait: Wait = async (milliseconds, signal) => {
  await sleep(milliseconds, undefined, { signal }).catch((error) => {
    throw signal.aborted ? signal.reason : error
  })
}

export const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** The world as it is, and what a person was told. */
export const realTools = (): FileTools & { told: string[] } => {
  const told: string[] = []
  return {
    told,
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    wait: realWait,
    tell: (message) => void told.push(message),
    processes: { pid: process.pid, isRunning },
  }
}

export const NEVER = new AbortController().signal

/** A folder that is gone when the test is over. */
export const freshFolder = (whenDone: (cleanUp: () => void) => void = onTestFinished): string => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-files-'))
  whenDone(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}
