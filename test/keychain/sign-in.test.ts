/** The built program and a real Secret Service: what a person on a Linux desktop has. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { printed } from '../harness/canary.ts'
import { freshHome } from '../harness/home.ts'
import { expectNoSecret } from '../harness/no-secret.ts'
import { keyturn, start } from '../harness/program.ts'
import { completed, KEY, pending, ROUTES, USER, zectrePage } from '../process/zectre-page.ts'
import { missingForKeychain, startSession } from './session.ts'

const missing = missingForKeychain()

const signedInto = async () => {
  const keychain = await startSession()
  onTestFinished(() => keychain.close())
  const home = freshHome()
  const service = await zectrePage()
  // The keychain's own HOME is where its daemon keeps its files; keyturn's settings stay with the test.
  const options = { home, env: { ...keychain.env, KEYTURN_CONFIG_DIR: home.config } }
  const login = (...more: string[]) =>
    keyturn(['login', 'zectre', '--url', service.url, '--no-browser', ...more], options)
  return { keychain, home, service, options, login }
}

describe.skipIf(missing !== null)('signing in with a real keychain', () => {
  test('puts one entry there, whose name is the profile, and the commands find it', async () => {
    const { keychain, options, login } = await signedInto()
    const result = await login('--json')
    expect(result, result.stderr).toMatchObject({ code: 0 })
    expect(JSON.parse(result.stdout)).toMatchObject({ store: 'keychain', source: 'keychain', user: USER })
    const found = await keychain.found()
    expect(found.map(([account]) => account)).toEqual(['zectre'])
    expect(found[0]?.[1]).toContain(KEY)
    expectNoSecret(result, KEY)
    expect(await keyturn(['token'], options)).toMatchObject({ code: 0, stdout: `${printed(KEY)}\n` })
    expect(await keyturn(['account', 'show', '--quiet'], options)).toMatchObject({ stdout: `${USER.email}\n` })
  })

  test('leaves no file with a secret in it, and logout leaves nothing at all in the keychain', async () => {
    const { keychain, home, options, login } = await signedInto()
    await login()
    const { readdirSync } = await import('node:fs')
    expect(readdirSync(home.config).sort()).toEqual(['settings.json'])
    expect(await keyturn(['logout', '--local'], options)).toMatchObject({ code: 0 })
    expect(await keychain.found()).toEqual([])
  })

  test('goes on after a kill with what waits in the keychain, and asks for no second code', async () => {
    const { keychain, service, options } = await signedInto()
    service.rewrite({
      [ROUTES.INITIATE]: {
        json: {
          code: 'EXAMPLE-waiting-code',
          auth_url: `${service.url}/auth/cli?code=EXAMPLE-waiting-code`,
          expires_at: null,
        },
      },
      [ROUTES.STATUS]: [pending],
      [ROUTES.WHO]: { json: USER },
    })
    const first = start(['login', 'zectre', '--url', service.url, '--no-browser'], options)
    await first.waitForStderr(/waiting for your approval/)
    first.kill('SIGKILL')
    await first.ended
    expect((await keychain.found())[0]?.[1]).toContain('EXAMPLE-waiting-code')
    service.rewrite({ [ROUTES.STATUS]: [completed], [ROUTES.WHO]: { json: USER } })
    expect(await keyturn(['login', 'zectre', '--no-browser'], options)).toMatchObject({ code: 0 })
    expect(service.to(ROUTES.INITIATE)).toHaveLength(1)
    expect((await keychain.found())[0]?.[1]).toContain(KEY)
  })

  test('a keychain that is locked is called locked, never "signed out", and the service is asked for nothing', async () => {
    const { keychain, service, options, login } = await signedInto()
    await login()
    await keychain.lock()
    const before = service.requests.length
    for (const args of [['token'], ['account', 'show'], ['status'], ['logout', '--local'], ['login', 'zectre']]) {
      const result = await keyturn(args, options)
      expect(result, args.join(' ')).toMatchObject({ code: 8, stdout: '' })
      expect(result.stderr).toMatch(/locked/)
      expect(result.stderr).not.toMatch(/not signed in|nobody is signed in/)
    }
    expect(service.requests).toHaveLength(before)
  })

  test('a keychain that does not answer costs the deadline and no more', async () => {
    const { keychain, options, login } = await signedInto()
    await login()
    keychain.stop()
    const result = await keyturn(['token', '--timeout', '3'], options)
    keychain.cont()
    expect(result).toMatchObject({ code: 8, stdout: '' })
    expect(result.stderr).toMatch(/not answer/)
    expect(result.ms).toBeLessThan(4500)
  })
})
