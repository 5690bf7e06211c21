import { describe, expect, test } from 'vitest'
import { expectNoSecret, findSecret } from './no-secret.ts'

const SECRET = 'zec_c4nary+/=" 7Kq'
const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('a secret is found in a text', () => {
  test.each([
    ['as it is', `key: ${SECRET}!`],
    ['in a URL', `http://localhost/?k=${encodeURIComponent(SECRET)}`],
    ['in JSON', JSON.stringify({ key: SECRET })],
    ['in hexadecimal', Buffer.from(`<${SECRET}>`).toString('hex').toUpperCase()],
    ['in Base64', base64(SECRET)],
    ['in Base64, behind one byte', base64(`:${SECRET}:`)],
    ['in Base64, behind two', base64(`a:${SECRET}`)],
    ['in Base64, behind seven', `Basic ${base64(`person:${SECRET}@`)}`],
    ['in Base64 for URLs', Buffer.from(`x${SECRET}`).toString('base64url')],
    ['broken over two lines', `${SECRET.slice(0, 9)}\n   ${SECRET.slice(9)}`],
    ['with colour in the middle', `${SECRET.slice(0, 5)}\u001b[31m${SECRET.slice(5)}`],
  ])('%s', (_, text) => {
    expect(findSecret(text, SECRET)).not.toEqual([])
  })
})

test('what only resembles it is not taken for it', () => {
  expect(findSecret(`${SECRET.slice(0, -1)} zec_[redacted] ${base64('something else altogether')}`, SECRET)).toEqual([])
})

test('both streams of an ended program are searched, and numbers are not', () => {
  const ended = { code: 0, signal: null, stdout: 'fine', stderr: `token ${SECRET}`, ms: 3 }
  expect(() => expectNoSecret(ended, SECRET)).toThrow('stderr')
  expectNoSecret({ ...ended, stderr: '' }, SECRET)
})

test('a secret too short to tell from chance is refused', () => {
  expect(() => findSecret('abc', 'abc')).toThrow('too short')
})
