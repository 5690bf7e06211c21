import { expect, test } from 'vitest'
import { services } from '../../src/services/registry.ts'
import { OPERATIONS } from '../../src/services/service.ts'
import { freshHome } from '../harness/home.ts'
import { keyturn } from '../harness/program.ts'
import { startInTerminal } from '../harness/terminal.ts'

test('services --json says who has what, and asks nobody', async () => {
  const { code, stdout, stderr } = await keyturn(['services', '--json'], { home: freshHome() })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const has = services.map(({ name, url, operations }) => ({
    name,
    url,
    operations: OPERATIONS.filter((operation) => operations[operation] !== null),
  }))
  expect(JSON.parse(stdout)).toEqual(has)
})

test('services --quiet names them, one a line', async () => {
  const { stdout } = await keyturn(['services', '--quiet'], { home: freshHome() })
  expect(stdout).toBe(services.map(({ name }) => `${name}\n`).join(''))
})

test('services in a pipe has a line for every operation, its columns parted by tabs', async () => {
  const { stdout } = await keyturn(['services'], { home: freshHome() })
  const rows = stdout
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => line.split('\t'))
  expect(rows.map(([operation]) => operation)).toEqual([...OPERATIONS])
  for (const row of rows) expect(row).toHaveLength(services.length + 1)
})

test('services in a terminal has a heading', async () => {
  const { screen } = await startInTerminal(['services'], { home: freshHome() }).ended
  for (const { title } of services) expect(screen).toContain(title.toUpperCase())
  expect(screen).toMatch(/create-key +.*with a session/)
})
