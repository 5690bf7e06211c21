import { pipeline, type Readable } from 'node:stream'
import { constants, createBrotliDecompress, createUnzip } from 'node:zlib'
import { clean } from '../vocabulary/clean.ts'
import { Failure } from '../vocabulary/failure.ts'

/** Where it is cut off, it ends: an answer to HEAD, and many a short one, has the header and no body. */
const ZIP = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH }
const BROTLI = { flush: constants.BROTLI_OPERATION_FLUSH, finishFlush: constants.BROTLI_OPERATION_FLUSH }

/** RFC 9110 §8.4.1: names without regard to case, and two of them mean the same. */
const WAYS: Record<string, () => NodeJS.ReadWriteStream & Readable> = {
  gzip: () => createUnzip(ZIP),
  'x-gzip': () => createUnzip(ZIP),
  deflate: () => createUnzip(ZIP),
  br: () => createBrotliDecompress(BROTLI),
}

/** Unpacks no faster than somebody reads, so that a small answer can't become a huge one before it is noticed. */
export const unpack = (packed: Readable, encoding: string, origin: string): Readable => {
  const name = encoding.trim().toLowerCase()
  if (name === 'identity') return packed
  const unpacked = WAYS[name]?.()
  if (unpacked === undefined) {
    packed.destroy()
    throw new Failure('bad_answer', `${origin} packed its answer in a way that nobody asked for (${clean(name, 40)})`, {
      hint: 'a proxy may stand in between; what answers there: keyturn doctor',
    })
  }
  // Both ends are told of what befalls the other; who reads is the one to hear of it.
  pipeline(packed, unpacked, () => {})
  return unpacked
}
