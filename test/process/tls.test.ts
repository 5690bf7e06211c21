import { expect, test } from 'vitest'
import { canary } from '../harness/canary.ts'
import { freshHome } from '../harness/home.ts'
import { keyturn } from '../harness/program.ts'
import { serveSecurely } from '../harness/secure-server.ts'

const rig = async (options = {}) => {
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
