import { createConfig, lintFromString } from '@redocly/openapi-core'
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import type { ApiDescription, DocumentedCall } from '../../src/server/openapi.ts'
import { openApiOf } from '../../src/server/openapi.ts'
import { description as curateMe } from '../../src/services/curate-me/openapi.ts'
import { services } from '../../src/services/registry.ts'
import { description as restume } from '../../src/services/restume/openapi.ts'
import { description as zectre } from '../../src/services/zectre/openapi.ts'
import { makeServerContext } from '../server/context.ts'

const descriptions: Record<string, ApiDescription> = { restume, zectre, 'curate-me': curateMe }

interface Schema {
  $ref?: string
  type?: string | string[]
  anyOf?: Schema[]
  enum?: unknown[]
  const?: unknown
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  pattern?: string
  minLength?: number
  maxLength?: number
  minItems?: number
  minimum?: number
  maximum?: number
}

const SEED = { email: 'dev@example.com', password: 'correct horse battery' }
/** Where a stranger's text would mostly be nobody's: often the one that there is. */
const known: Record<string, string> = { ...SEED, username: 'dev', new_password: SEED.password }

const texts = ({ pattern, minLength = 0, maxLength = 200 }: Schema) =>
  pattern === undefined
    ? fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 200) })
    : fc.stringMatching(new RegExp(pattern, 'u'))

/** What a schema allows. */
const valuesOf = (schema: Schema, schemas: Record<string, Schema>, name = ''): fc.Arbitrary<unknown> => {
  if (schema.$ref) return valuesOf(schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}, schemas)
  if ('const' in schema) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((each) => valuesOf(each, schemas, name)))
  const { properties = {}, required = [], minItems = 0, minimum = -1e6, maximum = 1e6 } = schema
  switch (schema.type) {
    case 'string':
      return fc.oneof(texts(schema), ...(name in known ? [fc.constant(known[name])] : []))
    case 'integer':
      return fc.integer({ min: minimum, max: maximum })
    case 'number':
      return fc.double({ min: minimum, max: maximum, noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}, schemas), { minLength: minItems, maxLength: 5 })
    case 'object': {
      const fields = Object.entries(properties).map(([field, of]) => [field, valuesOf(of, schemas, field)] as const)
      return fc.record(Object.fromEntries(fields), { requiredKeys: required })
    }
    default:
      return fc.jsonValue()
  }
}

describe.each(services)('the OpenAPI document of $name', ({ name, server }) => {
  const description = descriptions[name]!
  const document = openApiOf(description) as unknown as { components: { schemas: Record<string, Schema> } }

  test('has nothing that a linter complains about', async () => {
    const config = await createConfig({ extends: ['recommended-strict'] })
    const problems = await lintFromString({ source: JSON.stringify(document), absoluteRef: 'openapi.json', config })
    expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual([])
  })

  const bodiesOf = ({ call }: DocumentedCall): fc.Arbitrary<unknown> => {
    const [method = '', path = ''] = call.split(' ')
    // biome-ignore lint/suspicious/noExplicitAny: a document, for a test to look into
    const { requestBody } = (document as any).paths[path][method.toLowerCase()]
    if (requestBody === undefined) return fc.constant(undefined)
    const right = valuesOf(requestBody.content['application/json'].schema, document.components.schemas)
    return fc.oneof({ weight: 3, arbitrary: right }, fc.jsonValue(), fc.constant(undefined))
  }
  const ids = fc.oneof(
    fc.uuid(),
    fc.string({ unit: 'grapheme', minLength: 1 }),
    fc.constantFrom('..', '%00', '__proto__'),
  )

  test.each(Object.values(description.calls))(
    'is kept to by the server, whatever $call is sent',
    async (call) => {
      const context = makeServerContext()
      const half = (await server())(context)
      await half.seed()
      const ask = (method: string, path: string, headers: Record<string, string>, body: unknown) => {
        const json = body === undefined || method === 'GET' ? {} : { body: JSON.stringify(body) }
        const request = new Request(`http://localhost:1${path}`, {
          method,
          headers: { ...headers, 'content-type': 'application/json' },
          ...json,
        })
        return half.listeners[0]!.fetch(request, { address: '127.0.0.1' })
      }
      const logIn =
        Object.values(description.calls)
          .find(({ call }) => call.endsWith('auth/login'))
          ?.call.split(' ')[1] ?? ''
      const signedIn = (await (await ask('POST', logIn, {}, { ...SEED, username: 'dev' })).json()) as Record<
        string,
        string
      >
      const session = { authorization: `Bearer ${signedIn.access_token ?? signedIn.token}` }
      const credentials = fc.constantFrom<Record<string, string>>(
        session,
        session,
        {},
        { authorization: 'Bearer x' },
        { 'x-api-key': 'x' },
      )

      const keepsTo = async (body: unknown, id: string, credential: Record<string, string>) => {
        const [method = '', template = ''] = call.call.split(' ')
        const path = template.replaceAll(/\{\w+\}/g, encodeURIComponent(id))
        const answer = await ask(method, path, credential, body)
        const text = await answer.text()
        if (answer.ok) {
          const { status, schema } = call.success
          expect(answer.status).toBe(status)
          expect(schema === null ? text === '' : v.is(schema, JSON.parse(text)), text).toBe(true)
        } else {
          // A server that was started without an issuer says so; no other fault is the server's own.
          if (answer.status !== 503) expect(answer.status).toBeLessThan(500)
          expect(v.is(description.refusal, JSON.parse(text)), text).toBe(true)
        }
        expect(context.faults).toEqual([])
      }
      await fc.assert(fc.asyncProperty(bodiesOf(call), ids, credentials, keepsTo), { numRuns: 150 })
    },
    30_000,
  )
})
