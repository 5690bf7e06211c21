/** Renaming and removing a profile whose secret is in a real Secret Service. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { meant, printed } from '../harness/canary.ts'
import { freshHome } from '../harness/home.ts'
import { keyturn } from '../harness/program.ts'
import { KEY, zectrePage } from '../process/zectre-page.ts'
import { missingForKeychain, startSession } from './session.ts'

const signedIn = async () => {
  const keychain = await startSession()
  onTestFinished(() => keychain.close())
  const home = freshHome()
  const service = await zectrePage()
  const options = { home, env: { ...keychain.env, KEYTURN_CONFIG_DIR: home.config } }
  const args = ['login', 'zectre', '--url', service.url, '--with-api-key']
  const login = await keyturn(args, { ...options, input: KEY })
  expect(login, login.stderr).toMatchObject({ code: 0 })
  return { keychain, home, options }
}

describe.skipIf(missingForKeychain() !== null)('a profile kept in a real keychain', () => {
  test('is renamed with its entry, used under the new name, and removed with it', async () => {
    const { keychain, options } = await signedIn()
    expect(await keyturn(['profile', 'rename', 'zectre', 'work'], options)).toMatchObject({ code: 0 })
    expect((await keychain.found()).map(([account]) => account)).toEqual(['work'])
    meant(printed(KEY), 'environment')
    const seen = await keyturn(['exec', '--', 'sh', '-c', 'echo "$KEYTURN_API_KEY"'], options)
    expect(seen).toMatchObject({ code: 0, stdout: `${KEY}\n`, stderr: '' })
    expect(await keyturn(['profile', 'remove', 'work', '--yes'], options)).toMatchObject({ code: 0 })
    expect(await keychain.found()).toEqual([])
  })

  test('stays as it is while the keychain is locked, and is listed all the same', async () => {
    const { keychain, home, options } = await signedIn()
    const before = readFileSync(join(home.config, 'settings.json'), 'utf8')
    await keychain.lock()
    for (const args of [
      ['rename', 'zectre', 'work'],
      ['remove', 'zectre', '--yes'],
    ]) {
      const result = await keyturn(['profile', ...args], options)
      expect(result, args.join(' ')).toMatchObject({ code: 8, stdout: '' })
      expect(result.stderr).toMatch(/locked/)
    }
    expect(readFileSync(join(home.config, 'settings.json'), 'utf8')).toBe(before)
    expect(await keyturn(['profile', 'list', '--quiet'], options)).toMatchObject({ code: 0, stdout: 'zectre\n' })
  })
})
