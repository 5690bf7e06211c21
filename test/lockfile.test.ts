import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

interface Entry {
  version?: string
  integrity?: string
  resolved?: string
  optionalDependencies?: Record<string, string>
}

const lockfile = readFileSync(join(import.meta.dirname, '..', 'package-lock.json'), 'utf8')
const entries: Record<string, Entry> = JSON.parse(lockfile).packages
const installed = Object.entries(entries).filter(([at]) => at !== '')

// npm leaves out what the registry that it asked did not have, in silence; then `npm ci` refuses the lockfile. The cure
// is a version that is published for every platform.
test('the lockfile holds every platform of what is native, so that `npm ci` takes it', () => {
  const missing = installed.flatMap(([at, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !entries[`${at}/node_modules/${name}`] && !entries[`node_modules/${name}`],
    ),
  )
  expect(missing).toEqual([])
})

test('the lockfile pins every package by its contents and names no address', () => {
  expect(installed.filter(([, { version, integrity }]) => !version || !integrity).map(([at]) => at)).toEqual([])
  expect(installed.filter(([, { resolved }]) => resolved !== undefined)).toEqual([])
})
