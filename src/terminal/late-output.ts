/**
 * A standard output as commands write to it. Node's own stream takes longer to open than a command takes for the rest of
 * its answer, so a pipe or a file is written to without it, as far as that goes; then it is opened and keeps the rest.
 */
import { fstatSync, writeSync } from 'node:fs'
import type { Output } from './terminal.ts'

export interface Opening {
  open(): Output
  /** Runs what may wait for a reader and hears no signal meanwhile; `false` where nothing may. */
  unheard(write: () => void): boolean
  onError(error: NodeJS.ErrnoException): void
}

/** A pipe takes that much whole (POSIX's PIPE_BUF); what is longer may take the reader's time. */
const SHORT = 4096

/** Node's own stream for a terminal, and for what is neither a pipe nor a file. */
export const lateOutput = (descriptor: 1 | 2, { open, unheard, onError }: Opening): Output => {
  if (!isPlain(descriptor)) return open()
  let opened: Output | null = null
  const opening = (): Output => {
    opened ??= open()
    return opened
  }
  return {
    write: (data, written = () => {}) => {
      const bytes = Buffer.from(data)
      if (opened !== null || bytes.length > SHORT) return opening().write(bytes, written)
      let left: Uint8Array = bytes
      try {
        if (!unheard(() => (left = writtenAtOnce(descriptor, bytes)))) return opening().write(bytes, written)
      } catch (error) {
        onError(error as NodeJS.ErrnoException)
        return written(error as Error)
      }
      return left.length === 0 ? written() : opening().write(left, written)
    },
  }
}

const isPlain = (descriptor: number): boolean => {
  try {
    const found = fstatSync(descriptor)
    return found.isFIFO() || found.isSocket() || found.isFile()
  } catch {
    return false
  }
}

/** Gives what a pipe is too full for that somebody else has told not to wait. */
const writtenAtOnce = (descriptor: number, bytes: Uint8Array): Uint8Array => {
  let left = bytes
  try {
    while (left.length > 0) left = left.subarray(writeSync(descriptor, left))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
  }
  return left
}
