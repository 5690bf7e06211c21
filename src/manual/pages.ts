import { keys } from './keys.ts'
import type { Manual } from './manual.ts'
import { scripts } from './scripts.ts'
import { signingIn } from './signing-in.ts'
import { tools } from './tools.ts'

export interface Group {
  title: string
  pages: Record<string, Manual>
}

/** Every command's page by its words, in the groups and the order in which they are listed. */
export const groups: readonly Group[] = [
  { title: 'signing in', pages: signingIn },
  { title: 'keys', pages: keys },
  { title: 'account and scripts', pages: scripts },
  { title: 'this machine', pages: tools },
]

export const pageOf = (words: string): Manual | null =>
  groups.find(({ pages }) => Object.hasOwn(pages, words))?.pages[words] ?? null
