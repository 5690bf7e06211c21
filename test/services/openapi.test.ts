import { Validator } from '@seriousme/openapi-schema-validator'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import type { App } from '../../src/server/app.ts'
import { type ApiDescription, openApiOf } from '../../src/server/openapi.ts'
import * as curateMeApi from '../../src/services/curate-me/openapi.ts'
import { services } from '../../src/services/registry.ts'
import * as restumeApi from '../../src/services/restume/openapi.ts'
import * as zectreApi from '../../src/services/zectre/openapi.ts'
import type { Json } from '../../src/vocabulary/json.ts'
import { makeServerContext } from '../server/context.ts'
import * as curateMe from './curate-me-rig.ts'
import * as restume from './restume-rig.ts'
import { fill, transcriptsOf } from './transcripts.ts'
import * as zectre from './zectre-rig.ts'

const apis = {
  restume: { rig: restume, ...restumeApi },
  zectre: { rig: zectre, ...zectreApi },
  'curate-me': { rig: curateMe, ...curateMeApi },
} as const

/** The parts of a document that are looked into here. */
interface Operation {
  operationId: string
  security: Record<string, unknown>[]
  parameters?: { name: string; in: string }[]
  requestBody?: { required: boolean; content: { 'application/json': { schema: { $ref: string } } } }
  responses: Record<string, { content?: unknown }>
}
interface Document {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, { properties?: Record<string, unknown> }> }
}

const callsIn = ({ paths }: Document): string[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
const documented = (api: ApiDescription, method: string, path: string) =>
  Object.values(api.calls).find(({ call }) => {
    const source = call.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{\w+\}/g, '[^/]+')
    return new RegExp(`^${source}$`).test(`${method} ${path}`)
  })

describe.each(services)('the OpenAPI document of $name', (service) => {
  const { rig, description } = apis[service.name as keyof typeof apis]

  const ask = async (path = '/openapi.json', init: RequestInit = {}) => {
    const half = (await service.server())(makeServerContext())
    const [api] = half.listeners
    const answer = await api!.fetch(new Request(`http://localhost:1${path}`, init), { address: '' })
    return { answer, half }
  }
  const read = async () => (await (await ask()).answer.json()) as Document

  test('is valid OpenAPI 3.1, references and all', async () => {
    const validator = new Validator()
    const { valid, errors } = await validator.validate({ ...(await read()) })
    expect(errors ?? []).toEqual([])
    expect([valid, validator.version]).toEqual([true, '3.1'])
    expect(JSON.stringify(validator.resolveRefs())).not.toContain('"$ref"')
  })

  test('is there for anybody who may speak to the server, by GET alone', async () => {
    const { answer } = await ask()
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json'])
    expect((await ask('/openapi.json', { method: 'POST' })).answer.status).toBe(405)
    expect((await ask('/openapi.json', { headers: { host: 'evil.test' } })).answer.status).toBe(421)
  })

  test('has every call that the client makes', async () => {
    const calls = Object.values(service.operations).flatMap((means) => means?.calls ?? [])
    expect(callsIn(await read())).toEqual(expect.arrayContaining(calls))
  })

  test('has every call that the server answers, and no other', async () => {
    const { half } = await ask()
    const [api, ...others] = half.listeners.map(({ fetch }) => (fetch as App).calls)
    // What begins with a line is the reference server's own, for tests.
    const answered = api?.filter((call) => call !== 'GET /openapi.json' && !call.startsWith('GET /_'))
    expect(callsIn(await read()).sort()).toEqual(answered?.sort())
    for (const calls of others) expect(calls).not.toContain('GET /openapi.json')
  })

  test('says of each call who may make it, and what it answers to those who may not', async () => {
    const { paths } = await read()
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods))
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
    for (const { security, responses } of operations) {
      expect(Object.keys(responses).some((status) => status.startsWith('2'))).toBe(true)
      expect(responses).toHaveProperty('default')
      if (security.length > 0) expect(responses).toHaveProperty('401')
    }
  })

  test('wants a session alone for what the client wants one for', async () => {
    const { paths } = await read()
    for (const means of Object.values(service.operations)) {
      if (means?.needs !== 'session') continue
      for (const call of means.calls) {
        const [method = '', path = ''] = call.split(' ')
        expect(paths[path]?.[method.toLowerCase()]?.security).toEqual([{ bearer: [] }])
      }
    }
  })

  describe('fits the documented exchange', () => {
    test.each(transcriptsOf(service.name))('$name', async (transcript) => {
      const { values, send } = await rig.arrange(transcript)
      const filled = (text: string) => String(fill(text, transcript, values))
      const { method, headers } = transcript.request
      const path = filled(transcript.request.path)
      const body = fill(transcript.request.body, transcript, values)
      const call = documented(description, method, path.split('?')[0] ?? '')
      expect(call, `${method} ${path}`).toBeDefined()
      if (body !== null) expect(issuesOf(call?.body, body)).toEqual([])

      const sent = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), filled(value)])
      const answer = await send(method, path, Object.fromEntries(sent), body)
      expect(answer.status).toBe(call?.success.status)
      expect(issuesOf(call?.success.schema ?? v.null(), answer.json)).toEqual([])
    })
  })

  test('fits the refusals of the server', async () => {
    const { answer } = await ask('/nowhere')
    expect(issuesOf(description.refusal, (await answer.json()) as Json)).toEqual([])
  })
})

const issuesOf = (schema: v.GenericSchema | undefined, value: Json): string[] =>
  schema ? (v.safeParse(schema, value).issues ?? []).map(({ message }) => message) : ['there is no schema']

describe('what a check says is what the document says', () => {
  const documentOf = (schema: v.GenericSchema) => {
    const call = { call: 'POST /thing', summary: 'a thing', credential: 'none' as const, refusals: {} }
    const refusal = v.object({ error: v.string() })
    const calls = { make: { ...call, body: schema, success: { status: 204, schema: null } } }
    const made = openApiOf({ title: 'a test', documentation: 'this', wire: { Thing: schema }, refusal, calls })
    return made as unknown as Document
  }
  const fieldOf = (field: v.GenericSchema) =>
    documentOf(v.object({ field })).components.schemas.Thing?.properties?.field

  test.each([
    ['a length in code points', v.pipe(v.string(), v.regex(/^.{1,100}$/su)), { minLength: 1, maxLength: 100 }],
    ['an expression', v.pipe(v.string(), v.regex(/^zec_\w+$/)), { pattern: '^zec_\\w+$' }],
    ['an expression of code points', v.pipe(v.string(), v.regex(/^\P{C}+$/u)), { pattern: '^\\P{C}+$' }],
    ['what is trimmed first', v.pipe(v.string(), v.trim(), v.regex(/^a+$/)), { pattern: '^a+$' }],
    ['what no schema can say, in words', v.pipe(v.string(), v.regex(/^a$/i)), { description: 'must match /^a$/i' }],
  ])('%s', (_, field, said) => {
    expect(fieldOf(field)).toEqual({ type: 'string', ...said })
  })

  test('a body of which nothing is required may be left out whole', () => {
    const required = (schema: v.GenericSchema) => documentOf(schema).paths['/thing']?.post?.requestBody?.required
    expect(required(v.object({ name: v.nullish(v.string()) }))).toBe(false)
    expect(required(v.object({ name: v.string() }))).toBe(true)
  })

  test('a check that can’t be said at all is a failure, not a hole', () => {
    expect(() =>
      fieldOf(
        v.pipe(
          v.string(),
          v.check(() => true),
        ),
      ),
    ).toThrow(/check/)
  })
})
