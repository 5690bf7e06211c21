import { clean } from '../vocabulary/clean.ts'

/** Columns for a terminal; tab-separated, without a heading, for a pipe (gh's habit). */
export const table = (heading: string[], rows: (string | null)[][], terminal: boolean): string => {
  const cells = rows.map((row) => row.map((cell) => clean(cell ?? '', 1000)))
  if (!terminal) return cells.map((row) => `${row.join('\t')}\n`).join('')
  const all = [heading, ...cells.map((row) => row.map((cell) => cell || '-'))]
  const widths = heading.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  const line = (row: string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return all.map((row) => `${line(row)}\n`).join('')
}

/** "name: value" lines under one another, without those that are not known. */
export const facts = (pairs: [string, string | null | undefined][]): string => {
  const known = pairs.filter((pair): pair is [string, string] => pair[1] != null && pair[1] !== '')
  const width = Math.max(...known.map(([name]) => name.length)) + 2
  return known.map(([name, value]) => `${`${name}:`.padEnd(width)}${clean(value, 1000)}\n`).join('')
}
