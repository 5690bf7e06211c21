import { expect, test } from 'vitest'
import { executableText, keyListsText, packageTable, peersText, startUpTable } from '../../scripts/bench/report.mjs'

const MB = 1024 * 1024
const row = (name: string, limit: number, more = {}) => ({ name, limit, args: [], env: {}, ...more })

test('what is over its limit is bold, by the limit of its own Node', () => {
  const https = row('https', 2.4, { onNode20: 3.2 })
  const on = { '20.20.2': { ratio: 3.1 }, '24.21.0': { ratio: 3.1 } }
  const lines = startUpTable(Object.keys(on), [{ row: https, on }]).split('\n')
  expect(lines.at(-1)).toMatch(/2\.40× \(Node 20: 3\.20×\) \| +3\.10× \| +\*\*3\.10×\*\* \|/)
})

test('a Node on which a row was not measured has a dash', () => {
  expect(startUpTable(['22.23.3'], [{ row: row('one', 1.1), on: {} }])).toMatch(/1\.10× \| +– \|/)
})

test('figures of this run and earlier ones stand in two tables', () => {
  const startUp = [{ row: row('`--version`', 1.1), on: { '20.20.2': { ratio: 1.04 } } }]
  const [now = '', earlier = ''] = peersText('20.20.2', startUp, { npm: { '--version': { ratio: 3.44 } } }).split(
    'Taken',
  )
  expect(now).toMatch(/keyturn \| +1\.04×/)
  expect(now).toMatch(/npm +\| +3\.44×/)
  expect(now).not.toContain('gh')
  expect(earlier).toMatch(/gh +\| +1\.7×/)
  expect(earlier).not.toContain('keyturn')
})

test('a package that could not be installed here is still weighed', () => {
  expect(packageTable({ packed: { bytes: 400_000 }, on: null })).toContain('400 kB')
  const on = { packages: ['a', 'b', 'c', 'd'], bytes: 7 * MB }
  expect(packageTable({ packed: { bytes: 600_000 }, on })).toMatch(
    /\*\*4\*\*[\s\S]+\*\*7\.0 MB\*\*[\s\S]+\*\*600 kB\*\*/,
  )
})

test('the executable is weighed, and timed beside the Node that is in it', () => {
  const text = executableText({ node: '24.0.0', bytes: 125 * MB, rows: [['`--version`', { ms: 40, ratio: 1.5 }]] })
  expect(text).toMatch(/one file of 125 MB, most of it Node 24\.0\.0\.\n[\s\S]+\| +40 ms \| +1\.50× \|$/)
})

const line = { way: 'json', ms: 60, firstByte: 50, bytes: 1, peak: 50 * MB, code: 0, failed: null }

test('a list that is not shown is told of, with its words', () => {
  const text = keyListsText([
    { ...line, size: 10 },
    { ...line, size: 10_000, code: 1, failed: 'ADDRESS sent too much', firstByte: null },
  ])
  expect(text).toMatch(/10,000 \| +– \| +– \|/)
  expect(text).toContain('Of 10,000 keys no list is shown, nor a part of one: exit code 1, “ADDRESS sent too much”.')
})

test('where every list is shown nothing is said of limits', () => {
  expect(keyListsText([{ ...line, size: 10 }])).not.toMatch(/holds|no list/)
})
