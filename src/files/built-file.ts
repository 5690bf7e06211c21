/** The files of the built program: they lie in its folder, or inside of the single executable. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { getAsset, isSea } from 'node:sea'

export const readBuiltFile = (folder: string, name: string): Uint8Array =>
  isSea() ? new Uint8Array(getAsset(name)) : readFileSync(join(folder, name))

/** What a thread is started with: the path of a file, or its text. */
export interface ThreadSource {
  source: string
  eval: boolean
}

export const threadSource = (folder: string, name: string): ThreadSource =>
  isSea() ? { source: getAsset(name, 'utf8'), eval: true } : { source: join(folder, name), eval: false }
