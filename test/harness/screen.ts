/**
 * What a person sees of what a program printed to a terminal: enough of one to replay lines that are overwritten,
 * cleared and moved over. Colours and other styling leave no mark. Lines wider than the screen wrap.
 */
export const makeScreen = (columns: number) => {
  let lines: string[][] = [[]]
  let row = 0
  let column = 0
  let rest = ''

  const put = (character: string) => {
    if (column >= columns) {
      row += 1
      column = 0
    }
    while (lines.length <= row) lines.push([])
    const line = lines[row] ?? []
    while (line.length < column) line.push(' ')
    line[column] = character
    column += 1
  }
  const eraseLine = (mode: number) => {
    const line = lines[row] ?? []
    if (mode === 0) line.length = Math.min(line.length, column)
    else if (mode === 1) line.fill(' ', 0, column + 1)
    else line.length = 0
  }
  const control = (final: string, parameters: number[]) => {
    const [first = 0, second = 0] = parameters
    const count = Math.max(first, 1)
    if (final === 'A' || final === 'F') row = Math.max(0, row - count)
    if (final === 'B' || final === 'E') row += count
    if (final === 'C') column = Math.min(columns - 1, column + count)
    if (final === 'D') column = Math.max(0, column - count)
    if (final === 'E' || final === 'F') column = 0
    if (final === 'G') column = count - 1
    if (final === 'H') {
      row = count - 1
      column = Math.max(second, 1) - 1
    }
    if (final === 'K') eraseLine(first)
    if (final === 'J' && first === 0) {
      eraseLine(0)
      lines.length = Math.min(lines.length, row + 1)
    }
    if (final === 'J' && first >= 2) lines = [[]]
    while (lines.length <= row) lines.push([])
  }
  const plain = (character: string) => {
    if (character === '\r') column = 0
    else if (character === '\n') {
      row += 1
      while (lines.length <= row) lines.push([])
    } else if (character === '\b') column = Math.max(0, column - 1)
    else if (character >= ' ') put(character)
  }

  // CSI; OSC up to its BEL or ST; the two-character escapes.
  const sequence = /^\u001b(?:\[([?>=!]?)([\d;:]*)[ -/]*([@-~])|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[ -/]*[0-Z\\^-~])/

  return {
    write(text: string): void {
      rest += text
      while (rest !== '') {
        const found = sequence.exec(rest)
        if (found) {
          if (found[3] && !found[1]) control(found[3], (found[2] ?? '').split(/[;:]/).map(Number))
          rest = rest.slice(found[0].length)
        } else if (rest.startsWith('\u001b') && rest.length < 4096) {
          // The end of it is still to come.
          return
        } else {
          const [character = ''] = rest
          plain(character)
          rest = rest.slice(character.length)
        }
      }
    },
    resize(to: number): void {
      columns = to
    },
    /** Without spaces at the ends of lines and without empty lines at the end. */
    text: (): string =>
      lines
        .map((line) => line.join('').trimEnd())
        .join('\n')
        .trimEnd(),
  }
}
