import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { canary } from '../harness/canary.ts'
import type { Variables } from '../harness/environment.ts'
import { freshHome } from '../harness/home.ts'
import { SHOW_LOADED } from '../harness/loaded.ts'
import { keyturn } from '../harness/program.ts'
import { serveProxy } from '../harness/proxy.ts'
import { type SecurePlan, serveSecurely } from '../harness/secure-server.ts'

const rig = async (options: SecurePlan = {}) => {
  const home = freshHome()
  const server = await serveSecurely(home, options)
  const env = { KEYTURN_API_KEY: canary('key'), KEYTURN_SERVICE: 'zectre', KEYTURN_URL: server.url }
  return { home, server, env, trusting: { ...env, NODE_EXTRA_CA_CERTS: server.certificate } }
}

test('41: a certificate of an authority that was named is trusted', async () => {
  const { home, server, trusting } = await rig()
  const result = await keyturn(['account', 'show', '--quiet'], { home, env: trusting })
  expect(result, result.stderr).toMatchObject({ code: 0, stdout: 'alice@example.com\n' })
  expect(server.requests[0]?.['x-api-key']).toBe(trusting.KEYTURN_API_KEY)
})

describe.each(['directly', 'through a proxy'])("%s, an authority that is the system's and not Node's", (way) => {
  const issued = async (options: SecurePlan = {}) => {
    const name = way === 'directly' ? 'localhost' : 'service.example'
    const { home, server, env } = await rig({ name, isIssued: true, ...options })
    const preload = join(home.path, 'loaded.cjs')
    writeFileSync(preload, SHOW_LOADED)
    const all = {
      ...env,
      KEYTURN_URL: server.url.replace('localhost', name),
      NODE_OPTIONS: `--require=${preload}`,
      ...(way !== 'directly' && { HTTPS_PROXY: (await serveProxy()).url }),
    }
    return { home, server, env: all, system: { ...all, SSL_CERT_FILE: server.certificate } }
  }

  test('is asked when Node knows nobody, and each request is sent once', async () => {
    const { home, server, system } = await issued()
    const shown = await keyturn(['account', 'show', '--quiet'], { home, env: system })
    expect(shown, shown.stderr).toMatchObject({ code: 0, stdout: 'alice@example.com\n' })
    expect(await keyturn(['api', 'POST', '/x', '-f', 'a=b'], { home, env: system })).toMatchObject({ code: 0 })
    expect(server.requests).toHaveLength(2)
  })

  test('and that is nobody either, is refused, and nothing was sent', async () => {
    const { home, server, env } = await issued()
    const result = await keyturn(['account', 'show'], { home, env: { ...env, NODE_TLS_REJECT_UNAUTHORIZED: '0' } })
    expect(result).toMatchObject({ code: 7, stdout: '' })
    expect(result.stderr).toContain('UNABLE_TO_VERIFY_LEAF_SIGNATURE')
    expect(server.requests).toEqual([])
  })

  test('and that signed for another name, is refused, and nothing was sent', async () => {
    const { home, server, system } = await issued({ name: 'other.example' })
    const url = { KEYTURN_URL: server.url.replace('localhost', way === 'directly' ? 'localhost' : 'service.example') }
    const result = await keyturn(['account', 'show'], { home, env: { ...system, ...url } })
    expect(result).toMatchObject({ code: 7, stdout: '' })
    expect(result.stderr).toContain('ALTNAME')
    expect(server.requests).toEqual([])
  })

  test('costs nothing where Node knows who signed', async () => {
    const { home, server, env, system } = await issued()
    const known = { ...env, NODE_EXTRA_CA_CERTS: server.certificate }
    const loaded = async (env: Variables) => (await keyturn(['account', 'show'], { home, env })).stderr
    expect(await loaded(known)).not.toMatch(/system-authorities/)
    expect(await loaded(system)).toMatch(/system-authorities/)
  })
})

test.each([
  ['signed by itself', {}, false, 'SELF_SIGNED'],
  ['that has ended', { days: -1 }, true, 'CERT_HAS_EXPIRED'],
  ['for another name', { name: 'other.example' }, true, 'ALTNAME'],
])(
  '41: a certificate %s is refused before anything is sent, checks switched off or not',
  async (_what, options, isTrusted, code) => {
    const { home, server, env, trusting } = await rig(options)
    for (const more of [{}, { NODE_TLS_REJECT_UNAUTHORIZED: '0' }]) {
      for (const args of [
        ['account', 'show'],
        ['keys', 'create', 'ci'],
        ['keys', 'list', '--verbose'],
      ]) {
        const result = await keyturn(args, { home, env: { ...(isTrusted ? trusting : env), ...more } })
        expect(result).toMatchObject({ code: 7, stdout: '' })
        expect(result.stderr).toContain(code)
        expect(result.stderr).toContain('NODE_EXTRA_CA_CERTS')
      }
      const login = [
        'login',
        'zectre',
        '--store',
        'file',
        '--in-terminal',
        '--email',
        'a@example.com',
        '--password-stdin',
      ]
      const signIn = { home, env: { ...(isTrusted ? trusting : env), ...more }, input: canary('password') }
      expect(await keyturn(login, signIn)).toMatchObject({ code: 7, stdout: '' })
    }
    expect(server.requests).toEqual([])
  },
)
