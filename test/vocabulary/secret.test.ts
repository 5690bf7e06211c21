import { format, inspect } from 'node:util'
import { serialize } from 'node:v8'
import { expect, test } from 'vitest'
import { credentialHeader } from '../../src/vocabulary/credential.ts'
import { Secret } from '../../src/vocabulary/secret.ts'

const RAW = 'zec_EXAMPLE_redaction_0001'

test.each<[string, (secret: Secret) => string]>([
  ['a template', (secret) => `${secret}`],
  ['JSON', (secret) => JSON.stringify({ secret })],
  ['inspect', (secret) => inspect({ secret }, { showHidden: true, depth: 9 })],
  ['an error message', (secret) => new Error(`no good: ${secret}`).stack ?? ''],
  ['inspect without our word for it', (secret) => inspect({ secret }, { customInspect: false, showHidden: true })],
  [
    'console.log of what holds it deep down',
    (secret) => format({ a: [new Map([['b', { secret }]]), new Set([secret])] }),
  ],
  ['every placeholder', (secret) => format('%s %d %i %f %j %o %O', ...Array(7).fill(secret))],
  ['the cause of an error', (secret) => inspect(new Error('no good', { cause: { secret } }))],
  ['several errors in one', (secret) => inspect(new AggregateError([new Error(String(secret), { cause: secret })]))],
  ['String and concatenation', (secret) => String(secret) + secret + [secret].join()],
  ['a query', (secret) => new URLSearchParams({ q: secret as unknown as string }).toString()],
  ['a copy', (secret) => inspect([{ ...secret }, Object.assign({}, secret), structuredClone({ ...secret })])],
  ['a serialised copy', (secret) => serialize({ secret }).toString('latin1')],
  ['own property names', (secret) => JSON.stringify(Object.entries(secret))],
])('%s does not show a secret', (_how, show) => expect(show(new Secret(RAW))).not.toContain(RAW))

test('a secret is there for who asks for it by name', () => {
  expect(new Secret(RAW).reveal()).toBe(RAW)
})

test('a key goes in X-API-Key, a session as a bearer token', () => {
  const key = credentialHeader({ kind: 'api_key', key: new Secret(RAW), origin: 'given' })
  expect([key.name, key.value.reveal()]).toEqual(['X-API-Key', RAW])
  const session = credentialHeader({ kind: 'session', access: new Secret('ey'), refresh: null, expiresAt: null })
  expect([session.name, session.value.reveal()]).toEqual(['Authorization', 'Bearer ey'])
})
