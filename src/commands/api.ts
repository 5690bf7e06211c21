import type { Answer, App } from '../app.ts'
import { callByHand } from '../session/call-by-hand.ts'
import { readText } from '../terminal/read-secret.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { Json, JsonObject } from '../vocabulary/json.ts'
import type { Declare } from './command.ts'

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
    .option('-f, --field <name=value>', 'a field of the JSON body, as text', more, [])
    .option('-F, --typed-field <name=json>', 'a field of the JSON body, as JSON', more, [])
    .option('-H, --header <name:value>', 'a header', more, [])
    .option('--input <file>', 'the body, from a file, or from standard input with -')
    .action((first: string, second: string | undefined, options: ApiOptions, command) =>
      perform(command, (app) => api(app, first, second, options)),
    )
}

const more = (value: string, before: string[]): string[] => [...before, value]

const api = async (app: App, first: string, second: string | undefined, options: ApiOptions): Promise<Answer> => {
  const body = await bodyOf(app, options)
  const [method, path] = second === undefined ? [body === null ? 'GET' : 'POST', first] : [first.toUpperCase(), second]
  if (!METHODS.includes(method)) {
    throw new Failure('usage', `"${first}" is no method`, { hint: 'for example: keyturn api GET /v1/me/profile' })
  }
  const answer = await callByHand(app, { method, path, body, headers: headersOf(options) })
  return { json: parsed(answer.body), human: answer.body, quiet: answer.body }
}

const bodyOf = async (app: App, { field, typedField, input }: ApiOptions): Promise<string | null> => {
  if (input !== undefined) {
    if (field.length + typedField.length > 0) throw new Failure('usage', 'give fields or --input, not both')
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
  if (at < 1) throw new Failure('usage', `"${text}" is no field`, { hint: 'give name=value' })
  return [text.slice(0, at), text.slice(at + 1)]
}

const typed = (name: string, value: string): Json => {
  try {
    return JSON.parse(value) as Json
  } catch {
    throw new Failure('usage', `the value of "${name}" is no JSON`, {
      hint: `for a text, give it with -f: -f ${name}=…`,
    })
  }
}

const headersOf = ({ header }: ApiOptions): Record<string, string> => {
  const headers: Record<string, string> = {}
  for (const text of header) {
    const at = text.indexOf(':')
    const name = text.slice(0, at).trim().toLowerCase()
    if (at < 1 || !/^[\w-]+$/.test(name))
      throw new Failure('usage', `"${text}" is no header`, { hint: 'give name:value' })
    headers[name] = text.slice(at + 1).trim()
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
