import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { exportJWK, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose'
import { beforeEach, describe, expect, test } from 'vitest'
import { isFailure } from '../../src/vocabulary/failure.ts'
import { type ScriptedService, serveScript } from '../harness/service.ts'
import { makeHandClock } from '../server/hand-clock.ts'
import { ALICE, codeOf, makeZectreHalf, type ZectreHalf } from './zectre-half.ts'

const KEYS = 'GET /.well-known/jwks.json'
const catalog = generateKeyPairSync('rsa', { modulusLength: 2048 })
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 })
const jwk = { ...(await exportJWK(catalog.publicKey)), kid: 'c1', alg: 'RS256', use: 'sig' }
const NOW = Math.floor(makeHandClock().now() / 1000)
const HOUR = 3600

interface Token {
  header?: Record<string, unknown>
  claims?: Record<string, unknown>
  key?: KeyObject
}
/** A good token of zectre-catalog for Carol, but for what is changed about it. */
const tokenOf = ({ header = {}, claims = {}, key = catalog.privateKey }: Token = {}): Promise<string> =>
  new SignJWT({ sub: 'u-1', email: 'carol@example.com', name: 'Carol', exp: NOW + HOUR, ...claims } as JWTPayload)
    .setProtectedHeader({ alg: 'RS256', kid: 'c1', ...header } as JWTHeaderParameters)
    .sign(key)

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const claims = { sub: 'u-1', email: 'carol@example.com', exp: NOW + HOUR }
/** What an attacker puts together who has nothing but the public key. */
const forged = (header: object, sign: (signed: string) => string): string => {
  const signed = `${encoded(header)}.${encoded(claims)}`
  return `${signed}.${sign(signed)}`
}
const hmac = (secret: string | Buffer) => (signed: string) =>
  createHmac('sha256', secret).update(signed).digest('base64url')

let published: ScriptedService
let zectre: ZectreHalf
beforeEach(async () => {
  published = await serveScript({ [KEYS]: { json: { keys: [jwk] } } })
  zectre = makeZectreHalf(makeHandClock(), { zectreJwks: new URL(`${published.url}/.well-known/jwks.json`) })
})
const userWith = (token: string) =>
  zectre.call('GET', '/api/v1/user', { headers: { authorization: `Bearer ${token}` } })

describe('a token of zectre-catalog', () => {
  test('is taken, and its user has an account from then on, the same each time', async () => {
    const first = await userWith(await tokenOf())
    expect([first.status, first.json]).toMatchObject([200, { email: 'carol@example.com', name: 'Carol' }])
    const again = await userWith(await tokenOf({ claims: { email: 'Carol@Example.com' } }))
    expect(again.json).toEqual(first.json)
  })

  test('belongs to the account that has its address already', async () => {
    const { json } = await zectre.signUp()
    expect((await userWith(await tokenOf({ claims: { email: ALICE.email } }))).json.id).toBe(json.id)
  })

  test('names its user by `sub` where it has no `email`, when that is an address', async () => {
    const answer = await userWith(await tokenOf({ claims: { email: undefined, sub: 'dan@example.com' } }))
    expect(answer.json).toMatchObject({ email: 'dan@example.com' })
  })

  test('has all rights: it makes a key that signs as the same user', async () => {
    const headers = { authorization: `Bearer ${await tokenOf()}` }
    const made = await zectre.call('POST', '/api/v1/api-keys', { body: { name: 'CI' }, headers })
    const user = await zectre.call('GET', '/api/v1/user', { headers: { 'x-api-key': made.json.key } })
    expect(user.json).toMatchObject({ email: 'carol@example.com' })
  })

  test('gives its account no password that opens it', async () => {
    await userWith(await tokenOf())
    for (const password of ['', 'null', 'correct horse battery']) {
      const body = { email: 'carol@example.com', password }
      expect(codeOf(await zectre.call('POST', '/api/v1/auth/login', { body }))).toEqual([401, 'INVALID_CREDENTIALS'])
    }
  })

  test('does not open an account that is disabled', async () => {
    await userWith(await tokenOf())
    zectre.service.disable('carol@example.com')
    expect(codeOf(await userWith(await tokenOf()))).toEqual([403, 'ACCOUNT_DISABLED'])
  })

  test('ends by the clock of the server', async () => {
    const token = await tokenOf()
    zectre.clock.advance(HOUR * 1000 - 1)
    expect((await userWith(token)).status).toBe(200)
    zectre.clock.advance(1)
    expect((await userWith(token)).status).toBe(401)
  })

  test('is good beside a session of our own, and each with its own key', async () => {
    await zectre.signUp()
    const session = await zectre.logIn()
    expect((await zectre.call('GET', '/api/v1/user', { headers: session })).status).toBe(200)
    expect((await userWith(await tokenOf())).status).toBe(200)
  })

  test('is good for nothing where no JWKS was named, and nothing is asked of anybody', async () => {
    zectre = makeZectreHalf()
    expect(codeOf(await userWith(await tokenOf()))).toEqual([401, 'UNAUTHORIZED'])
    expect(published.requests).toEqual([])
  })
})

