// The licence of everything that is bundled, each whole, in one text: a package that is bundled and brings none is a
// broken build.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './run.mjs'

const MODULES = join(root, 'node_modules')
/** What a package holds that its own licence does not speak of, one file a package. */
const INNER = join(root, 'scripts', 'licences')
/** The bundler puts a few lines of its own beside what it bundles. */
const BUNDLER = 'rolldown'

/** The folder of a module's package below node_modules: `chalk`, `@clack/core`, `ora/node_modules/chalk`. */
const packageOf = (module) => {
  if (module.startsWith('\0')) return BUNDLER
  const [, folder] = /[\\/]node_modules[\\/]((?:.*[\\/]node_modules[\\/])?(?:@[^\\/]+[\\/])?[^\\/]+)/.exec(module) ?? []
  return folder?.replaceAll('\\', '/') ?? null
}

/** @param {Iterable<string>} modules the modules of a bundle, as the bundler names them */
export const packagesOf = (modules) =>
  [...new Set([...modules].map(packageOf))].filter((folder) => folder !== null).sort()

const licenceOf = (folder) => {
  const at = join(MODULES, folder)
  const { name, version, license } = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8'))
  const file = readdirSync(at).find((each) => /^(licen[cs]e|copying)(\.|$)/i.test(each))
  if (file === undefined) throw new Error(`${name} ${version} is bundled and brings no licence`)
  const texts = [readFileSync(join(at, file), 'utf8')]
  const inner = join(INNER, `${name.replace('/', '-')}.txt`)
  if (existsSync(inner)) texts.push(readFileSync(inner, 'utf8'))
  return { title: `${name} ${version} (${license})`, text: texts.map((text) => text.trim()).join('\n\n') }
}

/** One section a package; packages with the very same licence share one. */
export const licencesOf = (modules) => {
  const sections = new Map()
  for (const { title, text } of packagesOf(modules).map(licenceOf)) {
    sections.set(text, [...(sections.get(text) ?? []), title])
  }
  const rule = '-'.repeat(80)
  const shown = [...sections].map(([text, titles]) => `${rule}\n${titles.join('\n')}\n\n${text}\n`)
  return `keyturn's code holds parts of other packages. These are their licences.\n\n${shown.join('\n')}`
}
