import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { createRedactor } from '../../src/terminal/redact.ts'
import { Secret } from '../../src/vocabulary/secret.ts'
import { expectNoSecret } from '../harness/no-secret.ts'

const KEY = 'zec_EXAMPLE_a1b2+c3/d4.e5'

const passed = async (chunks: (string | Buffer)[], secret = KEY): Promise<Buffer> => {
  const redactor = createRedactor(new Secret(secret))
  return buffer(Readable.from(chunks.map((chunk) => Buffer.from(chunk))).pipe(redactor))
}
const text = async (chunks: string[]) => (await passed(chunks)).toString()

test('the secret is struck out wherever it stands, and nothing else is', async () => {
  expect(await text([`${KEY}a${KEY}${KEY}\nzec_EXAMPLE_ and zec_`])).toBe(
    '[redacted]a[redacted][redacted]\nzec_EXAMPLE_ and zec_',
  )
})

test('a secret that was cut in two, anywhere, is struck out', async () => {
  const whole = `key=${KEY};`
  for (let at = 0; at <= whole.length; at++) {
    expect(await text([whole.slice(0, at), whole.slice(at)])).toBe('key=[redacted];')
  }
  expect(await text([...whole])).toBe('key=[redacted];')
})

test.each([
  ['in a URL', (secret: string) => `https://x/?key=${encodeURIComponent(secret)}`],
  ['in hexadecimal', (secret: string) => Buffer.from(secret).toString('hex')],
  ['in hexadecimal in capitals', (secret: string) => Buffer.from(secret).toString('hex').toUpperCase()],
  ['in Base64', (secret: string) => Buffer.from(secret).toString('base64')],
  ['in Base64 behind a name', (secret: string) => Buffer.from(`user:${secret}`).toString('base64')],
  ['in Base64 behind a longer name', (secret: string) => Buffer.from(`users:${secret}`).toString('base64')],
  ['in Base64 for URLs', (secret: string) => Buffer.from(`{"key":"${secret}"}`).toString('base64url')],
])('the secret %s is struck out, one byte at a time too', async (_, form) => {
  const shown = form(KEY)
  for (const passing of [await text([shown]), await text([...shown])]) {
    expect(passing).toContain('[redacted]')
    expectNoSecret(passing, KEY)
  }
})

test('what only begins like the secret comes through whole, however it is cut and where it ends', async () => {
  const almost = `zec_EXAMPLE_a1b2+c3/d4.e zec_zec_EXAMPLE zec_EXAMPLE_a1`
  expect(await text([almost])).toBe(almost)
  expect(await text([...almost])).toBe(almost)
})

test('bytes that are no text pass unharmed', async () => {
  const bytes = randomBytes(200_000)
  expect((await passed([bytes.subarray(0, 77_777), bytes.subarray(77_777)])).equals(bytes)).toBe(true)
})

test('a secret of one character is struck out, and no empty form of it puts anything in', async () => {
  expect((await passed(['a-b'], '-')).toString()).toBe('a[redacted]b')
})
