/** The program, a person at its terminal, and the desktop's question for the keychain's password. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { encodeRecord } from '../../src/secrets/record.ts'
import { Secret } from '../../src/vocabulary/secret.ts'
import { printed } from '../harness/canary.ts'
import { freshHome } from '../harness/home.ts'
import { keyturn } from '../harness/program.ts'
import { ENTER, startInTerminal } from '../harness/terminal.ts'
import { KEY, ROUTES, USER, zectrePage } from '../process/zectre-page.ts'
import { session } from './rig.ts'
import { missingForKeychain } from './session.ts'
import { settle } from './settle.ts'

const missing = missingForKeychain()

/** Signed in to zectre, and the keychain locked since; a display is there to be asked on. */
const lockedOut = async (mode: 'silent' | 'dismiss' | number) => {
  const keychain = await session()
  const service = await zectrePage({ [ROUTES.WHO]: { json: USER } })
  const home = freshHome()
  settle(home, { zectre: service.url })
  const credential = { kind: 'api_key', key: new Secret(KEY), origin: 'sign-in' } as const
  await keychain.put(
    'zectre',
    encodeRecord({ service: 'zectre', url: service.url, credential, pending: null, outgoing: [] }),
  )
  const asked = await keychain.prompter(mode)
  await keychain.lock()
  const options = { home, env: { ...keychain.env, KEYTURN_CONFIG_DIR: home.config, DISPLAY: ':99' } }
  return {
    ...{ keychain, service, home, options, asked },
    madeFile: () => existsSync(join(home.config, 'credentials.json')),
  }
}

describe.skipIf(missing !== null)('a person who is asked to unlock the keychain', () => {
  test('and does not look is told after a second, and the program ends when --timeout is over (row 73)', async () => {
    const { options, asked } = await lockedOut('silent')
    const began = performance.now()
    const terminal = startInTerminal(['token', '--timeout', '2'], { ...options, columns: 300 })
    await terminal.waitFor('waiting for the keychain; it may be asking you to unlock it')
    const told = performance.now()
    expect(told - began).toBeGreaterThan(1000)
    const { code, screen } = await terminal.ended
    expect(performance.now() - began).toBeGreaterThan(2000)
    expect(performance.now() - told).toBeLessThan(2000)
    expect(code).toBe(8)
    expect(screen).toMatch(/is locked, and the question to unlock it was not answered within 2 s/)
    expect(asked()).toBe(1)
  })

  test('and types the password late gets what was wanted, and no file is made meanwhile (row 89)', async () => {
    const { options, asked, madeFile } = await lockedOut(1500)
    const terminal = startInTerminal(['token'], options)
    await terminal.waitFor('waiting for the keychain')
    await terminal.waitFor(printed(KEY))
    expect((await terminal.ended).code).toBe(0)
    expect(asked()).toBe(1)
    expect(madeFile()).toBe(false)
  })

  test('and types it late, while nobody is at the terminal, within the five seconds that are theirs (row 89)', async () => {
    const { options, madeFile } = await lockedOut(1500)
    const login = await keyturn(['login', 'zectre', '--with-api-key'], { ...options, input: KEY })
    expect(login, login.stderr).toMatchObject({ code: 0 })
    expect(login.stderr).toContain('waiting for the keychain')
    expect(madeFile()).toBe(false)
  })

  test.each([['token'], ['login', 'zectre', '--no-browser'], ['status', '--all']])(
    'and turns it down is asked once by one command, and it is no other store that is used (row 77): %s',
    async (...args) => {
      const { service, options, asked, madeFile } = await lockedOut('dismiss')
      const { code, stdout, stderr } = await keyturn(args, options)
      expect(code).toBe(args.includes('--all') ? 0 : 8)
      expect(stdout + stderr).toMatch(/the question to unlock it was turned down/)
      expect(stdout + stderr).not.toMatch(/not signed in|nobody is signed in/)
      expect(asked()).toBe(1)
      expect(madeFile()).toBe(false)
      expect(service.requests).toEqual([])
    },
  )

  test('and turns it down is asked about a file on a terminal, and without a yes there is none (rows 77, 88)', async () => {
    const { service, options, asked, madeFile } = await lockedOut('dismiss')
    const terminal = startInTerminal(['login', 'zectre', '--no-browser'], options)
    await terminal.waitFor(/turned down/)
    await terminal.waitFor(/keep the key unencrypted/)
    terminal.type(ENTER)
    expect((await terminal.ended).code).toBe(8)
    expect(asked()).toBe(1)
    expect(madeFile()).toBe(false)
    expect(service.requests).toEqual([])
  })
})
