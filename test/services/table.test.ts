import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { services } from '../../src/services/registry.ts'
import { OPERATIONS } from '../../src/services/service.ts'
import { operationsOf, servicesPage, servicesSummary } from '../../src/services/table.ts'

const page = servicesPage()

test('docs/services.md is what the source says; `npm run docs` makes it so', () => {
  const written = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'services.md'), 'utf8')
  expect(written).toBe(page)
})

test('so is the table in README.md', () => {
  const readme = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8')
  expect(readme).toContain(servicesSummary())
})

test('the page has a row for every operation, and every documented call in it', () => {
  for (const operation of OPERATIONS) expect(page).toContain(`| \`${operation}\` |`)
  const calls = services.flatMap(({ operations }) => Object.values(operations).flatMap((means) => means?.calls ?? []))
  expect(calls.length).toBeGreaterThan(services.length)
  for (const call of calls) expect(page).toContain(`\`${call}\``)
  const columns = page.split('\n').filter((line) => line.startsWith('|'))
  for (const line of columns) expect(line.split(' | ')).toHaveLength(services.length + 1)
})

test.each(services)('what $name has not, is not told of it', (service) => {
  const has = operationsOf(service)
  expect(has).not.toEqual([])
  for (const operation of OPERATIONS) expect(has.includes(operation)).toBe(service.operations[operation] !== null)
})
