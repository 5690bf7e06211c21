/** An OpenAPI 3.1 document, made from the checks that the server itself uses. Loaded when somebody asks for it. */
import { toJsonSchemaDefs } from '@valibot/to-json-schema'
import * as v from 'valibot'
import type { Json, JsonObject } from '../vocabulary/json.ts'

/** What a call is signed with: nothing, a JWT, a key, or either of the two. */
export type DocumentedCredential = 'none' | 'session' | 'key' | 'session or key'

export interface DocumentedCall {
  /** As the documentation has it: `GET /api/v1/auth/cli/status/{code}`. */
  call: string
  summary: string
  credential: DocumentedCredential
  /** Headers beside the credential. */
  headers?: Record<string, { required: boolean; description: string }>
  body?: v.GenericSchema
  /** `schema: null`: an answer without a body. */
  success: { status: number; schema: v.GenericSchema | null }
  /** Status → which refusals come with it; a 401 for a credential that is not good need not be told. */
  refusals: Record<number, string>
}

export interface ApiDescription {
  title: string
  documentation: string
  /** All that `wire.ts` exports: each check in it becomes a schema of the same name. */
  wire: Record<string, unknown>
  /** The body of every refusal. */
  refusal: v.GenericSchema
  /** By a name of its own each: `createKey`. */
  calls: Record<string, DocumentedCall>
}

const CREDENTIALS: Record<DocumentedCredential, JsonObject[]> = {
  none: [],
  session: [{ bearer: [] }],
  key: [{ apiKey: [] }],
  'session or key': [{ bearer: [] }, { apiKey: [] }],
}

const LIMITS =
  'A schema says less than the server checks: a text that is trimmed first, and the rule of an expression that JSON ' +
  'Schema has no word for, are told in words. Fields that are not named here are taken and passed over. What a schema ' +
  'does not require may be null or missing alike.'

/** JSON Schema has no flags: `u` is what it means anyway (2020-12, 6.4), and `.` under `s` is a class of everything. */
const inWords = (rule: RegExp): JsonObject => {
  const [, least, most] = /^\^\.\{(\d+),(\d+)\}\$$/.exec(rule.source) ?? []
  // JSON Schema counts code points, as `.` does under `u`; `minLength` of valibot counts UTF-16 units.
  if (least && most && rule.unicode && rule.dotAll) return { minLength: Number(least), maxLength: Number(most) }
  if (rule.flags === 'u') return { pattern: rule.source }
  return { description: `must match ${rule}` }
}

const isMaybeAnything = (schema: object): boolean =>
  'wrapped' in schema && isCheck(schema.wrapped) && schema.wrapped.type === 'unknown'

const isCheck = (value: unknown): value is v.GenericSchema =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'schema'

const capitalised = (name: string): string => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`

/** Every check under a name: its own of `wire.ts`, or that of the one call that has it. */
const namedChecks = ({ wire, refusal, calls }: ApiDescription): Map<v.GenericSchema, string> => {
  const named = new Map<v.GenericSchema, string>()
  const add = (name: string, check: unknown) => {
    if (isCheck(check) && !named.has(check)) named.set(check, name)
  }
  for (const [name, check] of Object.entries(wire)) add(name, check)
  add('Refusal', refusal)
  for (const [id, { body, success }] of Object.entries(calls)) {
    add(`${capitalised(id)}Request`, body)
    add(`${capitalised(id)}Answer`, success.schema)
  }
  return named
}

const describeCall = (id: string, call: DocumentedCall, refusal: Json, contentOf: ContentOf): JsonObject => {
  const path = call.call.split(' ')[1] ?? ''
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const inHeaders = Object.entries(call.headers ?? {}).map(([name, { required, description }]) => ({
    name,
    in: 'header',
    required,
    description,
    schema: { type: 'string' },
  }))
  const parameters = [...inPath, ...inHeaders]
  const unsigned = call.credential === 'none' ? {} : { 401: 'no credential that is good for this call' }
  const refusals = Object.entries({ ...unsigned, ...call.refusals, default: 'any other refusal' })
  const { status, schema } = call.success
  return {
    operationId: id,
    summary: call.summary,
    security: CREDENTIALS[call.credential],
    ...(parameters.length === 0 ? {} : { parameters }),
    // A body of which nothing is required may be left out whole.
    ...(call.body ? { requestBody: { required: !v.is(call.body, {}), content: contentOf(call.body) } } : {}),
    responses: {
      [status]: schema ? { description: 'done', content: contentOf(schema) } : { description: 'done; no body' },
      ...Object.fromEntries(refusals.map(([code, description]) => [code, { description, content: refusal }])),
    },
  }
}
type ContentOf = (check: v.GenericSchema) => JsonObject

export const openApiOf = (api: ApiDescription): JsonObject => {
  const named = namedChecks(api)
  const reference = (name: string) => `#/components/schemas/${name}`
  // What comes over the wire is what goes into a check, for answers as for requests. What can't be said fails here.
  const schemas = toJsonSchemaDefs(Object.fromEntries([...named].map(([check, name]) => [name, check])), {
    target: 'draft-2020-12',
    typeMode: 'input',
    errorMode: 'throw',
    ignoreActions: ['trim'],
    overrideRef: ({ referenceId }) => reference(referenceId),
    // What may be anything or missing is anything: a schema beside "null" that says nothing is none.
    overrideSchema: ({ valibotSchema }) => (isMaybeAnything(valibotSchema) ? {} : null),
    overrideAction: ({ valibotAction, jsonSchema }) => {
      const rule = 'requirement' in valibotAction ? valibotAction.requirement : null
      if (valibotAction.type !== 'regex' || !(rule instanceof RegExp) || rule.flags === '') return null
      const { pattern: converted, ...rest } = jsonSchema
      return { ...rest, ...(converted === rule.source ? {} : { pattern: converted }), ...(inWords(rule) as object) }
    },
  })
  const contentOf: ContentOf = (check) => ({
    'application/json': { schema: { $ref: reference(named.get(check) ?? '') } },
  })
  const paths: Record<string, JsonObject> = {}
  for (const [id, call] of Object.entries(api.calls)) {
    const [method = '', path = ''] = call.call.split(' ')
    paths[path] = { ...paths[path], [method.toLowerCase()]: describeCall(id, call, contentOf(api.refusal), contentOf) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: api.title,
      version: 'v1',
      license: { name: 'MIT', identifier: 'MIT' },
      description: `Made from the checks of keyturn's reference server, after ${api.documentation}. ${LIMITS}`,
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: schemas as unknown as JsonObject,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
    },
  }
}
