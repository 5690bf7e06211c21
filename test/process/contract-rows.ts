import { expect } from 'vitest'
import type { Home } from '../harness/home.ts'
import { keyturn } from '../harness/program.ts'
import { type ContractRig, FILE } from './contract-rig.ts'
import type { Shapes } from './contract-shapes.ts'

/** One command, and what it prints in each of its forms. `''` is nothing at all. */
export interface Row {
  args: string[]
  input?: string
  /** For a person: the answer on stdout, the talk on stderr. */
  human: [stdout: string | RegExp, stderr: string | RegExp]
  /** On one line; the talk on stderr is the same. */
  json: unknown
  /** The one thing that a script wants; nothing is said then. */
  quiet: string | RegExp
  /** What is to be seen when it has ended. */
  afterwards?: () => void
}

/** By the words of the command, and the case where there are several. Each form has a home of its own. */
export type Rows = Record<string, (home: Home) => Row | Promise<Row>>

/** What rows are written with. */
export interface Material {
  rig: ContractRig
  shapes: Shapes
}

export type Form = 'for a person' | '--json' | '--quiet'

/** Gives the JSON, where that is what was asked for. */
export const checkRow = async (rig: ContractRig, prepare: Rows[string], form: Form): Promise<unknown> => {
  const home = rig.signedIn()
  const { args, input, human, json, quiet, afterwards } = await prepare(home)
  const [command, rest] = args.includes('--')
    ? [args.slice(0, args.indexOf('--')), args.slice(args.indexOf('--'))]
    : [args, []]
  const given = { home, env: FILE, ...(input === undefined ? {} : { input }) }
  const result = await keyturn([...command, ...(form === 'for a person' ? [] : [form]), ...rest], given)
  expect(result, result.stderr).toMatchObject({ code: 0, signal: null })
  afterwards?.()
  if (form === '--quiet') {
    expectText(result.stdout, quiet)
    expect(result.stderr).toBe('')
    return null
  }
  expectText(result.stderr, human[1])
  if (form === 'for a person') {
    expectText(result.stdout, human[0])
    return null
  }
  expect(result.stdout).toMatch(/^[^\n]+\n$/)
  const value: unknown = JSON.parse(result.stdout)
  expect(value).toEqual(json)
  return value
}

const expectText = (text: string, expected: string | RegExp): void => {
  if (typeof expected === 'string') expect(text).toBe(expected)
  else expect(text).toMatch(expected)
}
