import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { countdown, startLiveLine } from '../../src/terminal/live-line.ts'
import { createTerminal } from '../../src/terminal/terminal.ts'
import { handTime } from '../session/hand-time.ts'

const linesOf = async (quiet: boolean) => {
  const time = handTime()
  const stderr = new PassThrough()
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr }
  const terminal = await createTerminal(streams, {}, { quiet, noInput: false, noColor: false })
  const line = await startLiveLine(terminal, time.clock)
  for (let second = 0; second <= 150; second++) {
    line.show(`waiting, ${second} s`)
    time.pass(1000)
  }
  line.clear()
  return String(stderr.read() ?? '')
}

test('without a terminal a wait says one line a minute', async () => {
  expect(await linesOf(false)).toBe('waiting, 0 s\nwaiting, 60 s\nwaiting, 120 s\n')
})

test('a quiet wait says nothing', async () => {
  expect(await linesOf(true)).toBe('')
})

test.each([
  [600_000, '10:00'],
  [599_001, '10:00'],
  [252_000, '04:12'],
  [900, '00:01'],
  [0, '00:00'],
  [-5, '00:00'],
])('%d ms are shown as %s', (milliseconds, text) => expect(countdown(milliseconds)).toBe(text))
