/** docs/adding-a-service.md, done as it says: in a copy of the project that then compiles and passes. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { NODE } from '../harness/environment.ts'
import { freshHome } from '../harness/home.ts'
import { startCommand } from '../harness/program.ts'
import { ROOT, readPage } from '../pages/page.ts'

const PAGE = readPage('docs/adding-a-service.md')
const COPIED = [
  'src',
  'test',
  'scripts',
  'docs',
  'README.md',
  'biome.json',
  'package.json',
  'tsconfig.json',
  'vitest.config.mts',
]
const SUITES = ['test/services.test.ts', 'test/services/table.test.ts', 'test/layers.test.ts', 'test/house.test.ts']

/** Each block with the file that was last named before it: "`src/services/….ts`:" on a line of its own. */
const blocks = () => {
  let file = ''
  return [...PAGE.matchAll(/^`([\w./-]+)`:$|^```(ts|json|diff)\n([\s\S]*?)^```$/gm)].flatMap(
    ([, named, language, text]) => {
      if (named !== undefined) file = named
      return language === undefined || text === undefined ? [] : [{ file, language, text }]
    },
  )
}

/** A block of changes, without line numbers: what it takes away and leaves must stand there once, as it is written. */
const changed = (source: string, diff: string): string => {
  const lines = diff.trimEnd().split('\n')
  const side = (mark: string) =>
    lines
      .filter((line) => line.startsWith(' ') || line.startsWith(mark))
      .map((line) => `${line.slice(1)}\n`)
      .join('')
  expect(source.split(side('-')), diff).toHaveLength(2)
  return source.replace(side('-'), () => side('+'))
}

test('the service of the page compiles, and passes what every service must', async () => {
  const home = freshHome()
  // Not in the home, where nothing may hold a secret: tests are full of them.
  const project = mkdtempSync(join(tmpdir(), 'keyturn-page-'))
  onTestFinished(() => rmSync(project, { recursive: true, force: true }))
  for (const name of COPIED) cpSync(join(ROOT, name), join(project, name), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'))
  for (const { file, language, text } of blocks()) {
    const path = join(project, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, language === 'diff' ? changed(readFileSync(path, 'utf8'), text) : text)
  }
  const run = async (tool: string, ...args: string[]) => {
    const command = [join(project, 'node_modules', tool), ...args]
    const { code, stdout, stderr } = await startCommand(NODE, command, {
      home,
      cwd: project,
      env: { NO_COLOR: '1' },
      timeout: 100_000,
    }).ended
    expect(code, stdout + stderr).toBe(0)
    return stdout
  }
  await run('typescript/bin/tsc', '--noEmit')
  await run('@biomejs/biome/bin/biome', 'check', '--vcs-enabled=false', 'src/services/lamplight', 'test/services')
  await run('../scripts/docs.mjs')
  expect(readFileSync(join(project, 'docs/services.md'), 'utf8')).toContain('Lamplight')
  const said = await run('vitest/vitest.mjs', 'run', '--reporter=verbose', '--project', 'unit', ...SUITES)
  for (const half of ['reference', 'client']) expect(said).toMatch(new RegExp(`✓.*'lamplight' > its ${half} half`))
}, 120_000)
