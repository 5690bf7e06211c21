/** What a working keychain costs each command: no process to read, one to write, and these questions (rows 83, 91). */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { printed } from '../harness/canary.ts'
import { freshHome } from '../harness/home.ts'
import { keyturn } from '../harness/program.ts'
import { KEY, ROUTES, USER, zectrePage } from '../process/zectre-page.ts'
import { notesIn, noting } from './noting.ts'
import { session } from './rig.ts'
import { missingForKeychain } from './session.ts'

const missing = missingForKeychain()

const PROBE = ['write', 'remove']

describe.skipIf(missing !== null)('with a working keychain', () => {
  test('a command that reads starts no process, one that writes starts one, and nobody is told of a wait', async () => {
    const { env } = await session()
    const home = freshHome()
    const { url } = await zectrePage({ [ROUTES.WHO]: { json: USER }, [ROUTES.KEYS]: { json: { data: [] } } })
    let count = 0
    const costOf = async (...args: string[]) => {
      count += 1
      const notes = join(home.path, `notes-${count}`)
      const given = { ...env, KEYTURN_CONFIG_DIR: home.config, ...noting(notes) }
      const result = await keyturn(args, { home, env: given, input: KEY })
      expect(result, result.stderr).toMatchObject({ code: 0 })
      expect(result.stderr).not.toContain('waiting for the keychain')
      return notesIn(notes)
    }
    const login = await costOf('login', 'zectre', '--with-api-key', '--url', url)
    expect(login).toEqual(['start', ...PROBE, 'read', 'read', 'write'])
    printed(KEY)
    for (const args of [['token'], ['status'], ['status', '--offline'], ['account', 'show'], ['keys', 'list']]) {
      expect(await costOf(...args), args.join(' ')).toEqual([])
    }
    expect(await costOf('services')).toEqual([])
    expect(await costOf('logout', '--local')).toEqual(['start', 'remove', 'read'])
  })

  test('eight sign-ins, four at a time, leave one entry, and no probe (row 91)', async () => {
    const { env, found } = await session()
    const home = freshHome()
    const { url } = await zectrePage({ [ROUTES.WHO]: { json: USER } })
    const given = { ...env, KEYTURN_CONFIG_DIR: home.config }
    const login = () => keyturn(['login', 'zectre', '--with-api-key', '--url', url], { home, env: given, input: KEY })
    for (let i = 0; i < 2; i += 1) {
      const results = await Promise.all([login(), login(), login(), login()])
      for (const result of results) expect(result, result.stderr).toMatchObject({ code: 0 })
    }
    expect((await found()).map(([account]) => account)).toEqual(['zectre'])
  })
})
