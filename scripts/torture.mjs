// Does to the built program what a bad day does: kills it at every step of every command that writes, has fifty of it
// want the same thing at once, fills its disk, closes its output, and looks for its secrets in everything it leaves.
// Prints one line an exercise; ends with 1 when a key was lost, a secret has leaked, or a command was left stuck.
//   --short       what CI runs, well under a minute
//   --times N     how often a command is killed at each of its steps (20)
//   --moments N   and how often at any moment (300)
//   --only TEXT   only the exercises whose line begins so: --only "kill sweep: keys"
// All of it takes more than an hour on two cores; with --times 2 --moments 40, about ten minutes. It needs Linux, strace,
// prlimit, and what the keychain's tests need.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { rolldown } from 'rolldown'
import { root, run } from './run.mjs'
import { runTests } from './tests.mjs'

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    times: { type: 'string' },
    moments: { type: 'string' },
    only: { type: 'string', default: '' },
  },
})
const number = (text) => (text === undefined ? null : Number(text))

/** The exercises are TypeScript, which the oldest Node that this runs on does not read. */
const load = async (source) => {
  const file = join(root, 'node_modules', '.cache', 'torture.mjs')
  const bundle = await rolldown({ input: join(root, source), platform: 'node', external: [/^@napi-rs/] })
  await bundle.write({ file, format: 'esm', codeSplitting: false })
  await bundle.close()
  return import(pathToFileURL(file).href)
}

const built = await run(process.execPath, ['scripts/build.mjs'], { quiet: true })
if (built.code !== 0) {
  console.error(built.output)
  process.exit(1)
}
const { torture } = await load('test/torture/torture.ts')
const isWhole = await torture({
  program: [process.execPath, join(root, 'bin', 'keyturn.js')],
  short: values.short,
  times: number(values.times),
  moments: number(values.moments),
  only: values.only,
  say: (text) => console.log(text),
  keychain: () => runTests('keychain', { quiet: true, files: ['test/keychain/states.test.ts'] }),
})
process.exit(isWhole ? 0 : 1)
