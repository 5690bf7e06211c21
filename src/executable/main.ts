/**
 * The main of the single executable. The built program's files are in it as assets, by the names that they have in dist/;
 * they are loaded from there and from nowhere else, whatever lies beside the executable or is set in the environment.
 */
import { createRequire, isBuiltin, registerHooks } from 'node:module'
import { dirname, join } from 'node:path'
import { getAsset } from 'node:sea'
import { pathToFileURL } from 'node:url'
import { placeNativePart } from './native-part.ts'

/** Node 22.15 and later have it; the types are of the oldest Node that the program itself runs on. */
declare module 'node:module' {
  interface Resolved {
    url: string
    shortCircuit?: boolean
  }
  interface Loaded {
    format: string
    source: string
    shortCircuit?: boolean
  }
  export const registerHooks: (hooks: {
    resolve(specifier: string, context: { parentURL: string }, next: (specifier: string) => Resolved): Resolved
    load(url: string, context: unknown, next: (url: string) => Loaded): Loaded
  }) => void
}

declare const __NATIVE_PART__: string

const NATIVE = '@napi-rs/keyring'
/** The program finds its files in its own folder; so here they seem to lie beside the executable. */
const folder = dirname(process.execPath)
const base = pathToFileURL(join(folder, '/')).href
/** How the URL of what is inside ends. For a name in .js Node would read the package.json of the folder. */
const INSIDE = '.cjs'

registerHooks({
  resolve: (specifier, { parentURL }, next) => {
    if (isBuiltin(specifier)) return next(specifier)
    if (specifier === NATIVE) return { url: pathToFileURL(nativePart()).href, shortCircuit: true }
    return { url: `${new URL(specifier, parentURL).href}${INSIDE}`, shortCircuit: true }
  },
  load: (url, _, next) => {
    if (!url.endsWith(INSIDE)) return next(url)
    const name = url.slice(base.length, -INSIDE.length)
    return { format: 'commonjs', source: getAsset(name, 'utf8'), shortCircuit: true }
  },
})

const nativePart = (): string => {
  const { env, platform } = process
  const bytes = new Uint8Array(getAsset(__NATIVE_PART__))
  return placeNativePart({ name: __NATIVE_PART__, bytes }, { env, platform, uid: process.getuid?.() ?? null })
}

/** The program starts its keychain's helper as it does elsewhere: this Node, and the path of the helper's file. */
const HELPER = 'keychain-child.js'
const load = createRequire(join(folder, 'main.js'))
if (process.argv[2] === join(folder, HELPER)) load(`./${HELPER}`)
else void load('./main.js').main(process.argv.slice(2))
