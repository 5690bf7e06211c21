import { createHmac } from 'node:crypto'
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { makeIdTokenVerifier } from '../../src/server/id-tokens.ts'
import { Refusal } from '../../src/server/refusal.ts'
import { Failure } from '../../src/vocabulary/failure.ts'
import { type Script, serveScript } from '../harness/service.ts'
import { MINUTE, makeHandClock } from './hand-clock.ts'

const CLIENT = 'the-client'
const [rsa, ec, strange] = await Promise.all([
  generateKeyPair('RS256'),
  generateKeyPair('ES256'),
  generateKeyPair('ES256'),
])
const KEYS = [
  { ...(await exportJWK(rsa.publicKey)), kid: 'rsa', alg: 'RS256', use: 'sig' },
  { ...(await exportJWK(ec.publicKey)), kid: 'ec', alg: 'ES256', use: 'sig' },
]
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** An issuer that is a script, a verifier that trusts it, and a token of it that is good. */
const rig = async (changes: { metadata?: object; script?: Script } = {}) => {
  const clock = makeHandClock()
  const issuer = await serveScript({})
  issuer.rewrite({
    'GET /.well-known/openid-configuration': {
      json: { issuer: issuer.url, jwks_uri: `${issuer.url}/jwks`, ...changes.metadata },
    },
    'GET /jwks': { json: { keys: KEYS } },
    ...changes.script,
  })
  const now = Math.floor(clock.now() / 1000)
  const claims: JWTPayload = {
    iss: issuer.url,
    aud: CLIENT,
    sub: '1084',
    iat: now,
    exp: now + 3600,
    email: 'gina@example.com',
    email_verified: true,
    name: 'Gina',
  }
  const verify = makeIdTokenVerifier({ issuer: issuer.url, clientId: CLIENT, clock, fetch })
  return { clock, issuer, claims, verify }
}
const sign = (claims: JWTPayload, header: object = {}, key = ec.privateKey) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'ec', ...header }).sign(key)

test.each([
  ['RS256', 'rsa', rsa.privateKey],
  ['ES256', 'ec', ec.privateKey],
])('a token signed with %s says who it is about', async (alg, kid, key) => {
  const { verify, claims } = await rig()
  expect(await verify(await sign(claims, { alg, kid }, key))).toEqual({
    subject: '1084',
    email: 'gina@example.com',
    emailVerified: true,
    name: 'Gina',
  })
})

test('what is not said is not believed: an address is verified only where the issuer says so', async () => {
  const { verify, claims } = await rig()
  const { name: _, email_verified: __, ...less } = claims
  expect(await verify(await sign(less))).toMatchObject({ emailVerified: false, name: null })
  expect(await verify(await sign({ ...less, email_verified: 'true' }))).toMatchObject({ emailVerified: false })
})

const spki = await exportSPKI(rsa.publicKey)
const hs256 = (claims: JWTPayload, kid: string, secret: string) => {
  const text = `${base64url({ alg: 'HS256', typ: 'JWT', kid })}.${base64url(claims)}`
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}
const changed = async (claims: JWTPayload, changes: JWTPayload) =>
  (await sign(claims)).replace(/\.[^.]+\./, `.${base64url({ ...claims, ...changes })}.`)

