import { expect, test } from 'vitest'
import { barChart } from '../../scripts/bench/chart.mjs'

const svg = barChart({
  title: 'What <it> takes & why',
  subtitle: 'in times',
  bars: [
    { name: 'slow', ratio: 40, kind: 'earlier' },
    { name: 'keyturn', ratio: 1.04, kind: 'own' },
    { name: 'npm', ratio: 8.13, kind: 'now' },
  ],
})
const bars = [...svg.matchAll(/<rect class="(own|now|earlier)" x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="16"/g)]

test('the shortest bar is on top, and none leaves the picture', () => {
  expect(bars.map(([, kind]) => kind)).toEqual(['own', 'now', 'earlier'])
  const width = Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1])
  for (const [, , x, wide] of bars) expect(Number(x) + Number(wide)).toBeLessThan(width - 40)
})

test('bars begin at zero: one that is twice as long took twice as long', () => {
  const [own, , earlier] = bars.map(([, , , wide]) => Number(wide))
  expect((earlier ?? 0) / (own ?? 1)).toBeCloseTo(40 / 1.04, 0)
})

test('who hears it is told the same figures, and which of them are not of this run', () => {
  expect(svg).toContain('in times: keyturn 1.04×, npm 8.1×, slow 40× (earlier)')
})

test('a name is no markup', () => {
  expect(svg).toContain('What &#60;it&#62; takes &#38; why')
})

test('nothing outside of it is needed', () => {
  expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|<script|@import/)
})
