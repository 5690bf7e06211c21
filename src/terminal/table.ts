import { clean } from '../vocabulary/clean.ts'
import { cutToWidth, textWidth } from './text-width.ts'

export interface Column {
  title: string
  /** May be shown shortened where the line would be too long: to so many columns before others are left out for it. */
  cut?: number
  /** May be left out where shortening is not enough: the last of them first. */
  drop?: true
}

/** How much shorter something may become when nothing more can be left out. */
const FURTHER = 10
const GAP = 2

/** Tab-separated, without a heading: for a pipe (gh's habit). */
export const tabbed = (rows: readonly (string | null)[][]): string =>
  rows.map((row) => `${row.map((cell) => clean(cell ?? '', 1000)).join('\t')}\n`).join('')

/** Columns under their titles, in lines that fit the width of a terminal; with tabs where there is none. */
export const table = (columns: readonly Column[], rows: readonly (string | null)[][], width: number | null): string => {
  if (width === null) return tabbed(rows)
  const cells = rows.map((row) => row.map((cell) => (cell === null ? '-' : clean(cell, 1000))))
  const widths = columns.map(({ title }, index) =>
    cells.reduce((most, row) => Math.max(most, textWidth(row[index] ?? '')), title.length),
  )
  const shown = fitting(columns, widths, width)
  const line = (row: readonly string[]): string => {
    const parts = shown.map(({ index, width: own }) => {
      const text = cutToWidth(row[index] ?? '', own)
      return text + ' '.repeat(own - textWidth(text))
    })
    return `${parts.join(' '.repeat(GAP)).trimEnd()}\n`
  }
  return line(columns.map(({ title }) => title)) + cells.map(line).join('')
}

/** What is too wide is shortened, the widest first; then columns are left out; then what is left is shortened further. */
const fitting = (
  columns: readonly Column[],
  widths: readonly number[],
  width: number,
): { index: number; width: number }[] => {
  let shown = widths.map((own, index) => ({ index, width: own }))
  const widestAbove = (least: (cut: number) => number) =>
    shown
      .filter(({ index, width: own }) => own > least(columns[index]?.cut ?? Number.POSITIVE_INFINITY))
      .sort((a, b) => b.width - a.width)[0]
  for (;;) {
    const tooWide = shown.reduce((sum, { width: own }) => sum + own + GAP, -GAP) > width
    if (!tooWide) return shown
    const dropped = shown.findLast(({ index }) => columns[index]?.drop)
    const cut = widestAbove((usual) => usual) ?? (dropped ? undefined : widestAbove((usual) => usual - FURTHER))
    if (cut !== undefined) cut.width -= 1
    else if (dropped !== undefined) shown = shown.filter((each) => each !== dropped)
    else return shown
  }
}

/** "name: value" lines under one another, without those that are not known. */
export const facts = (pairs: readonly (readonly [string, string | null | undefined])[]): string => {
  const known = pairs.filter((pair): pair is [string, string] => pair[1] != null && pair[1] !== '')
  const width = Math.max(...known.map(([name]) => name.length)) + 2
  return known.map(([name, value]) => `${`${name}:`.padEnd(width)}${clean(value, 1000)}\n`).join('')
}
