import { generate } from 'lean-qr/nano'

/** Light modules around the code, without which no reader finds it (ISO/IEC 18004). */
const MARGIN = 4
/** What the largest of all codes holds, in bytes, as lean-qr fills it. */
const MOST = 2952
/** Black on white by number: what a theme calls black or white may be anything. */
const BLACK_ON_WHITE = '\u001b[38;5;16;48;5;231m'
const RESET = '\u001b[0m'

/**
 * A text as a QR code, two modules high in each character; `null` when it would be wider than the terminal. Without colour the
 * light modules are what is drawn: right on a dark terminal, and on a light one the inverse, which readers take too.
 */
export const qrCode = (text: string, columns: number, coloured: boolean): string | null => {
  if (Buffer.byteLength(text) > MOST) return null
  const { size, get } = generate(text)
  const width = size + 2 * MARGIN
  if (width > columns) return null
  const isInk = (x: number, y: number) => get(x - MARGIN, y - MARGIN) === coloured
  const rows = Array.from({ length: Math.ceil(width / 2) }, (_, row) =>
    Array.from({ length: width }, (_, x) => half(isInk(x, 2 * row), isInk(x, 2 * row + 1))).join(''),
  )
  return rows.map((row) => (coloured ? `${BLACK_ON_WHITE}${row}${RESET}` : row)).join('\n')
}

const half = (upper: boolean, lower: boolean): string => {
  if (upper) return lower ? '█' : '▀'
  return lower ? '▄' : ' '
}
