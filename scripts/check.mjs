// Everything that must be true before a change is shared, quickest first; the first failure ends it.
//   --install   `npm ci` first, even when node_modules looks right
//   --nodes     the process tests on every Node we promise, too (always so with CI=true)
import { install, isInstalled } from './install.mjs'
import { testOnNodes } from './nodes.mjs'
import { run, seconds, tool } from './run.mjs'
import { add, NOTHING, runTests, totalLine } from './tests.mjs'

const BIOME = '@biomejs/biome/bin/biome'
const CI = process.env.CI === 'true'
let total = NOTHING
let tested = false

const finish = (code) => {
  if (tested) console.log(`\n${totalLine(total)}`)
  process.exit(code)
}

/** @param {() => Promise<string | null>} work resolves to what went wrong */
const step = async (name, work) => {
  const start = performance.now()
  const complaint = await work()
  console.log(`${complaint === null ? 'ok  ' : 'FAIL'}  ${name.padEnd(14)} ${seconds(start).padStart(8)}`)
  if (complaint === null) return
  if (complaint) console.error(`\n${complaint.trimEnd()}`)
  finish(1)
}

const quietly = async (running) => {
  const { code, output } = await running
  return code === 0 ? null : output
}

const judge = (result) => {
  tested = true
  total = add(total, result)
  if (!result.ok) return result.output
  if (result.passed === 0) return 'not one test ran: a suite that runs nothing proves nothing'
  if (CI && result.skipped > 0) return `${result.skipped} tests were skipped, and with CI=true none may be`
  return null
}

if (process.argv.includes('--install') || !isInstalled()) await step('install', install)
await step('format', () => quietly(tool(BIOME, ['format'], { quiet: true })))
await step('lint', () => quietly(tool(BIOME, ['lint', '--error-on-warnings'], { quiet: true })))
await step('types', () => quietly(tool('typescript/bin/tsc', ['--noEmit'], { quiet: true })))
await step('build', () => quietly(run(process.execPath, ['scripts/build.mjs'], { quiet: true })))
for (const project of ['unit', 'process', 'keychain', 'browser']) {
  await step(`${project} tests`, async () => judge(await runTests(project)))
}
if (CI) {
  await step('torture', async () => {
    const { code } = await run(process.execPath, ['scripts/torture.mjs', '--short'])
    return code === 0 ? null : 'a key was lost, a secret has leaked, or a command was stuck: see above'
  })
}
if (CI) {
  await step('executable', async () => {
    // Not above: it needs what is installed first.
    const { IN_SHORT, makeBinary, testBinary } = await import('./binary.mjs')
    await makeBinary()
    return judge(await testBinary(IN_SHORT, true))
  })
}
if (CI || process.argv.includes('--nodes')) {
  await step('every Node', async () => judge(await testOnNodes((line) => console.log(`      ${line}`))))
} else {
  console.log('skip  every Node     the process tests ran on this Node alone; for all of them: npm test -- --nodes')
}
finish(0)
