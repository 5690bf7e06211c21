import type { Answer, App } from '../app.ts'
import { callByHand } from '../session/call-by-hand.ts'
import { readText } from '../terminal/read-secret.ts'
import { clean, cleanLines } from '../vocabulary/clean.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { Json, JsonObject } from '../vocabulary/json.ts'
import { quoted } from '../vocabulary/quoted.ts'
import { collect, type Declare } from './command.ts'
import { withProfile } from './with-profile.ts'

interface ApiOptions {
  field: string[]
  typedField: string[]
  header: string[]
  input?: string
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD']

export const declareApi: Declare = (program, perform) => {
  program
    .command('api <method-or-path> [path]')
    .description('make any call to the service, signed with the credential; GET, or POST where fields are given')
    .option('-f, --field <name=value>', 'a field of the JSON body, as text', collect, [])
    .option('-F, --typed-field <name=json>', 'a field of the JSON body, as JSON', collect, [])
    .option('-H, --header <name:value>', 'a header', collect, [])
    .option('--input <file>', 'the body, from a file, or from standard input with -')
    .action((first: string, second: string | undefined, options: ApiOptions, command) =>
      withProfile(perform)(command, (app) => api(app, first, second, options)),
    )
}

const api = async (app: App, first: string, second: string | undefined, options: ApiOptions): Promise<Answer> => {
  const headers = headersOf(options)
  const body = await bodyOf(app, options)
  const [method, path] = second === undefined ? [body === null ? 'GET' : 'POST', first] : [first.toUpperCase(), second]
  if (!METHODS.includes(method)) {
    throw new Failure('usage', `${quoted(first)} is no method: those are ${METHODS.join(', ')}`, {
      hint: 'for example: keyturn api GET /v1/me/profile',
    })
  }
  const answer = await callByHand(app, { method, path, body, headers })
  // Piped it goes on as it came; on a terminal it must not be obeyed.
  const text = app.terminal.streams.stdout.isTTY === true ? cleanLines(answer.body) : answer.body
  return { json: parsed(answer.body), human: text, quiet: text }
}

const bodyOf = async (app: App, { field, typedField, input }: ApiOptions): Promise<string | null> => {
  if (input !== undefined) {
    if (field.length + typedField.length > 0) {
      throw new Failure('usage', 'fields and --input were given, and there is one body', {
        hint: 'leave one away: keyturn api POST PATH --input FILE',
      })
    }
    return input === '-' ? readText(app.terminal, 'the body', app.signal) : app.readFile(input)
  }
  if (field.length + typedField.length === 0) return null
  const fields: JsonObject = {}
  for (const [name, value] of field.map(pair)) fields[name] = value
  for (const [name, value] of typedField.map(pair)) fields[name] = typed(name, value)
  return JSON.stringify(fields)
}

const pair = (text: string): [string, string] => {
  const at = text.indexOf('=')
  if (at < 1) {
    throw new Failure('usage', `${quoted(text)} is no field`, { hint: 'give a name and a value: -f name=value' })
  }
  return [text.slice(0, at), text.slice(at + 1)]
}

const typed = (name: string, value: string): Json => {
  try {
    return JSON.parse(value) as Json
  } catch {
    throw new Failure('usage', `the value of "${clean(name)}" is no JSON`, {
      hint: `for a text, give it with -f: -f ${clean(name)}=TEXT`,
    })
  }
}

/** What the connection says of itself; undici refuses the ones that it does not overwrite. */
const SET_BY_ITSELF = ['content-length', 'host', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'expect']
/** Latin-1 without its controls (RFC 9110, 5.5). */
const SENDABLE = /^[\x20-\x7e\xa0-\xff]*$/

const headersOf = ({ header }: ApiOptions): Record<string, string> => {
  const headers: Record<string, string> = {}
  for (const text of header) {
    const at = text.indexOf(':')
    const name = text.slice(0, at).trim().toLowerCase()
    const value = text.slice(at + 1).trim()
    const give = { hint: 'give a name and a value: -H accept:application/json' }
    if (at < 1 || !/^[\w-]+$/.test(name)) throw new Failure('usage', `${quoted(text)} is no header`, give)
    if (SET_BY_ITSELF.includes(name)) {
      throw new Failure('usage', `the header ${name} can't be given: it follows from the call itself`, {
        hint: `leave -H ${name} away`,
      })
    }
    if (!SENDABLE.test(value)) {
      throw new Failure('usage', `the header ${name} can't be sent: its value has characters that no header may have`, {
        hint: `give letters, digits and signs: -H ${name}:VALUE`,
      })
    }
    headers[name] = value
  }
  return headers
}

const parsed = (body: string): Json => {
  try {
    return JSON.parse(body) as Json
  } catch {
    return body
  }
}
