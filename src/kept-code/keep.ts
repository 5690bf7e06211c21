import { mkdirSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import type { Chunk, Keeping } from './load.ts'

/** Where there is less, it is left to what can't be made again. */
const ROOM = 64 * 1024 * 1024

/** Keeps the chunks as they are now, with all that ran of them. */
export const keepCode = ({ folder, pid }: Keeping, chunks: readonly Chunk[]): void => {
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  const { bavail, bsize } = statfsSync(folder)
  if (bavail * bsize < ROOM) return
  for (const { kept, source, script } of chunks) {
    put(kept, `${kept}.${pid}`, Buffer.concat([script.createCachedData(), source]))
  }
}

const put = (path: string, half: string, bytes: Buffer): void => {
  try {
    writeFileSync(half, bytes, { flag: 'wx', mode: 0o644 })
    renameSync(half, path)
  } catch (error) {
    // One that is there is somebody's of the same number, in another container.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') rmSync(half, { force: true })
    throw error
  }
}
