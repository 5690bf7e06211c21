import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { examineAuthorities, examineProxy } from '../../src/doctor/network.ts'
import { freshFolder } from '../files/tools.ts'
import { selfSigned } from '../harness/certificate.ts'

const ZECTRE = { name: 'zectre', url: new URL('https://api.zectre.example/v1') }

test.each<[string, Record<string, string>, string, RegExp]>([
  ['none', {}, 'good', /none/],
  ['one that is meant', { HTTPS_PROXY: 'http://proxy.example:3128' }, 'good', /proxy\.example:3128, the way to zectre/],
  ['one that is not', { HTTP_PROXY: 'http://proxy.example' }, 'note', /for none of the addresses/],
  ['one without a scheme', { https_proxy: 'proxy.example:3128' }, 'good', /https_proxy=http:\/\/proxy\.example:3128/],
  ['one of another kind', { ALL_PROXY: 'socks5://proxy.example' }, 'failure', /ALL_PROXY names a socks5:\/\/ proxy/],
  ['one that is no address', { HTTPS_PROXY: 'http://' }, 'warning', /HTTPS_PROXY holds no address/],
])('a proxy: %s', (_what, env, level, said) => {
  const found = examineProxy(env, [ZECTRE])
  expect(found.level).toBe(level)
  expect(found.detail).toMatch(said)
})

test('who is known to a proxy is not told', () => {
  const { detail } = examineProxy({ HTTPS_PROXY: 'http://alice:EXAMPLE-password@proxy.example:3128' }, [ZECTRE])
  expect(detail).toContain('http://…@proxy.example:3128')
  expect(detail).not.toMatch(/alice|EXAMPLE/)
})

const file = (text: string): string => {
  const path = join(freshFolder(), 'ca.pem')
  writeFileSync(path, text)
  return path
}
const { certificate } = selfSigned()
const CERTIFICATE = readFileSync(certificate, 'utf8')
const NOW = Date.now()

test("without a variable the authorities are Node's own, and the system's", () =>
  expect(examineAuthorities({}, NOW)).toMatchObject([{ level: 'good', name: 'ca' }]))

test.each<[string, () => string, string, RegExp, number]>([
  ['a good one', () => file(CERTIFICATE), 'good', /^1 certificate of NODE_EXTRA_CA_CERTS/, NOW],
  ['two', () => file(CERTIFICATE + CERTIFICATE), 'good', /^2 certificates/, NOW],
  ['one that has ended', () => file(CERTIFICATE), 'failure', /all of them have ended/, NOW + 1e12],
  ['none at all', () => file('hello'), 'failure', /holds no certificate/, NOW],
  ['a damaged one', () => file(CERTIFICATE.replace(/\nM..../, '\nAAAAA')), 'failure', /damaged/, NOW],
  ['no such file', () => '/nonexistent/ca.pem', 'failure', /ENOENT/, NOW],
  ['a folder', () => freshFolder(), 'failure', /it is no file/, NOW],
])('NODE_EXTRA_CA_CERTS names %s', (_what, make, level, said, now) => {
  const [found] = examineAuthorities({ NODE_EXTRA_CA_CERTS: make() }, now)
  expect(found).toMatchObject({ level, detail: expect.stringMatching(said) })
  expect(found?.hint ?? '').toContain(level === 'failure' ? 'unset NODE_EXTRA_CA_CERTS' : '')
})

test.each<[string, string, string, RegExp]>([
  ['good ones', CERTIFICATE, 'good', /^1 certificate of SSL_CERT_FILE .*; asked where Node's own know nobody$/],
  ['none at all', 'hello', 'warning', /holds no certificate/],
])('SSL_CERT_FILE names %s, for when nobody else knows', (_what, text, level, said) => {
  const [found] = examineAuthorities({ SSL_CERT_FILE: file(text) }, NOW)
  expect(found).toMatchObject({ level, detail: expect.stringMatching(said) })
})

test('certificates that other programs do not check are told, and that keyturn does', () => {
  const found = examineAuthorities({ NODE_TLS_REJECT_UNAUTHORIZED: '0' }, NOW)
  expect(found[1]).toMatchObject({ name: 'tls-checks', level: 'warning', hint: 'unset NODE_TLS_REJECT_UNAUTHORIZED' })
})
