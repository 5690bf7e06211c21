import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { NODE } from '../harness/environment.ts'
import { freshHome } from '../harness/home.ts'
import { startCommand } from '../harness/program.ts'

const root = join(import.meta.dirname, '..', '..')
const page = readFileSync(join(root, 'docs', 'embedding.md'), 'utf8')
/** By the name in its first line. */
const snippets = new Map(
  [...page.matchAll(/```js\n\/\/ (\S+)\n(.*?)```/gs)].map(([, name = '', code = '']) => [name, code]),
)

/** A project of somebody's, with this one installed in it. */
const project = (files: Record<string, string>) => {
  const home = freshHome()
  mkdirSync(join(home.path, 'node_modules', '@types'), { recursive: true })
  symlinkSync(root, join(home.path, 'node_modules', 'keyturn'))
  for (const name of ['vitest', '@types/node']) {
    symlinkSync(join(root, 'node_modules', name), join(home.path, 'node_modules', name))
  }
  for (const [name, code] of Object.entries(files)) writeFileSync(join(home.path, name), code)
  return home
}
const tool = (name: string) => join(root, 'node_modules', name)

test('docs/embedding.md has a snippet for each runner', () => {
  expect([...snippets.keys()]).toEqual(['sign-in.test.mjs', 'bad-day.test.mjs'])
})

test('its snippet for vitest passes in vitest', async () => {
  const name = 'sign-in.test.mjs'
  const home = project({ [name]: snippets.get(name) ?? '' })
  const args = [tool('vitest/vitest.mjs'), 'run', '--root', home.path, name]
  const { code, stdout, stderr } = await startCommand(NODE, args, { home, env: { NO_COLOR: '1' }, timeout: 60_000 })
    .ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/Tests\s+2 passed/)
}, 70_000)

test('its snippet for Node’s own test runner passes there', async () => {
  const name = 'bad-day.test.mjs'
  const home = project({ [name]: snippets.get(name) ?? '' })
  const { code, stdout } = await startCommand(NODE, ['--test', '--test-reporter=tap', name], { home }).ended
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/# pass 2\n# fail 0/) })
})

const TYPED = `import { type ReferenceServer, startReferenceServer } from 'keyturn/server'
const server: ReferenceServer = await startReferenceServer({ ports: 'free', faults: ['*:502'] })
const address: string | undefined = server.addresses['zectre']
await server.approve('code')
const [letter] = server.outbox
const code: string | undefined = letter?.code
await server.close()
export { address, code }
`
test.each([
  ['what is there', TYPED, 0],
  ['an option that there is not', TYPED.replace('ports:', 'port:'), 1],
  ['a verb that there is not', TYPED.replace('server.approve', 'server.aprove'), 1],
])('its types know %s', async (_, source, complaints) => {
  const home = project({ 'typed.mts': source })
  const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node']
  const { code, stdout } = await startCommand(NODE, [tool('typescript/bin/tsc'), ...flags, 'typed.mts'], { home }).ended
  expect(stdout.match(/error TS/g)?.length ?? 0, stdout).toBe(complaints)
  expect(code === 0).toBe(complaints === 0)
})
