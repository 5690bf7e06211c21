import { expect, test } from 'vitest'
import { growth, median, paired } from '../../scripts/bench/statistics.mjs'

test.each([
  [[3, 1, 2], 2],
  [[4, 1, 2, 3], 2.5],
  [[7], 7],
])('the median of %j is %d', (figures, middle) => {
  expect(median(figures)).toBe(middle)
})

test('a ratio is that of its own pair, so a machine that gets slower changes nothing', () => {
  const pairs = [
    { ours: 30, bare: 20 },
    { ours: 60, bare: 40 },
    { ours: 300, bare: 200 },
  ]
  expect(paired(pairs)).toEqual({ ms: 60, bare: 40, ratio: 1.5, pairs: 3 })
})

const steps = (cost: (more: number) => number) => [10, 1_000, 10_000].map((size) => ({ size, ms: 50 + cost(size) }))

test.each([
  ['linear', (more: number) => more / 10, 10],
  ['quadratic', (more: number) => more ** 2 / 50_000, 100],
])('what grows %s beside a start that does not is told so', (_, cost, tenfold) => {
  expect(growth(steps(cost)).tenfold).toBeGreaterThan(tenfold * 0.95)
  expect(growth(steps(cost)).tenfold).toBeLessThan(tenfold * 1.05)
})

test('a thousand more cost the same wherever they are added, when it is linear', () => {
  expect(growth(steps((more) => more / 10)).thousand).toBeCloseTo(100)
})

test('two sizes do not tell how it grows, nor do three that are near, nor what is lost in the start', () => {
  expect(growth([...steps((more) => more / 10), { size: 12_000, ms: 1_250 }]).tenfold).toBeNull()
  expect(growth(steps((more) => more / 10).slice(1)).tenfold).toBeNull()
  expect(growth(steps((more) => more / 2_000))).toEqual({ thousand: null, tenfold: null })
})
