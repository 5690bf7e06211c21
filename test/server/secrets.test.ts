import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { makeApiKeys } from '../../src/server/api-keys.ts'
import { makeJwts } from '../../src/server/jwt.ts'
import { makePasswords, SCRYPT_COST } from '../../src/server/passwords.ts'
import { DAY, makeHandClock } from './hand-clock.ts'

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const request = { ownerId: 'alice', name: 'CI', scopes: ['*'], expiresAt: null }

describe('a raw key', () => {
  const keys = makeApiKeys('zec_', makeHandClock())
  const { key, raw } = keys.create(request)

  test('has 192 random bits behind the part that may be shown', () => {
    expect(raw).toMatch(/^zec_[0-9a-f]{64}$/)
    expect(raw.slice(0, 12)).toBe(key.prefix)
  })

  test('is kept as its hash only (row 142)', () => {
    const kept = JSON.stringify(
      keys.listOf('alice').map(({ digest, ...rest }) => ({ ...rest, digest: digest.toString('hex') })),
    )
    expect(kept).toContain(key.prefix)
    expect(kept).not.toContain(raw.slice(12, 60))
  })

  test('opens as it is and in no other way (row 141)', () => {
    expect(keys.use(raw)?.id).toBe(key.id)
    const flipped = (at: number) => raw.slice(0, at) + (raw[at] === '0' ? '1' : '0') + raw.slice(at + 1)
    const wrong = [
      flipped(4),
      flipped(20),
      flipped(67),
      raw.toUpperCase(),
      `${raw}0`,
      raw.slice(0, -1),
      ` ${raw}`,
      '',
      'zec_',
    ]
    for (const text of wrong) expect(keys.use(text)).toBeNull()
  })

  test('of another, put behind the same prefix, opens nothing', () => {
    const other = keys.create(request).raw
    expect(keys.use(raw.slice(0, 12) + other.slice(12))).toBeNull()
  })
})

describe('a session token', () => {
  const clock = makeHandClock()
  const jwts = makeJwts(clock)
  const { token, expiresAt } = jwts.issue('alice', 60)
  const [header = '', claims = '', signature = ''] = token.split('.')
  const forged = (head: object, body: object, secret: string) => {
    const signed = `${encode(head)}.${encode(body)}`
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
  }
  const good = { sub: 'alice', iat: 0, exp: 9_999_999_999 }

  test('names its subject until it ends', () => {
    expect(expiresAt).toBe(clock.now() + 60_000)
    expect(jwts.subjectOf(token)).toBe('alice')
    const later = makeHandClock()
    const own = makeJwts(later)
    const short = own.issue('alice', 60).token
    later.advance(60_000)
    expect(own.subjectOf(short)).toBeNull()
  })

  test.each([
    ['alg none', `${encode({ alg: 'none', typ: 'JWT' })}.${claims}.`],
    ['alg nOnE with the old signature', `${encode({ alg: 'nOnE', typ: 'JWT' })}.${claims}.${signature}`],
    ['no alg', `${encode({ typ: 'JWT' })}.${claims}.${signature}`],
    ['another secret', forged({ alg: 'HS256', typ: 'JWT' }, good, 'secret')],
    ['an empty secret', forged({ alg: 'HS256', typ: 'JWT' }, good, '')],
    ['a key id that is a path', forged({ alg: 'HS256', typ: 'JWT', kid: '../../dev/null' }, good, '')],
    ['other claims', `${header}.${encode({ ...good, sub: 'bob' })}.${signature}`],
    ['no signature', `${header}.${claims}.`],
    ['half a signature', `${header}.${claims}.${signature.slice(0, 20)}`],
    ['one segment more', `${token}.${signature}`],
    ['one segment less', `${header}.${claims}`],
    ['a signature spelt otherwise', `${header}.${claims}.${signature}=`],
    ['a megabyte', `${token}${'x'.repeat(1_000_000)}`],
    ['nothing', ''],
    ['dots', '..'],
  ])('with %s is nobody’s (rows 130, 132 and 135)', (_, text) => {
    expect(jwts.subjectOf(text)).toBeNull()
  })

  test('of another server, or of this one before it was restarted, is nobody’s: the secret is drawn anew (row 136)', () => {
    expect(makeJwts(clock).subjectOf(token)).toBeNull()
  })
})

describe('passwords', () => {
  test('cost what OWASP asks for unless a test says otherwise (row 166)', async () => {
    expect(SCRYPT_COST).toBe(2 ** 17)
    const passwords = makePasswords()
    const hash = await passwords.hash('correct horse battery')
    expect(hash).toMatchObject({ cost: 2 ** 17 })
    expect(await passwords.matches('correct horse battery', hash)).toBe(true)
  })

  test('are told apart to the last character, and two hashes of one password differ (row 169)', async () => {
    const passwords = makePasswords(2)
    const hash = await passwords.hash('pässwörd\u0000 tail')
    expect(await passwords.matches('pässwörd\u0000 tail', hash)).toBe(true)
    expect(await passwords.matches('pässwörd\u0000 tai', hash)).toBe(false)
    expect(await passwords.matches('pässwörd\u0000 tail'.normalize('NFD'), hash)).toBe(false)
    expect((await passwords.hash('pässwörd\u0000 tail')).digest.equals(hash.digest)).toBe(false)
  })

  test('of an account that is not there never match', async () => {
    expect(await makePasswords(2).matches('', null)).toBe(false)
  })

  test('are checked a few at a time, a few dozen may wait, and the next is asked to come back (row 167)', async () => {
    const passwords = makePasswords(2)
    const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => passwords.matches('x', null)))
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refused).toHaveLength(100 - 4 - 64)
    expect(refused[0]?.reason).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    expect(await passwords.matches('x', null)).toBe(false)
  })
})

test('a key that ends is dead at its end', () => {
  const clock = makeHandClock()
  const keys = makeApiKeys('zec_', clock)
  const { raw } = keys.create({ ...request, expiresAt: clock.now() + DAY })
  clock.advance(DAY - 1)
  expect(keys.use(raw)).not.toBeNull()
  clock.advance(1)
  expect(keys.use(raw)).toBeNull()
})
