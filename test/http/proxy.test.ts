import { expect, test } from 'vitest'
import { proxyFor, proxyVariable } from '../../src/http/proxy.ts'

test.each<[string, Record<string, string>, string | null]>([
  ['https://a.example', {}, null],
  ['https://a.example', { HTTPS_PROXY: 'p' }, 'HTTPS_PROXY'],
  ['https://a.example', { HTTPS_PROXY: 'p', https_proxy: 'q' }, 'https_proxy'],
  ['https://a.example', { HTTP_PROXY: 'p' }, null],
  ['https://a.example', { ALL_PROXY: 'p' }, 'ALL_PROXY'],
  ['http://a.example', { HTTP_PROXY: 'p' }, 'HTTP_PROXY'],
  ['http://localhost:8000', { HTTP_PROXY: 'p' }, null],
  ['https://a.example', { HTTPS_PROXY: 'p', NO_PROXY: '*' }, null],
  ['https://a.example', { HTTPS_PROXY: 'p', NO_PROXY: 'b.example, .example' }, null],
  ['https://a.example', { HTTPS_PROXY: 'p', NO_PROXY: 'a.example:443' }, null],
  ['https://a.example', { HTTPS_PROXY: 'p', NO_PROXY: 'a.example:8443' }, 'HTTPS_PROXY'],
  ['https://a.example', { HTTPS_PROXY: 'p', no_proxy: 'a.example', NO_PROXY: 'b.example' }, null],
  ['https://[2001:db8::1]', { HTTPS_PROXY: 'p', NO_PROXY: '2001:db8::1' }, null],
  ['https://[2001:db8::1]:8443', { HTTPS_PROXY: 'p', NO_PROXY: '[2001:db8::1]:8443' }, null],
  ['https://[2001:db8::1]', { HTTPS_PROXY: 'p', NO_PROXY: '2001:db8::2' }, 'HTTPS_PROXY'],
  ['https://127.0.0.1', { HTTPS_PROXY: 'p' }, null],
  ['https://[::1]:8000', { ALL_PROXY: 'p' }, null],
  ['https://aa.example', { HTTPS_PROXY: 'p', NO_PROXY: 'a.example' }, 'HTTPS_PROXY'],
])('for %s with %o the proxy is that of %s', (url, env, variable) =>
  expect(proxyVariable(new URL(url), env)).toBe(variable),
)

test.each([
  ['http://proxy.example:3128', 'proxy.example:3128'],
  ['proxy.example:3128', 'proxy.example:3128'],
  ['http://somebody:EXAMPLE@proxy.example', 'proxy.example:80'],
  ['https://[2001:db8::1]', '[2001:db8::1]:443'],
])('%s is called %s', (address, name) => {
  expect(proxyFor(new URL('https://a.example'), { HTTPS_PROXY: address })?.name).toBe(name)
})

test.each([
  ['http://', 'HTTPS_PROXY holds no address of a proxy'],
  ['http://somebody:EXAMPLE@a b', 'HTTPS_PROXY holds no address of a proxy'],
  [
    'socks5://somebody:EXAMPLE@proxy.example',
    'HTTPS_PROXY names a socks5:// proxy, and keyturn speaks with http ones only',
  ],
])('%s is refused before anything is sent, and not repeated', (address, message) => {
  const find = () => proxyFor(new URL('https://a.example'), { HTTPS_PROXY: address })
  expect(find).toThrow(expect.objectContaining({ code: 'usage', message }))
})
