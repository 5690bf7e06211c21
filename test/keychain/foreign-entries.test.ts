/** Entries under our names that another program wrote (row 85): said to be unreadable, and left where they are. */
import { describe, expect, test } from 'vitest'
import { NEVER } from '../files/tools.ts'
import { freshHome } from '../harness/home.ts'
import { keyturn } from '../harness/program.ts'
import { KEY } from '../process/zectre-page.ts'
import { failureOf, filled, HELD, OPERATIONS, session } from './rig.ts'
import { missingForKeychain } from './session.ts'
import { settle } from './settle.ts'
import { keychainStore } from './store.ts'

const missing = missingForKeychain()

describe.skipIf(missing !== null)('entries that keyturn did not write', () => {
  test('two of one name are neither read, written nor removed', async () => {
    const { env, put, found } = await filled()
    await put('held', 'foreign', 'extra', 'attribute')
    for (const operation of ['reading an entry that is there', 'writing'] as const) {
      const failure = await failureOf(OPERATIONS[operation]!(keychainStore(env)))
      expect(failure).toMatchObject({ code: 'store_unusable', message: expect.stringContaining('more than one entry') })
    }
    expect(await failureOf(keychainStore(env).remove('held', NEVER))).toMatchObject({ code: 'store_unusable' })
    // Both are still there, under the one name.
    expect((await found()).sort()).toEqual([
      ['held', 'foreign'],
      ['held', HELD],
    ])
  })

  test('one that is no text is unreadable, not missing', async () => {
    const { env, put } = await session()
    await put('held', Buffer.from([0xff, 0xfe, 0xfd]))
    expect(await failureOf(keychainStore(env).read('held', NEVER))).toMatchObject({
      code: 'store_unusable',
      message: expect.stringContaining('unreadable entry'),
    })
  })

  test.each([
    ['an empty one', '', /unreadable entry/],
    ['a text of somebody else', 'their password', /unreadable entry/],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0xfd]), /unreadable entry/],
  ])('%s is neither taken for "signed out" nor overwritten nor removed by any command', async (_, planted, words) => {
    const { env, put, found } = await session()
    await put('zectre', planted)
    const home = freshHome()
    settle(home, { zectre: 'http://127.0.0.1:9' })
    const options = { home, env: { ...env, KEYTURN_CONFIG_DIR: home.config } }
    for (const args of [['status'], ['token'], ['logout', '--yes'], ['login', 'zectre', '--with-api-key']]) {
      const { code, stdout, stderr } = await keyturn(args, { ...options, input: KEY })
      expect({ args, code, stdout }).toEqual({ args, code: 8, stdout: '' })
      expect(stderr).toMatch(words)
      expect(stderr).not.toMatch(/not signed in|their password/)
    }
    expect((await found()).map(([account]) => account)).toEqual(['zectre'])
  })
})
