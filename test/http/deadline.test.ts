import { expect, test } from 'vitest'
import { timeFor } from '../../src/http/deadline.ts'

test.each([
  [undefined, null, 30_000],
  [undefined, 45_000, 45_000],
  [undefined, 2_000, 2_000],
  [10_000, null, 10_000],
  [10_000, 45_000, 10_000],
  [10_000, 2_000, 2_000],
])('a call with %j ms of its own, where %j were wished, has %d', (own, wished, milliseconds) => {
  expect(timeFor(own, wished)).toBe(milliseconds)
})
