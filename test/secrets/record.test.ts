import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { decodeRecord, encodeRecord, type SecretRecord } from '../../src/secrets/record.ts'
import { isFailure } from '../../src/vocabulary/failure.ts'
import { Secret } from '../../src/vocabulary/secret.ts'

const PLACE = { service: 'zectre', url: 'https://zectre.example/api' }
const RECORD = { ...PLACE, adminUrl: 'https://admin.example' }
const RECORDS: Record<string, SecretRecord> = {
  'a key': {
    ...RECORD,
    credential: { kind: 'api_key', key: new Secret('zec_canary'), origin: 'sign-in' },
    pending: null,
    outgoing: [],
  },
  'a session': {
    ...RECORD,
    credential: {
      kind: 'session',
      access: new Secret('a_canary'),
      refresh: new Secret('r_canary'),
      expiresAt: '2026',
      clockOffset: -1500,
    },
    pending: null,
    outgoing: [],
  },
  'a session that can not be renewed': {
    ...RECORD,
    credential: { kind: 'session', access: new Secret('a_canary'), refresh: null, expiresAt: null, clockOffset: null },
    pending: null,
    outgoing: [],
  },
  'a sign-in under way': {
    ...RECORD,
    credential: null,
    pending: {
      ...PLACE,
      code: new Secret('code_canary'),
      verifier: new Secret('verifier_canary'),
      authUrl: new Secret('https://zectre.example/auth/cli?code=code_canary'),
      expiresAt: null,
      startedAt: '2026-11-21T07:00:00.000Z',
    },
    outgoing: [
      { ...RECORD, credential: { kind: 'api_key', key: new Secret('zec_replaced_canary'), origin: 'sign-in' } },
    ],
  },
}

const revealing = (_: string, value: unknown): unknown => (value instanceof Secret ? `secret ${value.reveal()}` : value)
/** `JSON.stringify` would ask the secrets for their own, redacted text first. */
const plain = (value: object): unknown =>
  Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      typeof field === 'object' && field !== null && !(field instanceof Secret) ? plain(field) : revealing(name, field),
    ]),
  )

test.each(Object.entries(RECORDS))('%s comes back as it was kept, its secrets as secrets', (_, record) => {
  const decoded = decodeRecord(encodeRecord(record), 'zectre', 'a store')
  expect(plain(decoded)).toEqual(plain(record))
  expect(inspect(decoded, { depth: 9 })).not.toContain('canary')
})

const key = { kind: 'api_key', key: 'k', origin: 'given' }
test.each([
  ['a bare key', 'zec_canary'],
  ['another program’s JSON', '{"token":"canary"}'],
  ['a list', '["canary"]'],
  ['null', 'null'],
  ['a version that is no number', JSON.stringify({ version: '1', ...PLACE, credential: key })],
  ['no address', JSON.stringify({ version: 1, service: 'zectre', credential: key })],
  ['a key that is a number', JSON.stringify({ version: 1, ...PLACE, credential: { ...key, key: 7 } })],
  ['a key of unknown origin', JSON.stringify({ version: 1, ...PLACE, credential: { ...key, origin: 'canary' } })],
  ['a credential of unknown kind', JSON.stringify({ version: 1, ...PLACE, credential: { kind: 'canary' } })],
  ['a list of what was replaced that is none', JSON.stringify({ version: 1, ...PLACE, outgoing: 'canary' })],
  ['something replaced that is no credential', JSON.stringify({ version: 1, ...PLACE, outgoing: [{ ...PLACE }] })],
  ['half a sign-in', JSON.stringify({ version: 1, ...PLACE, pending: { code: 'canary' } })],
])('%s is an unreadable entry, and the failure shows nothing of it', (_, text) => {
  try {
    decodeRecord(text, 'zectre', 'the file x')
    expect.unreachable()
  } catch (error) {
    if (!isFailure(error, 'store_unusable')) throw error
    expect(error.message).toContain('unreadable entry')
    expect(inspect(error)).not.toContain('canary')
  }
})

test('the entry of a newer keyturn is told from a foreign one', () => {
  expect(() => decodeRecord('{"version":2}', 'zectre', 'the file x')).toThrow(/newer keyturn/)
})

test('an entry from before anything could be outgoing has nothing outgoing', () => {
  expect(
    decodeRecord(JSON.stringify({ version: 1, ...PLACE, credential: key }), 'zectre', 'the file x').outgoing,
  ).toEqual([])
})
