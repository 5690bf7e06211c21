import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Json } from '../../src/vocabulary/json.ts'

/** One exchange as a service's documentation shows it, word for word, its placeholders too. */
export interface Transcript {
  name: string
  source: string
  /** The moment at which it took place, where the dates in it tell. */
  at?: string
  request: { method: string; path: string; headers: Record<string, string>; body: Json }
  response: { status: number; body: Json }
  /** Fields of the answer that this page leaves out: another has them, or they are chosen. */
  also?: string[]
  /** What the page writes in place of a real value, and which kind of value that is. */
  stands_for: Record<string, string>
}

/** What a value of a kind looks like, and one that does. */
export interface Kind {
  pattern: RegExp
  example: Json
  /** One placeholder may stand for several values: a page that cuts all its tokens short writes them all alike. */
  several?: true
}
export type Kinds = Record<string, Kind>

export const transcriptsOf = (service: string): Transcript[] => {
  const folder = join(import.meta.dirname, '..', '..', 'src', 'services', service, 'transcript')
  return readdirSync(folder)
    .sort()
    .map((file) => ({ name: file.replace(/\.json$/, ''), ...JSON.parse(readFileSync(join(folder, file), 'utf8')) }))
}

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** A documented text cut at its placeholders, which are its odd parts; the longest counts where one contains another. */
const cut = (text: string, transcript: Transcript): string[] => {
  const placeholders = Object.keys(transcript.stands_for).sort((a, b) => b.length - a.length)
  return placeholders.length === 0 ? [text] : text.split(new RegExp(`(${placeholders.map(literally).join('|')})`))
}

/** The documented value with real values in place of the placeholders, by their kind. */
export const fill = (documented: Json, transcript: Transcript, values: Record<string, Json>): Json => {
  if (Array.isArray(documented)) return documented.map((each) => fill(each, transcript, values))
  if (typeof documented === 'object' && documented !== null) {
    return Object.fromEntries(Object.entries(documented).map(([name, each]) => [name, fill(each, transcript, values)]))
  }
  if (typeof documented !== 'string') return documented
  const parts = cut(documented, transcript).map((part, index) => {
    if (index % 2 === 0) return part
    const value = values[transcript.stands_for[part] ?? '']
    if (value === undefined) throw new Error(`${transcript.name}: no value for ${part}`)
    return value
  })
  const filled = parts.filter((part) => part !== '')
  return filled.length === 1 ? (filled[0] ?? '') : filled.join('')
}

/** Where an answer is not what the page documents; nothing when it is, to the last field. */
export const differences = (transcript: Transcript, actual: Json, kinds: Kinds): string[] => {
  const found: string[] = []
  const bound: Record<string, string> = {}

  const compareText = (where: string, documented: string, value: Json): void => {
    const parts = cut(documented, transcript)
    const kindAt = (index: number): string => transcript.stands_for[parts[index] ?? ''] ?? ''
    const pattern = parts.map((part, index) =>
      index % 2 === 0 ? literally(part) : `(${(kinds[kindAt(index)]?.pattern ?? /(?!)/).source})`,
    )
    // An object that the page only hints at, "{ ... }", is matched by its own JSON.
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    const match = new RegExp(`^${pattern.join('')}$`).exec(text)
    if (!match) found.push(`${where} is ${text} instead of ${documented}`)
    for (const [index, stood] of (match ?? []).slice(1).entries()) {
      const kind = kindAt(index * 2 + 1)
      if (kind === 'instant' || kinds[kind]?.several) continue
      bound[kind] ??= stood
      if (bound[kind] !== stood) found.push(`${where} has another ${kind} than the rest of the answer`)
    }
  }

  const compare = (where: string, documented: Json, value: Json): void => {
    if (typeof documented === 'string') {
      compareText(where, documented, value)
      return
    }
    if (typeof documented !== 'object' || documented === null || typeof value !== 'object' || value === null) {
      if (documented !== value)
        found.push(`${where} is ${JSON.stringify(value)} instead of ${JSON.stringify(documented)}`)
      return
    }
    const names = [Object.keys(documented).sort().join(), Object.keys(value).sort().join()]
    if (names[0] !== names[1]) found.push(`${where} has the fields ${names[1]} instead of ${names[0]}`)
    for (const [name, each] of Object.entries(documented)) {
      compare(`${where}.${name}`, each, (value as Record<string, Json>)[name] ?? null)
    }
  }

  const left = { ...(actual as Record<string, Json>) }
  for (const name of transcript.also ?? []) {
    if (!(name in left)) found.push(`the answer has no ${name}`)
    delete left[name]
  }
  compare('the answer', transcript.response.body, transcript.also ? left : actual)
  return found
}