describe('refused with 401, and no account made (rows 130 to 134):', () => {
  const pem = catalog.publicKey.export({ type: 'spki', format: 'pem' }) as string
  const der = catalog.publicKey.export({ type: 'spki', format: 'der' })
  const HS256 = { alg: 'HS256', typ: 'JWT' }

  const secrets: [string, string | Buffer][] = [
    ['the PEM', pem],
    ['the PEM without its last line end', pem.trim()],
    ['the PEM after a blank', ` ${pem}`],
    ['the PEM with CR LF', pem.replaceAll('\n', '\r\n')],
    ['the DER', der],
    ['the JWK', JSON.stringify(jwk)],
    ['its modulus', Buffer.from(jwk.n ?? '', 'base64url')],
    ['its modulus as text', jwk.n ?? ''],
    ['nothing', ''],
  ]
  test.each(secrets)('HS256 under %s of the public key (row 131)', async (_, secret) => {
    for (const header of [HS256, { ...HS256, kid: 'c1' }, { alg: 'RS256', kid: 'c1' }]) {
      const answer = await userWith(forged(header, hmac(secret)))
      expect(codeOf(answer)).toEqual([401, 'UNAUTHORIZED'])
    }
  })

  test.each(['none', 'None', 'NONE', 'nOnE', '', undefined, null, ['RS256'], 'rs256', 'RS256 ', 'HS512'])(
    'the algorithm %j',
    async (alg) => {
      for (const signature of ['', 'AA']) {
        expect((await userWith(forged({ alg, kid: 'c1' }, () => signature))).status).toBe(401)
      }
    },
  )

  test.each(['RS384', 'RS512', 'PS256'])('%s by the right key: only RS256 is documented', async (alg) => {
    expect((await userWith(await tokenOf({ header: { alg } }))).status).toBe(401)
  })

  test.each(['jku', 'x5u', 'jwk', 'x5c'])('a header with `%s`, and nobody is asked there (row 132)', async (name) => {
    const elsewhere = await serveScript({ 'GET /keys': { json: { keys: [await exportJWK(stranger.publicKey)] } } })
    const value = { jwk: await exportJWK(stranger.publicKey), x5c: ['AA=='] }[name] ?? `${elsewhere.url}/keys`
    for (const key of [stranger.privateKey, catalog.privateKey]) {
      expect((await userWith(await tokenOf({ header: { [name]: value }, key }))).status).toBe(401)
    }
    expect(elsewhere.requests).toEqual([])
  })

  test.each(['../../dev/null', "' OR 1=1 --", 'http://evil.test/', '', '__proto__', 'c1\n', 7, {}, null])(
    'the key id %j',
    async (kid) => {
      const signed = forged({ alg: 'RS256', kid }, () => 'AA')
      expect((await userWith(signed)).status).toBe(401)
      const strange = await tokenOf({ header: { kid: String(kid) }, key: stranger.privateKey })
      expect((await userWith(strange)).status).toBe(401)
    },
  )

  const tokens: [string, Token][] = [
    ["another's signature", { key: stranger.privateKey }],
    ['no end', { claims: { exp: undefined } }],
    ['an end a second ago', { claims: { exp: NOW - 1 } }],
    ['an end that is a text', { claims: { exp: String(NOW + HOUR) } }],
    ['an end that is endless', { claims: { exp: null } }],
    ['a beginning that is to come', { claims: { nbf: NOW + 60 } }],
    ['no address', { claims: { email: undefined } }],
    ['an address that is none', { claims: { email: 'carol' } }],
    ['an address with a line end', { claims: { email: 'carol@example.com\nx' } }],
    ['several addresses', { claims: { email: ['carol@example.com', 'alice@example.com'] } }],
    ['an address that nobody verified', { claims: { email_verified: false } }],
    ['the type of a log-out', { header: { typ: 'logout+jwt' } }],
    ['a critical header that nobody knows', { header: { crit: ['x'], x: 1 } }],
  ]
  test.each(tokens)('%s', async (_, token) => {
    const signed = await tokenOf(token).catch(() => forged({ alg: 'RS256', ...token.header }, () => 'AA'))
    expect((await userWith(signed)).status).toBe(401)
    const found = await zectre.call('POST', '/api/v1/auth/signup', {
      body: { email: 'carol@example.com', password: 'long enough' },
    })
    expect(found.status).toBe(201)
  })

  test('a token with its signature cut off, with a part too many, and one of eight kilobytes (row 135)', async () => {
    const token = await tokenOf()
    const cut = token.split('.').slice(0, 2).join('.')
    const long = await tokenOf({ claims: { more: 'x'.repeat(8192) } })
    for (const each of [cut, `${cut}.`, `${token}.AA`, `${token}=`, long])
      expect((await userWith(each)).status).toBe(401)
    expect(zectre.faults).toEqual([])
  })
})

