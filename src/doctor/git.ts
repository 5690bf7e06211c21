import { join } from 'node:path'
import { type GitPlace, gitCheckout, isTracked } from '../files/git.ts'
import { textAt } from '../files/look.ts'
import { shellWord } from '../vocabulary/shell-word.ts'
import { type Finding, failure, warning } from './finding.ts'

/** In a checkout what is private is one `git add` away from being everybody's. */
export const examineGit = async (folder: string, place: GitPlace): Promise<Finding[]> => {
  const checkout = gitCheckout(folder)
  if (checkout === null) return []
  const findings: Finding[] = []
  for (const name of ['settings.json', 'credentials.json']) {
    const path = join(folder, name)
    const tracked = await isTracked(path, place)
    if (tracked === 'unknown') {
      const hint = 'set KEYTURN_CONFIG_DIR to a folder outside of it'
      return [warning('git', `git does not say whether ${path} is in the index of ${checkout}`, hint)]
    }
    if (!tracked) continue
    const hint = `take it out: git -C ${shellWord(folder)} rm --cached ${name}`
    const isSecret = name === 'credentials.json'
    const detail = `${path} is in git's index, so it goes where the checkout (${checkout}) goes`
    findings.push((isSecret ? failure : warning)('git', detail, hint))
  }
  if (findings.length > 0 || ignoresAll(folder)) return findings
  const hint = `keep it out of commits: echo '*' > ${shellWord(join(folder, '.gitignore'))}`
  return [warning('git', `the config folder lies in a git checkout (${checkout})`, hint)]
}

const ignoresAll = (folder: string): boolean => {
  try {
    return textAt(join(folder, '.gitignore')).split(/\r?\n/).includes('*')
  } catch {
    return false
  }
}
