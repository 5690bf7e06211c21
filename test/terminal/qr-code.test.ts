import jsQR from 'jsqr'
import { expect, test } from 'vitest'
import { qrCode } from '../../src/terminal/qr-code.ts'

const URL_OF_A_PAGE = 'http://localhost:47081/auth/cli?code=T--EXAMPLE-9DEUDTQahsh7ZvQawwXGbibbJ9XL4ZIgTkY'
const PIXELS = 4
const COLOURS = '\u001b[38;5;16;48;5;231m'

/** What a camera sees of it: each character is two modules, one above the other. */
const read = (drawn: string, ink: number, paper: number): string | null => {
  const rows = drawn.split('\n').map((row) => [...row.replace(/\u001b\[[\d;]*m/g, '')])
  const isInk = (x: number, y: number) => {
    const character = rows[y >> 1]?.[x] ?? ' '
    return character === '█' || character === (y % 2 === 0 ? '▀' : '▄')
  }
  const [width, height] = [rows[0]!.length * PIXELS, rows.length * 2 * PIXELS]
  const image = new Uint8ClampedArray(width * height * 4)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const grey = isInk(Math.floor(x / PIXELS), Math.floor(y / PIXELS)) ? ink : paper
      image.set([grey, grey, grey, 255], (y * width + x) * 4)
    }
  }
  return jsQR(image, width, height)?.data ?? null
}

test('in colour it is black on white by itself, whatever the theme, and a reader reads it', () => {
  const drawn = qrCode(URL_OF_A_PAGE, 80, true)!
  for (const row of drawn.split('\n')) expect(row).toMatch(/^\u001b\[38;5;16;48;5;231m[ █▀▄]+\u001b\[0m$/)
  expect(read(drawn, 0, 255)).toBe(URL_OF_A_PAGE)
})

test.each([
  ['dark', 230, 20],
  ['light', 30, 250],
])('without colour a reader reads it on a %s terminal', (_theme, ink, paper) => {
  const drawn = qrCode(URL_OF_A_PAGE, 80, false)!
  expect(drawn).not.toContain('\u001b')
  expect(read(drawn, ink, paper)).toBe(URL_OF_A_PAGE)
})

test('it has four light modules on each side', () => {
  const rows = qrCode(URL_OF_A_PAGE, 80, true)!.split('\n')
  const plain = rows.map((row) => row.replace(COLOURS, '').replace('\u001b[0m', ''))
  expect(plain.slice(0, 2).join('')).toMatch(/^ +$/)
  for (const row of plain) expect(row).toMatch(/^ {4}.* {4}$/)
})

test('it is never wider than the terminal: then there is none', () => {
  const width = 45
  expect(qrCode(URL_OF_A_PAGE, width, false)?.split('\n')[0]).toHaveLength(width)
  expect(qrCode(URL_OF_A_PAGE, width - 1, false)).toBeNull()
  expect(qrCode(`https://example.com/?${'a'.repeat(600)}`, 80, false)).toBeNull()
  expect(qrCode('a'.repeat(2952), 500, false)).not.toBeNull()
  expect(qrCode('a'.repeat(2953), 500, false)).toBeNull()
})
