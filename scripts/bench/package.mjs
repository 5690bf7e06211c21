// What an install brings: the packed file, and an empty folder that it was installed into.
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { npm } from '../run.mjs'

/** @param {string} folder */
const bytesOnDisk = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name)))
    // Windows counts no blocks.
    .reduce((sum, { blocks = 0, size }) => sum + (blocks ? blocks * 512 : size), 0)

/** Names of what stands in a node_modules, and in those inside it. */
const packagesIn = (modules) => {
  if (!existsSync(modules)) return []
  const names = readdirSync(modules).filter((name) => !name.startsWith('.'))
  const all = names.flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(modules, name)).map((own) => `${name}/${own}`) : [name],
  )
  return all.flatMap((name) => [name, ...packagesIn(join(modules, name, 'node_modules'))])
}

/** Builds, and packs what was built. */
export const pack = async (place) => {
  const packed = await npm(['pack', '--json', '--silent', '--pack-destination', place.path], { quiet: true })
  if (packed.code !== 0) throw new Error(packed.output)
  const file = readdirSync(place.path).find((name) => name.endsWith('.tgz'))
  return { file: join(place.path, file), bytes: statSync(join(place.path, file)).size }
}

/** `null` where it could not be installed: with no registry to be reached and nothing of it kept from before. */
export const installed = async ({ file }, place) => {
  const prefix = join(place.path, 'installed')
  mkdirSync(prefix)
  const options = ['--prefer-offline', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error']
  const { code } = await npm(['install', '--global', '--prefix', prefix, ...options, file], { quiet: true })
  if (code !== 0) return null
  const modules = join(prefix, process.platform === 'win32' ? 'node_modules' : 'lib/node_modules')
  return { packages: packagesIn(modules), bytes: bytesOnDisk(modules) }
}
