import { expect, test } from 'vitest'
import { addressFault, serviceAddress } from '../../src/vocabulary/address.ts'

test.each([
  'https://api.example.com',
  'https://api.example.com:8443/base',
  'http://localhost:47080',
  'http://127.0.0.1:1',
  'http://[::1]:47080/auth/cli?code=a1b2',
])('%s may be called', (address) => expect(addressFault(address)).toBeNull())

test.each([
  ['file:///etc/passwd', 'http(s)'],
  ['javascript:alert(1)', 'http(s)'],
  ['smb://host/share', 'http(s)'],
  ['vscode://x', 'http(s)'],
  ['-a Calculator', 'blanks'],
  ['\\\\host\\share', 'blanks'],
  ['/etc/passwd', 'not a URL'],
  ['http://api.example.com', 'loopback'],
  ['http://10.0.0.1', 'loopback'],
  ['http://127.0.0.1.evil.example', 'loopback'],
  ['http://localhost.evil.example', 'loopback'],
  ['https://user@api.example.com', 'user name'],
  ['https://user:pass@api.example.com', 'user name'],
  ['https://@api.example.com', 'user name'],
  ['https://api.example.com/\u001b]8;;', 'control'],
  ['https://api.exa\tmple.com', 'control'],
  ['https://api.example.com/a b', 'blanks'],
  [`https://api.example.com/${'a'.repeat(3000)}`, 'too long'],
])('%j is refused for its %s', (address, why) => expect(addressFault(address)).toContain(why))

test('an address is kept without the slash, the query and the fragment at its end', () => {
  expect(serviceAddress('https://API.example.com/base//?x=1#y').href).toBe('https://api.example.com/base')
})

test.each([
  ['http://evil\u001b[2J', /^what was given can't be the address/],
  ['https://alice:hunter2EXAMPLE@api.example.com/x', /^"https:\/\/api\.example\.com" can't be the address/],
  ['http://10.0.0.1/?key=zec_EXAMPLE', /^"http:\/\/10\.0\.0\.1" can't be the address/],
])('a refused address, %j, is named by its host alone', (text, words) => {
  expect(() => serviceAddress(text)).toThrow(words)
})
