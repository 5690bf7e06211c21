import { clean } from '../vocabulary/clean.ts'
import type { WireAnswer } from './transport.ts'

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** What an error answer says, on one clean line, whatever shape its body has; `null` when it says nothing. */
export const complaint = (answer: WireAnswer): string | null => {
  const body = answer.body.trim()
  if (body === '') return null
  const parsed = parse(body)
  if (parsed === undefined) return /^\s*</.test(body) ? titleOf(body) : clean(body)
  const said = fromJson(parsed)
  return said === null || said === '' ? null : clean(said)
}

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** zectre `{error: {code, message}}`, RESTume `{detail}`, Curate-Me `{error, code}`, and what others commonly send. */
const fromJson = (value: unknown): string | null => {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return joined(value.map(fromJson))
  if (!isObject(value)) return null
  const inner = value.error ?? value.detail ?? value.errors ?? value.title
  const text = fromField(value) ?? fromJson(inner) ?? byField(inner)
  const code = value.code
  return text !== null && typeof code === 'string' && !text.includes(code) ? `${text} [${code}]` : text
}

/** One complaint about one field, `{loc: ["body", "password"], msg}`, or a plain `{message}`. */
const fromField = (value: Record<string, unknown>): string | null => {
  const message = value.msg ?? value.message ?? value.error_description
  if (typeof message !== 'string') return null
  const where = Array.isArray(value.loc) ? value.loc.filter((part) => part !== 'body').join('.') : (value.field ?? '')
  return where === '' ? message : `${where}: ${message}`
}

/** Complaints by the name of their field, `{username: ["too short"]}`. */
const byField = (value: unknown): string | null => {
  if (!isObject(value) || Array.isArray(value)) return null
  const parts = Object.entries(value).map(([name, said]) => [name, fromJson(said)] as const)
  return joined(parts.map(([name, said]) => (said === null ? null : `${name}: ${said}`)))
}

const joined = (parts: (string | null)[]): string | null => {
  const said = parts.filter((part) => part !== null)
  return said.length === 0 ? null : said.join('; ')
}

const titleOf = (html: string): string => {
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(html)?.[1]
  return title === undefined ? 'an HTML page instead of an answer' : `an HTML page, "${clean(title, 80)}"`
}
