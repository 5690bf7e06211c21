/** The pages that people read, cut into what a test can hold them to. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '..', '..')

export interface Block {
  language: string
  text: string
  /** Why a test does not run it, where the page says so: `<!-- not run: it asks for sudo -->` on the line before. */
  notRun: string | null
  /** The heading that it stands under. */
  heading: string
}

/** By name, as links have it: "README.md", "docs/ci.md". */
export const pageNames: readonly string[] = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

export const readPage = (name: string): string => readFileSync(join(ROOT, name), 'utf8')

const FENCED = /^(?:<!-- not run: (.+) -->\n)?```(\w*)\n([\s\S]*?)^```$/gm

export const blocksOf = (page: string): Block[] =>
  [...page.matchAll(FENCED)].map(({ 1: notRun = null, 2: language = '', 3: text = '', index }) => ({
    language,
    text,
    notRun,
    heading: headingsOf(page.slice(0, index)).at(-1) ?? '',
  }))

/** The page without its blocks: what is said, and not what is shown. */
export const proseOf = (page: string): string => page.replace(FENCED, '')

export const headingsOf = (page: string): string[] =>
  [...proseOf(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => heading)

/** As GitHub makes them. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

/** Code in a line of text: `keyturn login`. */
export const spansOf = (page: string): string[] =>
  [...proseOf(page).matchAll(/(?<!`)`([^`\n]+)`(?!`)/g)].map(([, code = '']) => code)

/** Where links and pictures lead. */
export const linksOf = (page: string): string[] => [
  ...[...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target),
  ...[...proseOf(page).matchAll(/\b(?:src|srcset|href)="([^"]+)"/g)].map(([, target = '']) => target),
]

/** The cells of every row of every table under a heading, without the line below the head. */
export const rowsUnder = (page: string, heading: string): string[][] => {
  const part = page.split(/^(?=#{1,6} )/m).find((each) => each.split('\n')[0]?.replace(/^#+ /, '') === heading) ?? ''
  return [...part.matchAll(/^\|(.*)\|$/gm)]
    .map(([, row = '']) => row.split(/(?<!\\)\|/).map((cell) => cell.trim()))
    .filter((cells) => !cells.every((cell) => /^[-: ]*$/.test(cell)))
}
