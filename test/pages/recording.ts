/** A recording of what a terminal showed, as rows of styled text, each with the time in which it stood there. */
import { Terminal } from '@xterm/headless'

export interface Run {
  column: number
  text: string
  /** Classes of the picture: "bold", "dim", "green". */
  style: string
}

export interface Shown {
  row: number
  runs: Run[]
  from: number
  /** `null`: to the end. */
  until: number | null
}

const COLOURS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white']

export const startRecording = (columns: number, rows: number) => {
  const terminal = new Terminal({ cols: columns, rows, allowProposedApi: true })
  const shown: Shown[] = []
  const now = new Map<number, { shown: Shown; key: string }>()
  let time = 0

  const runsOf = (row: number): Run[] => {
    const line = terminal.buffer.active.getLine(terminal.buffer.active.viewportY + row)
    const runs: Run[] = []
    for (let column = 0; column < columns; column++) {
      const cell = line?.getCell(column)
      if (!cell) continue
      const colour = cell.isFgPalette() ? (COLOURS[cell.getFgColor() % 8] ?? '') : ''
      const style = [cell.isBold() && 'bold', cell.isDim() && 'dim', colour].filter(Boolean).join(' ')
      const text = cell.getChars() || ' '
      const last = runs.at(-1)
      if (last?.style === style) last.text += text
      else runs.push({ column, text, style })
    }
    return runs.map((run) => ({ ...run, text: run.text.trimEnd() })).filter(({ text }) => text !== '')
  }

  const look = (): void => {
    for (let row = 0; row < rows; row++) {
      const runs = runsOf(row)
      const key = JSON.stringify(runs)
      const before = now.get(row)
      if (before?.key === key) continue
      if (before) before.shown.until = time
      const next: Shown = { row, runs, from: time, until: null }
      now.set(row, { shown: next, key })
      if (runs.length > 0) shown.push(next)
    }
  }

  return {
    /** What is printed so many milliseconds after what was printed before. */
    write: (text: string, after: number): Promise<void> =>
      new Promise((resolve) => {
        time += after
        terminal.write(text, () => {
          look()
          resolve()
        })
      }),
    pause: (milliseconds: number): void => {
      time += milliseconds
    },
    /** What stood there for no time is left out. */
    end: () => ({ columns, rows, length: time, shown: shown.filter(({ from, until }) => until !== from) }),
    /** What is on the screen now. */
    text: (): string =>
      Array.from({ length: rows }, (_, row) =>
        (
          terminal.buffer.active.getLine(terminal.buffer.active.viewportY + row)?.translateToString(true) ?? ''
        ).trimEnd(),
      )
        .join('\n')
        .trimEnd(),
  }
}

export type Recording = ReturnType<ReturnType<typeof startRecording>['end']>
