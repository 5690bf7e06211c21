import { clean } from '../vocabulary/clean.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { Json, JsonObject } from '../vocabulary/json.ts'
import { quoted } from '../vocabulary/quoted.ts'

/** Reads the file that an `@` names, or standard input. */
export type ReadNamed = (name: string) => Promise<Uint8Array>

export interface GivenFields {
  /** `-f name=value`: texts. */
  texts: readonly string[]
  /** `-F name=value`: numbers, true, false, null, JSON, `@file`, and otherwise texts. */
  typed: readonly string[]
}

/** Fields as `gh api` has them: `a[b]=c` is an object within, `a[]=c` one more of an array, `a[]` an empty array. */
export const readFields = async ({ texts, typed }: GivenFields, read: ReadNamed): Promise<JsonObject> => {
  const fields = plainObject()
  for (const text of texts) {
    const { keys, value } = parsed(text)
    put(fields, keys, value, text)
  }
  for (const text of typed) {
    const { keys, value } = parsed(text)
    put(fields, keys, value === undefined ? value : await typedValue(text, value, read), text)
  }
  return fields
}

/** The same in an address. */
export const asQuery = (fields: JsonObject): string =>
  Object.entries(fields)
    .flatMap(([name, value]) => pairs(name, value))
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .join('&')

const pairs = (name: string, value: Json): [string, string][] => {
  if (Array.isArray(value)) return value.flatMap((each) => pairs(`${name}[]`, each))
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([within, each]) => pairs(`${name}[${within}]`, each))
  return [[name, value === null ? '' : String(value)]]
}

/** Without a prototype, so that no name means anything of its own. */
const plainObject = (): JsonObject => Object.create(null)

/** Without a value: an array with nothing in it yet. */
const parsed = (text: string): { keys: string[]; value: string | undefined } => {
  const [, name = '', within = '', value] = /^([^=[\]]+)((?:\[[^=[\]]*\])*)(?:=([\s\S]*))?$/.exec(text) ?? []
  const keys = [name, ...[...within.matchAll(/\[([^\]]*)\]/g)].map(([, key = '']) => key)]
  if (name === '' || (value === undefined && keys.at(-1) !== '') || within.includes('[][]')) throw noField(text)
  return { keys, value }
}

/** An empty key stands for "one more of the array before it". */
const put = (fields: JsonObject, keys: readonly string[], value: Json | undefined, text: string): void => {
  const isList = keys.at(-1) === ''
  const names = isList ? keys.slice(0, -1) : keys
  let at = fields
  for (const [index, name] of names.slice(0, -1).entries()) {
    if (name === '') continue
    at = names[index + 1] === '' ? lastOf(at, name, names[index + 2] ?? '', text) : within(at, name, text)
  }
  const name = names.at(-1) ?? ''
  if (isList) {
    const list = listAt(at, name, text)
    if (value !== undefined) list.push(value)
    return
  }
  if (Object.hasOwn(at, name)) throw clash(text)
  at[name] = value ?? null
}

const within = (at: JsonObject, name: string, text: string): JsonObject => {
  const found = Object.hasOwn(at, name) ? at[name] : undefined
  if (found === undefined) {
    const made = plainObject()
    at[name] = made
    return made
  }
  if (typeof found === 'object' && found !== null && !Array.isArray(found)) return found
  throw clash(text)
}

/** `a[][b]=1 a[][c]=2 a[][b]=3`: a name that the last object has already begins the next one. */
const lastOf = (at: JsonObject, name: string, next: string, text: string): JsonObject => {
  const list = listAt(at, name, text)
  const last = list.at(-1)
  const isObject = typeof last === 'object' && last !== null && !Array.isArray(last)
  if (isObject && (!Object.hasOwn(last, next) || Array.isArray(last[next]))) return last
  const made = plainObject()
  list.push(made)
  return made
}

const listAt = (at: JsonObject, name: string, text: string): Json[] => {
  const found = Object.hasOwn(at, name) ? at[name] : []
  if (!Array.isArray(found)) throw clash(text)
  at[name] = found
  return found
}

const typedValue = async (text: string, value: string, read: ReadNamed): Promise<Json> => {
  if (value.startsWith('@')) return Buffer.from(await read(value.slice(1))).toString('utf8')
  try {
    return JSON.parse(value) as Json
  } catch {
    // What begins as JSON was meant to be.
    if (!/^\s*[[{"]/.test(value)) return value
    const name = clean(text.slice(0, text.indexOf('=')))
    throw new Failure('usage', `the value of "${name}" begins as JSON and is none`, {
      hint: `for a text, give it with -f: -f ${name}=TEXT`,
    })
  }
}

const noField = (text: string): Failure =>
  new Failure('usage', `${quoted(text)} is no field`, { hint: 'give a name and a value: -f name=value' })

const clash = (text: string): Failure =>
  new Failure('usage', `${quoted(text)} is in the way of a field that was given before`, {
    hint: 'for several values, give an array: -f name[]=one -f name[]=two',
  })
