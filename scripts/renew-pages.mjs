// Brings what is made from the source into the pages that people write.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { renewLineLinks } from './line-links.mjs'
import { root } from './run.mjs'

const change = (page, work) => {
  const path = join(root, page)
  writeFileSync(path, work(readFileSync(path, 'utf8')))
}

/**
 * Puts what was made between the two marks of a page, and renews the links of docs/ to lines.
 * @param {[page: string, mark: string, made: string][]} parts
 */
export const renewPages = (parts) => {
  for (const [page, mark, made] of parts) {
    const between = new RegExp(`(<!-- ${mark}: .* -->\\n)[\\s\\S]*(?=<!-- /${mark} -->)`)
    change(page, (text) => text.replace(between, (_, begin) => `${begin}\n${made}\n`))
  }
  for (const name of readdirSync(join(root, 'docs')).filter((file) => file.endsWith('.md'))) {
    change(`docs/${name}`, (text) => renewLineLinks(text, (to) => readFileSync(join(root, 'docs', to), 'utf8')))
  }
}
