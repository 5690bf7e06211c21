import { expect, test } from 'vitest'
import { tokenExpiry } from '../../src/vocabulary/token-expiry.ts'

const jwt = (claims: unknown) =>
  `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`

test.each([
  [1774605600, '2026-03-27T10:00:00Z'],
  [1774605600.9, '2026-03-27T10:00:00Z'],
  [1, '1970-01-01T00:00:01Z'],
])('an exp of %d is %s', (exp, end) => {
  expect(tokenExpiry(jwt({ sub: 'a', exp }))).toBe(end)
})

test.each([
  ['no claim of it', jwt({ sub: 'a' })],
  ['a text', jwt({ exp: '1774605600' })],
  ['a moment that no date can name', jwt({ exp: 1e300 })],
  ['a moment before there were tokens', jwt({ exp: -1 })],
  ['nothing', jwt(null)],
  ['claims that are no JSON', 'eyJhbGciOiJIUzI1NiJ9.bm8.c2ln'],
  ['no token of this kind at all', 'opaque'],
  ['an empty text', ''],
])('%s says nothing about the end (row 140)', (_, token) => {
  expect(tokenExpiry(token)).toBeNull()
})
