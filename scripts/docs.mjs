// Writes the pages of docs/ that are made from the source; a test fails when one is stale.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { root } from './run.mjs'

const bundle = await rolldown({
  input: join(root, 'src/services/table.ts'),
  platform: 'node',
  // What a service is stands in its index.ts; neither of its halves is needed to tell.
  external: [/\/(client|server)\.ts$/],
})
const { output } = await bundle.generate({ format: 'esm' })
await bundle.close()

const { servicesPage } = await import(`data:text/javascript,${encodeURIComponent(output[0].code)}`)
mkdirSync(join(root, 'docs'), { recursive: true })
writeFileSync(join(root, 'docs/services.md'), servicesPage())
console.log('wrote docs/services.md')
