/** Entries under our names that another program wrote (row 85): said to be unreadable, and left where they are. */
import { describe, expect, test } from 'vitest'
import { NEVER } from '../files/tools.ts'
import { failureOf, filled, OPERATIONS, session } from './rig.ts'
import { missingForKeychain } from './session.ts'
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
      ['held', 'zec_canary'],
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
})
