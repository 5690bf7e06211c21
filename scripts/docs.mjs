// Writes the pages of docs/ that are made from the source; tests fail when one is stale.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'
import { renewPages } from './renew-pages.mjs'
import { root } from './run.mjs'

const bundle = await rolldown({
  cwd: root,
  input: {
    services: 'src/services/table.ts',
    program: 'src/command-line.ts',
    manual: 'src/manual/documents.ts',
  },
  platform: 'node',
  external: isBuiltin,
})
// In the project, so that what is not bundled is found.
mkdirSync(join(root, 'node_modules/.cache'), { recursive: true })
const folder = mkdtempSync(join(root, 'node_modules/.cache/docs-'))
await bundle.write({ dir: folder, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' })
await bundle.close()
const load = (name) => import(pathToFileURL(join(folder, `${name}.mjs`)).href)

try {
  const { servicesPage, servicesSummary } = await load('services')
  const { wholeProgram } = await load('program')
  const { commandsPage, environmentTable, manPages } = await load('manual')
  const program = await wholeProgram()
  mkdirSync(join(root, 'docs/man'), { recursive: true })
  const pages = [
    ['services.md', servicesPage()],
    ['commands.md', commandsPage(program)],
    ...manPages(program).map(([name, text]) => [`man/${name}`, text]),
  ]
  for (const [name, text] of pages) writeFileSync(join(root, 'docs', name), text)
  renewPages([
    ['README.md', 'services', servicesSummary()],
    ['docs/configuration.md', 'environment', environmentTable()],
  ])
  console.log(`wrote ${pages.length} pages into docs/`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
