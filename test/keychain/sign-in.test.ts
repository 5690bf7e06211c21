/** The built program and a real Secret Service: what a person on a Linux desktop has. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
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

  test('a keychain that is locked is called locked, never "signed out", the service is asked for nothing, and the entry stays (row 72)', async () => {
    const { keychain, service, options, login } = await signedInto()
    await login()
    await keychain.lock()
    const before = service.requests.length
    for (const args of [['status'], ['logout', '--local'], ['login', 'zectre']]) {
      const result = await keyturn(args, options)
      expect(result, args.join(' ')).toMatchObject({ code: 8, stdout: '' })
      expect(result.stderr).toMatch(/locked/)
      expect(result.stderr).not.toMatch(/not signed in|nobody is signed in/)
    }
    expect(service.requests).toHaveLength(before)
    await keychain.prompter(0)
    expect(await keyturn(['token'], options)).toMatchObject({ code: 0, stdout: `${printed(KEY)}\n` })
  })

  test('a profile that moves from store to store leaves no copy behind, and logout none at all (row 87)', async () => {
    const { keychain, home, options, login } = await signedInto()
    const inFile = () => readFileSync(join(home.config, 'credentials.json'), 'utf8').includes(KEY)
    await login()
    await login('--store', 'file')
    expect({ inFile: inFile(), inKeychain: await keychain.found() }).toEqual({ inFile: true, inKeychain: [] })
    await login('--store', 'keychain')
    expect({ inFile: inFile(), inKeychain: (await keychain.found()).length }).toEqual({ inFile: false, inKeychain: 1 })
    expect(await keyturn(['logout', '--local'], options)).toMatchObject({ code: 0 })
    expect({ inFile: inFile(), inKeychain: await keychain.found() }).toEqual({ inFile: false, inKeychain: [] })
  })

  test('a copy in a keychain that is locked by now is named, not forgotten (row 87)', async () => {
    const { keychain, login } = await signedInto()
    await login()
    await keychain.lock()
    const moved = await login('--store', 'file')
    expect(moved, moved.stderr).toMatchObject({ code: 0 })
    expect(moved.stderr).toMatch(/an older credential of this profile may still be in the keychain: .*is locked/)
  })
})
