/** Every link inside of the project leads somewhere, and every link to a line leads to what it names. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { renewLineLinks } from '../../scripts/line-links.mjs'
import { anchorOf, headingsOf, linksOf, pageNames, ROOT, readPage } from './page.ts'

const INSIDE = /^(?!https?:|mailto:)/

test.each(pageNames)('the links of %s lead to files and headings that there are', (name) => {
  const lost = linksOf(readPage(name))
    .filter((link) => INSIDE.test(link))
    .filter((link) => {
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? name : normalize(join(dirname(name), path))
      if (!existsSync(join(ROOT, target))) return true
      if (anchor === undefined || /^L\d+$/.test(anchor)) return false
      return !headingsOf(readPage(target)).map(anchorOf).includes(anchor)
    })
  expect(lost).toEqual([])
})

test.each(pageNames)('the links of %s to lines are right; `npm run docs` makes them so', (name) => {
  const page = readPage(name)
  const read = (path: string) => readFileSync(join(ROOT, dirname(name), path), 'utf8')
  expect(renewLineLinks(page, read)).toBe(page)
})

test('a link to a line follows the name that it has', () => {
  const source = 'const before = 1\n\nexport const start = (name: string) => name\n'
  expect(renewLineLinks('see [`start`](../src/a.ts#L99) there', () => source)).toBe(
    'see [`start`](../src/a.ts#L3) there',
  )
})

test.each([
  ['a name that is gone', '[`stop`](../src/a.ts#L3)'],
  ['a name that is only used there', '[`name`](../src/a.ts#L3)'],
])('%s is told', (_, link) => {
  expect(() => renewLineLinks(link, () => 'export const start = (name: string) => name\n')).toThrow('../src/a.ts')
})

test('every page of docs/ is linked from the README, so that it is found', () => {
  const linked = linksOf(readPage('README.md')).map((link) => link.replace(/#.*/, ''))
  expect(pageNames.filter((name) => name !== 'README.md' && !linked.includes(name))).toEqual([])
})