describe('the published keys', () => {
  test('are asked for once, not for every token', async () => {
    for (let time = 0; time < 5; time++) await userWith(await tokenOf())
    for (let time = 0; time < 5; time++) await userWith(await tokenOf({ header: { kid: `unknown ${time}` } }))
    expect(published.requests).toHaveLength(1)
  })

  test('are asked for by nobody who has no RS256 token', async () => {
    await zectre.signUp()
    await zectre.call('GET', '/api/v1/user', { headers: await zectre.logIn() })
    await userWith('rubbish')
    await userWith(forged({ alg: 'none' }, () => ''))
    expect(published.requests).toEqual([])
  })

  test.each([
    ['are not there', { status: 404 }],
    ['are no JSON', { text: '<html>' }],
    ['are no keys', { json: { keys: 'none' } }],
    ['break off', { fault: 'reset' as const }],
    ['lie elsewhere', { status: 302, headers: { location: 'http://127.0.0.1:9/' } }],
  ])('are the fault of nobody’s token when they %s, and it is good when they are back', async (_, answer) => {
    published.rewrite({ [KEYS]: [answer, { json: { keys: [jwk] } }] })
    const refused = await userWith(await tokenOf())
    expect(codeOf(refused)).toEqual([503, 'CATALOG_UNREACHABLE'])
    expect(refused.headers.get('retry-after')).toBe('5')
    expect((await userWith(await tokenOf())).status).toBe(200)
    expect(zectre.faults).toEqual([])
  })

  test('may be symmetric by mistake, and then open nothing', async () => {
    const secret = 'c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0IHNlY3JldCE'
    published.rewrite({ [KEYS]: { json: { keys: [{ kty: 'oct', k: secret, kid: 'c1', alg: 'HS256' }] } } })
    const answer = await userWith(forged({ alg: 'HS256', kid: 'c1' }, hmac(Buffer.from(secret, 'base64url'))))
    expect(answer.status).toBe(401)
  })

  test.each(['http://catalog.example.com/jwks', 'http://127.0.0.1.evil.test/jwks', 'file:///etc/passwd'])(
    'are never taken from %s',
    (address) => {
      let thrown: unknown
      try {
        makeZectreHalf(makeHandClock(), { zectreJwks: new URL(address) })
      } catch (error) {
        thrown = error
      }
      expect(isFailure(thrown, 'usage')).toBe(true)
    },
  )
})
