import { describe, expect, test } from 'vitest'
import { canary, meant } from '../harness/canary.ts'
import { freshHome } from '../harness/home.ts'
import { expectNoSecret } from '../harness/no-secret.ts'
import { keyturn } from '../harness/program.ts'
import { zectrePage } from './zectre-page.ts'

const FILE = { KEYTURN_STORE: 'file' }
/** Where the secret stands in what somebody types. */
const X = '{secret}'

const withSecret = async (args: readonly string[], secret: string, env = {}) => {
  meant(secret, 'arguments')
  const typed = args.map((argument) => argument.replace(X, secret))
  return keyturn(typed, { home: freshHome(), env: { ...FILE, ...env } })
}

describe('104: a secret is no argument, and one that is given so is not repeated', () => {
  test.each([
    [['login', 'restume', '--password', X]],
    [['login', '--password', X]],
    [['login', X]],
    [['login', 'restume', `--password=${X}`]],
    [['login', 'zectre', '--with-api-key', X]],
    [['login', 'zectre', `--with-api-key=${X}`]],
    [['login', 'zectre', '--with-token', X]],
    [['login', 'zectre', '--token', X]],
    [['login', 'restume', `-p${X}`]],
    [['login', 'restume', '--username', 'alice', '--password', X]],
    [['signup', 'zectre', '--email', 'a@example.com', '--password', X]],
    [['token', X]],
    [['--token', X, 'status']],
    [['--api-key', X, 'status']],
    [['status', `--api-key=${X}`]],
    [['keys', 'list', '--api-key', X]],
    [['password', 'reset', '--token', X]],
    [['password', 'reset', X]],
  ])('%j ends with 2 and names standard input', async (args) => {
    for (const secret of [canary('key'), canary('password')]) {
      const result = await withSecret(args, secret)
      expect(result).toMatchObject({ code: 2, stdout: '' })
      expect(result.stderr).toMatch(/standard input.*< FILE/)
      expectNoSecret(result, secret)
    }
  })

  test.each([
    [[X]],
    [['help', X]],
    [['keys', X]],
    [['password', X]],
    [['status', `--${X}`]],
    [['--profile', `${X}/`, 'status']],
    [['--timeout', X, 'status']],
    [['login', '--store', X]],
    [['login', 'zectre', '--url', X]],
    [['login', 'zectre', '--url', `https://alice:${X}@api.example.com`]],
    [['login', 'zectre', '--url', `http://api.example.com/${X}`]],
    [['serve', X]],
    [['completion', X]],
    [['serve', '--port', X]],
    [['serve', 'zectre', '--zectre-jwks', `https://alice:${X}@api.example.com/jwks`]],
    [['serve', 'restume', '--google-issuer', `https://alice:${X}@api.example.com`]],
    [['serve', 'restume', '--google-issuer', `https://alice:${X}@api.example.com`, '--google-client-id', 'id']],
    [['login', 'restume', '--google', '--google-issuer', `https://a:${X}@api.example.com`, '--google-client-id', 'id']],
    [['exec', '--env', `API_KEY=${X}`, '--', 'true']],
    [['keys', 'create', 'ci', '--expires-in', X]],
    [['profile', 'use', `${X}/`]],
    [['profile', 'rename', 'work', `${X}/`]],
    [['--service', X, 'token']],
    [['verify-email', X, '--service', 'restume', '--email', 'a@example.com']],
  ])('%j ends with 2 and repeats nothing', async (args) => {
    const secret = canary('key')
    const result = await withSecret(args, secret)
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expectNoSecret(result, secret)
  })

  test.each([
    ['KEYTURN_STORE', { KEYTURN_STORE: X }],
    ['KEYTURN_PROFILE', { KEYTURN_PROFILE: `${X}/`, KEYTURN_SERVICE: 'zectre' }],
    ['KEYTURN_SERVICE', { KEYTURN_SERVICE: X }],
    ['KEYTURN_URL', { KEYTURN_URL: X, KEYTURN_SERVICE: 'zectre' }],
  ])('one that was put into %s is not repeated either', async (_name, env) => {
    const secret = canary('key')
    const given = Object.entries(env).map(([name, value]) => [name, value.replace(X, secret)])
    const result = await withSecret(['login'], secret, Object.fromEntries(given))
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expectNoSecret(result, secret)
  })

  test('a key that is to be revoked and is given whole is not repeated whole', async () => {
    const [key, pasted] = [canary('key'), canary('key')]
    const service = await zectrePage({ 'GET /api/v1/api-keys': { json: { data: [] } } })
    const env = { KEYTURN_API_KEY: key, KEYTURN_SERVICE: 'zectre', KEYTURN_URL: service.url }
    const result = await withSecret(['keys', 'revoke', X, '--yes'], pasted, env)
    expect(result).toMatchObject({ code: 5, stdout: '' })
    expectNoSecret(result, pasted)
  })
})

test('105: neither help nor documentation shows a secret where an argument belongs', async () => {
  const home = freshHome()
  const { readFileSync, readdirSync } = await import('node:fs')
  const { join } = await import('node:path')
  const root = join(import.meta.dirname, '..', '..')
  const documents = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => join('docs', name))].filter((name) =>
    name.endsWith('.md'),
  )
  const texts = documents.map((name) => readFileSync(join(root, name), 'utf8'))
  for (const command of ['login', 'signup', 'password', 'token', 'keys', 'refresh', 'api']) {
    texts.push((await keyturn([command, '--help'], { home })).stdout)
  }
  // A quoted value, a variable, a key, or a word in capitals that stands for one.
  const inline = /--(password|with-api-key|with-token|token|api-key)[= ](["'$]|(zec|rst|cm_live_sk)_|[A-Z]{3})/
  for (const text of texts) expect(text).not.toMatch(inline)
})
