// Writes the pages of docs/ that are made from the source; tests fail when one is stale.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withSource } from './load-source.mjs'
import { renewPages } from './renew-pages.mjs'
import { root } from './run.mjs'

const SOURCE = {
  services: 'src/services/table.ts',
  program: 'src/command-line.ts',
  manual: 'src/manual/documents.ts',
}

const { pages, parts } = await withSource(SOURCE, async ({ services, program, manual }) => {
  const whole = await program.wholeProgram()
  return {
    pages: [
      ['services.md', services.servicesPage()],
      ['commands.md', manual.commandsPage(whole)],
      ...manual.manPages(whole).map(([name, text]) => [`man/${name}`, text]),
    ],
    parts: [
      ['README.md', 'services', services.servicesSummary()],
      ['docs/configuration.md', 'environment', manual.environmentTable()],
    ],
  }
})
mkdirSync(join(root, 'docs/man'), { recursive: true })
for (const [name, text] of pages) writeFileSync(join(root, 'docs', name), text)
renewPages(parts)
console.log(`wrote ${pages.length} pages into docs/`)
