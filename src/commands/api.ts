import type { Answer, App } from '../app.ts'
import { callByHand } from '../session/call-by-hand.ts'
import { readInput } from '../terminal/read-input.ts'
import { clean, cleanLines } from '../vocabulary/clean.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { Json } from '../vocabulary/json.ts'
import { quoted } from '../vocabulary/quoted.ts'
import { asQuery, type ReadNamed, readFields } from './api-fields.ts'
import { readHeaders } from './api-headers.ts'
import { collect, type Declare } from './command.ts'
import { withProfile } from './with-profile.ts'

interface ApiOptions {
  method?: string
  field: string[]
  typedField: string[]
  header: string[]
  input?: string
  include?: boolean
}

interface Words {
  first: string
  second: string | undefined
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD']
const WITH_QUERY = ['GET', 'HEAD']
/** In KiB: a body is sent whole, so it has to fit into memory. */
const MOST_INPUT = 64 * 1024

export const declareApi: Declare = (program, perform) => {
  program
    .command('api <method-or-path> [path]')
    .description('make any call to the service, signed with the credential; GET, or POST where fields are given')
    .option('-X, --method <method>', 'the method, in place of the word before the path')
    .option('-f, --field <name=value>', 'a field of the JSON body (of the query with GET), as text', collect, [])
    .option('-F, --typed-field <name=value>', 'the same, as JSON; @FILE and @- are read', collect, [])
    .option('-H, --header <name:value>', 'a header', collect, [])
    .option('--input <file>', 'the body, from a file, or from standard input with -; fields go to the query then')
    .option('-i, --include', 'print the status line and the headers before the body')
    .action((first: string, second: string | undefined, options: ApiOptions, command) =>
      withProfile(perform)(command, (app) => api(app, { first, second }, options)),
    )
}

const api = async (app: App, words: Words, options: ApiOptions): Promise<Answer | null> => {
  const call = await readCall(app, words, options)
  if (app.json) {
    if (options.include) {
      throw new Failure('usage', '--include prints headers, and those are no JSON', {
        hint: 'leave one away: --include, or --json and --jq',
      })
    }
    const { body } = await callByHand(app, { ...call, take: null, refused: () => {} })
    return { json: parsed(body), human: null, quiet: null }
  }
  const print = printer(app)
  await callByHand(app, {
    ...call,
    take: (head) => {
      if (options.include) print.text(headText(head.statusLine, head.headers))
      return print.part
    },
    refused: ({ headers, body }, head) => {
      // stdout is for good answers alone; who asked for all of a bad one gets it where it is told of.
      if (options.include) app.terminal.insist(cleanLines(headText(head?.statusLine ?? '', headers) + body))
    },
  })
  await print.end()
  return null
}

const readCall = async (app: App, { first, second }: Words, options: ApiOptions) => {
  const headers = readHeaders(options.header)
  const read = reader(app, options)
  const fields = await readFields({ texts: options.field, typed: options.typedField }, read)
  const hasFields = Object.keys(fields).length > 0
  if (second !== undefined && options.method !== undefined) {
    throw new Failure('usage', 'the method was given twice: before the path and with --method', {
      hint: `leave one away: keyturn api ${clean(first)} ${clean(second)}`,
    })
  }
  const named = options.method ?? (second === undefined ? null : first)
  const method = (named ?? (hasFields || options.input !== undefined ? 'POST' : 'GET')).toUpperCase()
  if (!METHODS.includes(method)) {
    throw new Failure('usage', `${quoted(named ?? '')} is no method: those are ${METHODS.join(', ')}`, {
      hint: 'for examples: keyturn api --help',
    })
  }
  const path = second ?? first
  if (options.input !== undefined || WITH_QUERY.includes(method)) {
    const body = options.input === undefined ? null : await read(options.input)
    return { method, path: hasFields ? withQuery(path, asQuery(fields)) : path, body, headers }
  }
  return { method, path, body: hasFields ? Buffer.from(JSON.stringify(fields)) : null, headers }
}

const withQuery = (path: string, query: string): string => `${path}${path.includes('?') ? '&' : '?'}${query}`

/** Standard input can be read once, so only one thing can be there. */
const reader = (app: App, { input, typedField }: ApiOptions): ReadNamed => {
  const fromStdin = [...(input === '-' ? [input] : []), ...typedField.filter((text) => /^[^=]+=@-$/.test(text))]
  if (fromStdin.length > 1) {
    throw new Failure('usage', 'two things were to be read from standard input, and there is one', {
      hint: 'give a file for the others: --input FILE, -F name=@FILE',
    })
  }
  return (name) =>
    name === '-'
      ? readInput(app.terminal, { what: 'what to send', most: MOST_INPUT }, app.signal)
      : app.readFile(name, MOST_INPUT)
}

const headText = (statusLine: string, headers: Record<string, string>): string =>
  [statusLine, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n')

/** Piped it goes on as it came, byte for byte; on a terminal it must not be obeyed, and ends with its line. */
const printer = ({ terminal }: App) => {
  const seen = terminal.streams.stdout.isTTY === true
  const decoder = new TextDecoder()
  let endsLine = true
  let before = Promise.resolve()
  const part = (bytes: Uint8Array): Promise<void> => {
    const shown = seen ? Buffer.from(cleanLines(decoder.decode(bytes, { stream: true }))) : bytes
    endsLine = shown.length === 0 ? endsLine : shown.at(-1) === 0x0a
    before = before.then(() => terminal.pass(shown))
    return before
  }
  return {
    part,
    text: (text: string) => void part(Buffer.from(text)).catch(() => {}),
    end: () => (seen && !endsLine ? part(Buffer.from('\n')) : before),
  }
}

const parsed = (body: string): Json => {
  if (body === '') return null
  try {
    return JSON.parse(body.replace(/^\ufeff/, '')) as Json
  } catch {
    return body
  }
}
