/** A file that a person named, to be read whole: an ordinary one, or what a program writes (a FIFO, `<(command)`). */
import { constants, createReadStream, openSync, statSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { clean } from '../vocabulary/clean.ts'
import { Failure, isFailure } from '../vocabulary/failure.ts'
import { errorCode } from './private-file.ts'

/** Opening or reading a FIFO that nobody writes to would hold the program up for ever, deaf to every stop: that one is polled. */
const openNamed = async (path: string, signal: AbortSignal): Promise<Readable> => {
  if (!statSync(path).isFIFO()) return createReadStream(path, { signal })
  const { Socket } = await import('node:net')
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  return new Socket({ fd, readable: true, writable: false, signal })
}

/** `most`: in KiB. */
export const readNamedFile = async (path: string, most: number, signal: AbortSignal): Promise<Uint8Array> => {
  const parts: Buffer[] = []
  let size = 0
  try {
    for await (const part of await openNamed(path, signal)) {
      parts.push(part)
      size += part.length
      if (size > most * 1024) throw new Failure('usage', `${clean(path)} is larger than ${most} KiB`)
    }
    return Buffer.concat(parts)
  } catch (error) {
    signal.throwIfAborted()
    if (isFailure(error) || errorCode(error) === '') throw error
    throw new Failure('usage', `${clean(path)} can't be read: ${errorCode(error)}`, { cause: error })
  }
}
