import { expect, test } from 'vitest'
import { readSources } from '../harness/sources.ts'

// On Windows its constructor alone has written an empty secret over the one that was there.
test('an entry is never made with `withTarget` (row 86)', () => {
  const users = [...readSources()].filter(([, source]) => source.includes('withTarget'))
  expect(users.map(([file]) => file)).toEqual([])
})
