import * as v from 'valibot'
import { Refusal } from './refusal.ts'

const LONGEST_BODY = 16 * 1024

const readText = async (request: Request): Promise<string> => {
  const tooLong = () => new Refusal(413, 'BODY_TOO_LARGE', `the body is longer than ${LONGEST_BODY} bytes`)
  if (Number(request.headers.get('content-length') ?? 0) > LONGEST_BODY) throw tooLong()
  if (!request.body) return ''
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of request.body) {
      length += chunk.byteLength
      if (length > LONGEST_BODY) throw tooLong()
      chunks.push(chunk)
    }
  } catch (error) {
    // Whoever sent it went away, or took too long: no fault of ours.
    throw error instanceof Refusal ? error : new Refusal(400, 'INVALID_BODY', 'the body did not arrive')
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    throw new Refusal(400, 'INVALID_BODY', 'the body is not UTF-8')
  }
}

/** Another type would let a form on any page of the web send it unasked (no preflight): hence 415, not a guess. */
const requireType = (request: Request, type: string): void => {
  const sent = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (sent !== type) throw new Refusal(415, 'UNSUPPORTED_MEDIA_TYPE', `send the body as "content-type: ${type}"`)
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new Refusal(400, 'INVALID_JSON', 'the body is not JSON')
  }
}

/** The body, checked; no body at all is `{}`, so that a call without required fields may leave it out. */
export const readJson = async <Schema extends v.GenericSchema>(
  request: Request,
  schema: Schema,
): Promise<v.InferOutput<Schema>> => {
  const text = await readText(request)
  if (text !== '') requireType(request, 'application/json')
  const checked = v.safeParse(schema, text === '' ? {} : parse(text))
  if (checked.success) return checked.output
  // By name only: the checker's own sentence would repeat what was sent, which may be a secret.
  const field = v.getDotPath(checked.issues[0])
  const what = field === null ? 'the body is not a JSON object' : `"${field}" is missing or not as documented`
  throw new Refusal(400, 'INVALID_REQUEST', what)
}

/** The fields of a submitted form; one that is not there is the empty text, one that is there twice is refused. */
export const readForm = async (request: Request): Promise<(field: string) => string> => {
  requireType(request, 'application/x-www-form-urlencoded')
  const fields = new URLSearchParams(await readText(request))
  return (field) => {
    const [value = '', ...more] = fields.getAll(field)
    if (more.length > 0) throw new Refusal(400, 'INVALID_REQUEST', `"${field}" was sent more than once`)
    return value
  }
}
