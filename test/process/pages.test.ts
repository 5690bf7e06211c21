/** Every shell block of every page is typed into a terminal, one page a machine; what the page shows must be seen. */
import { expect, test } from 'vitest'
import { machine } from '../pages/machine.ts'
import { blocksOf, pageNames, readPage } from '../pages/page.ts'

/** These have tests of their own, which run what they hold as the system that it is for would. */
const ELSEWHERE = ['docs/ci.md']
const LANGUAGES = ['sh', 'bash']

const pages = pageNames.filter((name) => !ELSEWHERE.includes(name))
const holding = pages.filter((name) => blocksOf(readPage(name)).some(({ language }) => LANGUAGES.includes(language)))

/** A command of this project: its test is the suite that is running, or another. */
const isOfNpm = (line: string) => /^npm (run \S+|test)( -- .*)?( +#.*)?$/.test(line) || line.trim() === ''

test.each(holding)(
  'what %s says to type does what it says',
  async (name) => {
    const here = await machine()
    await here.putKey('key.txt')
    let seen: string[] = []
    for (const { language, text, notRun, heading } of blocksOf(readPage(name))) {
      if (notRun !== null) continue
      if (language === 'text') {
        for (const line of text.split('\n').filter(Boolean))
          expect(seen, `under "${heading}"`).toContainEqual(like(line))
      }
      if (!LANGUAGES.includes(language) || text.split('\n').every(isOfNpm)) continue
      const { code, shown } = await here.type(text)
      expect(code, `under "${heading}":\n${text}\n${shown}`).toBe(0)
      seen = shown.split('\n').map((line) => line.trimEnd())
    }
  },
  120_000,
)

/** A line as the page shows it; "…" stands for what differs from one time to the next. */
const like = (line: string) => {
  const literal = line.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return expect.stringMatching(new RegExp(`^${literal.join('.*')}$`))
}
