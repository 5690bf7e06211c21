import { cleanLines } from '../vocabulary/clean.ts'
import type { Json, JsonObject } from '../vocabulary/json.ts'
import type { Filter } from './jq.ts'

export interface JsonWishes {
  /** The fields to keep; `null`: all. */
  fields: readonly string[] | null
  filter: Filter | null
  /** It goes to a terminal: spread out, and with nothing in it that one obeys. */
  seen: boolean
}

/** An answer as `--json` prints it. */
export const jsonText = async (value: Json, { fields, filter, seen }: JsonWishes): Promise<string> => {
  const kept = fields === null ? value : withFields(value, fields)
  const text = filter === null ? JSON.stringify(kept, null, seen ? 2 : 0) : await filter(JSON.stringify(kept))
  return seen ? cleanLines(text) : text
}

/** Of an object, or of each one in an array; a field that it has not is `null`. What has no fields stays as it is. */
const withFields = (value: Json, fields: readonly string[]): Json => {
  if (Array.isArray(value)) return value.map((each) => (isObject(each) ? pick(each, fields) : each))
  return isObject(value) ? pick(value, fields) : value
}

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const pick = (value: JsonObject, fields: readonly string[]): JsonObject =>
  Object.fromEntries(fields.map((name) => [name, Object.hasOwn(value, name) ? (value[name] ?? null) : null]))
