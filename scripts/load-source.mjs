// Source as a script may use it: bundled into a folder of its own, loaded, and given to the work.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'
import { root } from './run.mjs'

/**
 * @template T
 * @param {Record<string, string>} input The files, by the name under which the work has them.
 * @param {(modules: any) => T | Promise<T>} work
 * @returns {Promise<T>}
 */
export const withSource = async (input, work) => {
  const bundle = await rolldown({ cwd: root, input, platform: 'node', external: isBuiltin })
  // In the project, so that what is not bundled is found.
  const cache = join(root, 'node_modules', '.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'source-'))
  try {
    await bundle.write({
      dir: folder,
      format: 'esm',
      entryFileNames: '[name].mjs',
      chunkFileNames: '[name]-[hash].mjs',
    })
    await bundle.close()
    const load = (name) => import(pathToFileURL(join(folder, `${name}.mjs`)).href)
    const modules = await Promise.all(Object.keys(input).map(async (name) => [name, await load(name)]))
    return await work(Object.fromEntries(modules))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
