/** The table of `states.ts`, run and judged. */
import { beforeAll, describe, expect, test } from 'vitest'
import { commands } from '../../src/commands/index.ts'
import { missingForKeychain } from './session.ts'
import { BAD_STATES, FREE_COMMANDS, STORE_COMMANDS, STORELESS } from './states.ts'
import { type Tried, tryStates } from './try-states.ts'

const missing = missingForKeychain()

test('every command stands in the table, or among those that touch no store', () => {
  const words = new Set(STORE_COMMANDS.map(({ args }) => args[0]))
  expect(commands.map(({ name }) => name).filter((name) => !words.has(name))).toEqual(STORELESS)
})

describe.skipIf(missing !== null)('every command, in every state of the keychain', () => {
  const all: Tried[] = []
  beforeAll(() => tryStates((tried) => all.push(tried)), 120_000)

  const faultsIn = (state: string) =>
    all
      .filter((tried) => tried.state === state && tried.faults.length > 0)
      .map(({ command, faults }) => ({ command, faults }))

  test.each(Object.entries(BAD_STATES).map(([state, { rows }]) => [state, rows]))(
    '%s: each says so in time, makes no other store, and leaves no process (rows %s, 88)',
    (state) => {
      expect(faultsIn(state)).toEqual([])
      const { length } = all.filter((tried) => tried.state === state)
      expect(length).toBeGreaterThanOrEqual(STORE_COMMANDS.length + FREE_COMMANDS.length)
    },
  )

  test('working: each does what it is for, and after the last logout the keychain holds nothing (row 87)', () => {
    expect(faultsIn('working')).toEqual([])
    expect(all.filter(({ state }) => state === 'working').length).toBeGreaterThan(STORE_COMMANDS.length - 2)
  })

  test('in none of the bad ones was anything asked of a service', () => {
    expect(faultsIn('every bad one')).toEqual([])
  })
})
