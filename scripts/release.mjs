// Prepares a release: npm run release -- X.Y.Z
// Wants a clean tree and every check passed; sets the version, dates the changelog's section, and puts what is to be
// published into release/, beside what lies there already. Commits, tags, pushes and publishes nothing: it ends with what
// a person must type for that.
//   --unchecked   leaves out the checks and the executable: to see what it does, not to publish
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { npm, root, run } from './run.mjs'
import { billOfMaterials } from './sbom.mjs'

const CHANGED = ['package.json', 'package-lock.json', 'CHANGELOG.md']
const release = join(root, 'release')
const { values, positionals } = parseArgs({ options: { unchecked: { type: 'boolean' } }, allowPositionals: true })

class Refusal extends Error {}

const output = async (running) => {
  const { code, output } = await running
  if (code !== 0) throw new Refusal(output.trim())
  return output
}
const git = (...args) => output(run('git', args, { quiet: true }))
const read = (name) => readFileSync(join(root, name), 'utf8')
const write = (name, text) => writeFileSync(join(root, name), text)

const numbers = (version) => (/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.exec(version) ?? []).slice(1).map(Number)

const isGreater = (version, than) => {
  const [mine, other] = [numbers(version), numbers(than)]
  const at = mine.findIndex((number, index) => number !== other[index])
  return at >= 0 && mine[at] > other[at]
}

const requireVersion = (version, current) => {
  if (version === undefined || numbers(version).length === 0) {
    throw new Refusal('which version? for example: npm run release -- 1.0.0')
  }
  const isFirst = version === current && !read('CHANGELOG.md').includes(`## [${version}]`)
  if (!isFirst && !isGreater(version, current))
    throw new Refusal(`${version} is not greater than ${current}, the version so far`)
}

/** What has been written under "Unreleased" becomes the version's own section. */
const dated = (changelog, version, day) => {
  const [, before, notes, after = ''] = /^(.*\n## \[Unreleased\]\n)(.*?)(\n## \[.*)?$/s.exec(changelog) ?? []
  if (!notes?.trim()) throw new Refusal('CHANGELOG.md says nothing under "Unreleased": what is in this release?')
  return `${before}\n## [${version}] - ${day}\n${notes}${after}`
}

const versioned = (name, version) => {
  const json = JSON.parse(read(name))
  json.version = version
  if (json.packages) json.packages[''].version = version
  return `${JSON.stringify(json, null, 2)}\n`
}

const requireReady = async (version) => {
  requireVersion(version, JSON.parse(read('package.json')).version)
  const changes = await git('status', '--porcelain')
  if (changes) throw new Refusal(`there are changes that are not committed:\n${changes.trimEnd()}`)
  if (await git('tag', '--list', `v${version}`)) throw new Refusal(`there is a tag v${version} already`)
}

const checksums = (names) => {
  const sum = (name) =>
    createHash('sha256')
      .update(readFileSync(join(release, name)))
      .digest('hex')
  return names
    .sort()
    .map((name) => `${sum(name)}  ${name}\n`)
    .join('')
}

const prepare = async (version) => {
  await requireReady(version)
  const changelog = dated(read('CHANGELOG.md'), version, new Date().toISOString().slice(0, 10))
  if (!values.unchecked) {
    // As CI does it: every Node, the torture and the executable too, and nothing skipped.
    const { code } = await run(process.execPath, ['scripts/check.mjs', '--install'], {
      env: { ...process.env, CI: 'true' },
    })
    if (code !== 0) throw new Refusal('the checks have failed, so nothing was changed')
  }
  for (const name of ['package.json', 'package-lock.json']) write(name, versioned(name, version))
  write('CHANGELOG.md', changelog)
  mkdirSync(release, { recursive: true })
  await output(npm(['pack', '--pack-destination', release], { quiet: true }))
  write(`release/keyturn-${version}.cdx.json`, await billOfMaterials())
  const executable = values.unchecked ? [] : await (await import('./binary.mjs')).makeBinary()
  write('release/SHA256SUMS', checksums([`keyturn-${version}.tgz`, `keyturn-${version}.cdx.json`, ...executable]))
}

const whatNext = (version) => `
keyturn ${version} is in release/:
${read('release/SHA256SUMS').replaceAll(/^/gm, '  ').trimEnd()}

Look at it: git diff; npm exec --package ./release/keyturn-${version}.tgz -- keyturn --version
To publish it:

  git commit -am "Release ${version}"
  git tag -a v${version} -m "keyturn ${version}"
  git push --follow-tags
  npm publish ./release/keyturn-${version}.tgz      (with --provenance where a CI that npm trusts runs it)

and put these files, with SHA256SUMS, where people find them. To undo it all: git checkout ${CHANGED.join(' ')}`

try {
  const [version] = positionals
  await prepare(version)
  if (values.unchecked) console.log('nothing was checked: this is a look, not a release')
  console.log(whatNext(version))
} catch (error) {
  if (!(error instanceof Refusal)) throw error
  console.error(error.message)
  process.exitCode = 1
}
