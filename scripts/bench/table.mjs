// A table that reads the same in a terminal and as Markdown.

/** Bold or not. */
const isFigure = (text) => /^(\*\*)?-?\d/.test(text) || text === '–'

/**
 * @param {string[]} head
 * @param {(string | null)[][]} rows `null`: there is no such figure
 */
export const table = (head, rows) => {
  const cells = rows.map((row) => row.map((cell) => cell ?? '–'))
  const widths = head.map((title, i) => Math.max(3, title.length, ...cells.map((row) => row[i].length)))
  const toTheRight = head.map((_, i) => i > 0 && cells.every((row) => isFigure(row[i])))
  const line = (row) =>
    `| ${row.map((cell, i) => (toTheRight[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join(' | ')} |`
  const rule = `|${widths.map((width, i) => `${'-'.repeat(width + 1)}${toTheRight[i] ? ':' : '-'}`).join('|')}|`
  return [line(head), rule, ...cells.map(line)].join('\n')
}

/** `1,234`: the same everywhere, whatever the machine's language is. */
export const count = (figure) => Math.round(figure).toLocaleString('en-US')
export const times = (ratio) => `${ratio.toFixed(2)}×`
export const milliseconds = (ms) => (ms < 10_000 ? `${count(ms)} ms` : `${(ms / 1000).toFixed(1)} s`)
/** @param {number | null} bytes */
export const megabytes = (bytes, digits = 0) => (bytes === null ? null : `${(bytes / 1024 / 1024).toFixed(digits)} MB`)