test.each<[string, (claims: JWTPayload) => Promise<string> | string]>([
  ['that nobody signed', (claims) => `${base64url({ alg: 'none' })}.${base64url(claims)}.`],
  ['signed by HS256 with the public key in PEM', (claims) => hs256(claims, 'rsa', spki)],
  ['signed by HS256 with the public key as published', (claims) => hs256(claims, 'rsa', JSON.stringify(KEYS[0]))],
  ['signed with a key that nobody published', (claims) => sign(claims, { kid: 'strange' }, strange.privateKey)],
  ['signed with another key under a known name', (claims) => sign(claims, {}, strange.privateKey)],
  [
    'that brings its own key',
    async (claims) => sign(claims, { kid: undefined, jwk: await exportJWK(strange.publicKey) }, strange.privateKey),
  ],
  ['that says where its key is', (claims) => sign(claims, { jku: 'https://evil.test/jwks' }, strange.privateKey)],
  ['whose content was changed', (claims) => changed(claims, { email: 'mallory@example.com' })],
  ['for another client', (claims) => sign({ ...claims, aud: 'another' })],
  ['for another client too', (claims) => sign({ ...claims, aud: [CLIENT, 'another'] })],
  ['of another issuer', (claims) => sign({ ...claims, iss: 'https://evil.test' })],
  ['without an issuer', ({ iss: _, ...claims }) => sign(claims)],
  ['without a client', ({ aud: _, ...claims }) => sign(claims)],
  ['without an end', ({ exp: _, ...claims }) => sign(claims)],
  ['that is not good yet', (claims) => sign({ ...claims, nbf: (claims.iat ?? 0) + 120 })],
  ['about nobody', ({ sub: _, ...claims }) => sign(claims)],
  ['without an address', ({ email: _, ...claims }) => sign(claims)],
  ['with an address that is a list', (claims) => sign({ ...claims, email: ['a@example.com'] })],
  ['with an address that breaks a line', (claims) => sign({ ...claims, email: 'a@example.com\r\nBcc: b@example.com' })],
  ['of another kind', (claims) => sign(claims, { typ: 'logout+jwt' })],
  ['that is no token', () => 'abc'],
  ['that is empty', () => ''],
  ['of a megabyte', () => `${'a'.repeat(500_000)}.${'b'.repeat(500_000)}.c`],
])('a token %s is refused with 401 (rows 130 to 135)', async (_, token) => {
  const { verify, claims } = await rig()
  const error = await verify(await token(claims)).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(Refusal)
  expect(error).toMatchObject({ status: 401 })
})

test('a token ends a minute after its end, by the clock that was handed in (row 133)', async () => {
  const { verify, claims, clock } = await rig()
  const token = await sign(claims)
  clock.advance(60 * MINUTE + 59_000)
  await verify(token)
  clock.advance(2_000)
  await expect(verify(token)).rejects.toMatchObject({ status: 401 })
})

test.each<[string, { metadata?: object; script?: Script }]>([
  ['does not answer', { script: { 'GET /.well-known/openid-configuration': { fault: 'reset' } } }],
  ['has failed', { script: { 'GET /.well-known/openid-configuration': { status: 500, json: {} } } }],
  ['speaks for another', { metadata: { issuer: 'https://evil.test' } }],
  ['is a page', { script: { 'GET /.well-known/openid-configuration': { text: '<html>' } } }],
  [
    'redirects',
    { script: { 'GET /.well-known/openid-configuration': { status: 302, headers: { location: '/jwks' } } } },
  ],
  ['says null', { script: { 'GET /.well-known/openid-configuration': { json: null } } }],
  ['has its keys on an unencrypted host', { metadata: { jwks_uri: 'http://keys.example.com/jwks' } }],
  ['has lost its keys', { script: { 'GET /jwks': { status: 500, json: {} } } }],
  ['redirects to its keys', { script: { 'GET /jwks': { status: 302, headers: { location: '/elsewhere' } } } }],
])('an issuer that %s is no fault of the token, and is asked again', async (_, changes) => {
  const { verify, claims, issuer } = await rig(changes)
  const token = await sign(claims)
  await expect(verify(token)).rejects.toMatchObject({ status: 503 })
  issuer.rewrite({
    'GET /.well-known/openid-configuration': { json: { issuer: issuer.url, jwks_uri: `${issuer.url}/jwks` } },
    'GET /jwks': { json: { keys: KEYS } },
  })
  expect(await verify(token)).toMatchObject({ subject: '1084' })
})

test('the keys are fetched once, and a flood of unknown ones does not have the issuer asked each time', async () => {
  const { verify, claims, issuer } = await rig()
  const token = await sign(claims)
  for (let i = 0; i < 5; i++) await verify(token)
  for (let i = 0; i < 20; i++) await verify(await sign(claims, { kid: `k${i}` })).catch(() => {})
  expect(issuer.to('GET /.well-known/openid-configuration')).toHaveLength(1)
  expect(issuer.to('GET /jwks')).toHaveLength(1)
})

test.each(['http://issuer.example.com', 'ftp://x', 'x'])('an issuer at %s is not trusted at all', (issuer) => {
  const make = () => makeIdTokenVerifier({ issuer, clientId: CLIENT, clock: makeHandClock(), fetch })
  expect(make).toThrow(Failure)
})
