import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freshHome } from '../harness/home.ts'
import { keyturn } from '../harness/program.ts'

const root = join(import.meta.dirname, '..', '..')
const dist = join(root, 'dist')
const { version, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const built = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'))

test('the built program says its version, and nothing else', async () => {
  expect(await keyturn(['--version'], { home: freshHome() })).toMatchObject({
    code: 0,
    stdout: `${version}\n`,
    stderr: '',
  })
})

test('what is published asks for nothing that an install does not bring', () => {
  expect(built).toEqual(expect.arrayContaining(['start.js', 'main.js', 'keychain-child.js', 'server.js']))
  const asked = built.flatMap((name) =>
    [...readFileSync(join(dist, name), 'utf8').matchAll(/\b(?:require|import)\("([^."][^"]*)"\)/g)].map(
      ([, id]) => id ?? '',
    ),
  )
  const strangers = [...new Set(asked)].filter((id) => !isBuiltin(id) && !(id in dependencies))
  expect(strangers).toEqual([])
  expect(Object.keys(dependencies)).toEqual(['@napi-rs/keyring'])
})

test('what is published is the program, its manual, its licence and its story, and no source maps', () => {
  const listed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
  })
  const names: string[] = JSON.parse(listed)[0].files.map(({ path }: { path: string }) => path)
  const unexpected = names.filter(
    (name) =>
      !/^(bin\/keyturn\.js|dist\/(chunks\/)?[\w-]+\.js|dist\/jq\.wasm\.br|dist\/texts\.json|dist\/server\.d\.ts|dist\/THIRD-PARTY-LICENSES\.txt|docs\/man\/[\w-]+\.1|package\.json|LICENSE|README\.md)$/.test(
        name,
      ),
  )
  expect(unexpected).toEqual([])
  for (const name of built) expect(readFileSync(join(dist, name), 'utf8')).not.toContain('sourceMappingURL')
})

test('what is built is ASCII, as what is kept of it has to be', () => {
  for (const name of built) expect(readFileSync(join(dist, name), 'latin1'), name).not.toMatch(/[^\0-\x7f]/)
})
