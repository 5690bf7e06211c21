import type { Style } from '../terminal/style.ts'
import { wrap } from '../terminal/wrap.ts'
import type { Examination } from './examine.ts'
import type { Finding, Level } from './finding.ts'

export interface Paper {
  /** Of the terminal; `null` where lines are not wrapped. */
  columns: number | null
  style: Style
}

/** A mark for the eye, a word for those who see neither shape nor colour. */
const MARKS: Record<Level, { mark: string; paint: 'green' | 'dim' | 'yellow' | 'red' }> = {
  good: { mark: '✓ ok  ', paint: 'green' },
  note: { mark: '· note', paint: 'dim' },
  warning: { mark: '! warn', paint: 'yellow' },
  failure: { mark: '✗ FAIL', paint: 'red' },
}
const INDENT = 2
const GAP = 2

export const report = ({ sections, isAlone }: Examination, { columns, style }: Paper): string => {
  const findings = sections.flatMap((section) => section.findings)
  const widest = Math.max(...findings.map((finding) => shortName(finding).length))
  const left = INDENT + MARKS.good.mark.length + GAP + widest + GAP
  const width = columns === null ? Number.POSITIVE_INFINITY : Math.max(columns - left, 24)
  const inset = '\n'.padEnd(left + 1)
  const line = (finding: Finding): string => {
    const { mark, paint } = MARKS[finding.level]
    const head = `${' '.repeat(INDENT)}${style[paint](mark)}${' '.repeat(GAP)}${shortName(finding).padEnd(widest + GAP)}`
    const hint = finding.hint === null ? [] : wrap(`→ ${finding.hint}`, width).map((each) => style.cyan(each))
    return [...wrap(finding.detail, width), ...hint].join(inset).replace(/^/, head)
  }
  const blocks = sections.map((section) => `${style.bold(section.title)}\n${section.findings.map(line).join('\n')}`)
  return `${blocks.join('\n')}\n\n${verdict(findings, style)}\n${style.dim(footer(isAlone))}\n`
}

/** What is about one profile stands under that profile's name already. */
const shortName = ({ name }: Finding): string => name.replace(/^variable:.*/, 'variables').replace(/:.*/, '')

const verdict = (findings: readonly Finding[], style: Style): string => {
  const count = (level: Level) => findings.filter((finding) => finding.level === level).length
  const failures = count('failure')
  const warnings = count('warning')
  const said = [
    failures > 0 && `${failures} ${failures === 1 ? 'thing does' : 'things do'} not work`,
    warnings > 0 && `${warnings} ${warnings === 1 ? 'thing is' : 'things are'} worth a look`,
  ].filter((part) => part !== false)
  if (said.length === 0) return style.green('all is well')
  return style[failures > 0 ? 'red' : 'yellow'](said.join(', '))
}

const footer = (isAlone: boolean): string =>
  isAlone ? 'nothing secret is in this report' : 'nothing secret is in this report; it names the hosts of your profiles'
