import { expect, test } from 'vitest'
import { charts, pageOf } from '../../scripts/bench/page.mjs'

const machine = { cpu: 'A CPU', cores: 4, gigabytes: 16, os: 'An OS 1', arch: 'x64', load: 0.1 }
const run = {
  parts: [{ title: 'One command', text: 'so and so' }],
  machine,
  date: '2026-11-21',
  keyturn: '0.1.0',
  version: '20.20.2',
}

test('the page names the machine, the versions and the day, shows both charts, and has every part', () => {
  const page = pageOf(run)
  for (const told of ['A CPU, 4 cores, 16 GB', 'An OS 1 (x64)', 'keyturn 0.1.0, Node 20.20.2', '2026-11-21']) {
    expect(page).toContain(told)
  }
  expect([...page.matchAll(/\]\(benchmarks\/(\w+\.svg)\)/g)].map(([, name]) => name)).toEqual(
    Object.keys(charts({ version: run.version, startUp: [], peers: {} })),
  )
  expect(page).toContain('## One command\n\nso and so')
})

test.each([
  [0.1, false],
  [3, true],
])('a load of %d when it began is a reason to warn: %s', (load, warned) => {
  expect(pageOf({ ...run, machine: { ...machine, load } }).includes('had other work')).toBe(warned)
})

test('another program is drawn as it is in this run, else as it was earlier', () => {
  const drawn = charts({ version: run.version, startUp: [], peers: { npm: { '--version': { ratio: 4.44 } } } })
  expect(drawn['start.svg']).toMatch(/npm 4\.4×(?! \(earlier\))/)
  expect(drawn['start.svg']).not.toContain('npm 3.5×')
  expect(drawn['asking.svg']).toContain('npm 7.8× (earlier)')
})
