// What is in the published package, as CycloneDX has it: what npm installs with it, and what its own code is bundled of.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { npm, root } from './run.mjs'

const DEVELOPMENT = 'cdx:npm:package:development'

/** `chalk@5.6.2`, as the licences name what is bundled. */
const bundled = () => {
  const text = readFileSync(join(root, 'dist', 'THIRD-PARTY-LICENSES.txt'), 'utf8')
  return new Set([...text.matchAll(/^(\S+) (\d\S*) \(\S+\)$/gm)].map(([, name, version]) => `${name}@${version}`))
}

/** The lockfile says it all, so no network is asked. */
export const billOfMaterials = async () => {
  const { code, output } = await npm(['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'], { quiet: true })
  if (code !== 0) throw new Error(output)
  const bill = JSON.parse(output.slice(output.indexOf('{')))
  const inside = bundled()
  const isPublished = (component) =>
    inside.has(`${component.name}@${component.version}`) ||
    !component.properties.some(({ name }) => name === DEVELOPMENT)
  const components = bill.components.filter(isPublished).map((component) => ({
    ...component,
    scope: component.properties.some(({ name }) => name === DEVELOPMENT) ? 'required' : component.scope,
    properties: component.properties.filter(({ name }) => name !== DEVELOPMENT),
  }))
  // npm names it after the folder.
  bill.metadata.component = { ...bill.metadata.component, name: 'keyturn', type: 'application' }
  const known = new Set([bill.metadata.component, ...components].map((component) => component['bom-ref']))
  const dependencies = bill.dependencies
    .filter(({ ref }) => known.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => known.has(each)) }))
  return `${JSON.stringify({ ...bill, components, dependencies }, null, 2)}\n`
}
