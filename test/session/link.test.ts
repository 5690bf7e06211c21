import { expect, test } from 'vitest'
import { judgeLink } from '../../src/session/link.ts'

const LOCAL = new URL('http://localhost:47080')
const LIVE = new URL('https://api.zectre.example')

test.each([
  ['http://localhost:47081/auth/cli?code=a1b2c3d4', LOCAL],
  ['http://127.0.0.1:47081/auth/cli?code=a1b2c3d4', LOCAL],
  ['http://[::1]:47081/auth/cli?code=a1b2c3d4', LOCAL],
  ['https://api.zectre.example/auth/cli?code=a%2Bb&x=1', LIVE],
  ['https://api.zectre.example:47081/auth/cli?code=a1', LIVE],
])('%s is opened for %s, byte for byte', (link, service) => expect(judgeLink(link, service)).toBe(link))

test.each([
  ['file:///etc/passwd', LOCAL],
  ['javascript:alert(document.cookie)', LOCAL],
  ['vscode://zectre/auth', LOCAL],
  ['--help', LOCAL],
  ['http://evil.example/auth/cli?code=a1', LOCAL],
  ['https://evil.example/auth/cli?code=a1', LOCAL],
  ['http://api.zectre.example/auth/cli?code=a1', LIVE],
  ['https://api.zectre.example.evil.example/auth', LIVE],
  ['https://api.zectre.example@evil.example/auth', LIVE],
  ['https://api.zectre.example%2eevil.example/auth', LIVE],
  ['https://api.zectre.example．evil.example/auth', LIVE],
  ['https://xapi.zectre.example/auth', LIVE],
  ['http://127.0.0.1:47081/auth/cli?code=a1', LIVE],
  ['https://api.zectre.example/\u001b]8;;https://evil.example', LIVE],
  ['https://api.zectre.example/a\nb', LIVE],
  ['', LIVE],
])('%j is not opened for %s, and not shown as a link', (link, service) => {
  expect(() => judgeLink(link, service)).toThrow(/asked to open an address that keyturn does not open/)
  try {
    judgeLink(link, service)
  } catch (error) {
    expect(String(error)).not.toContain('://evil')
  }
})
