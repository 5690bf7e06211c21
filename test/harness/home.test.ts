import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { freshHome } from './home.ts'

test('a home is gone when its test ends', async () => {
  let cleanUp = () => {}
  const home = freshHome((given) => {
    cleanUp = given
  })
  expect(existsSync(home.path)).toBe(true)
  cleanUp()
  expect(existsSync(home.path)).toBe(false)
})
