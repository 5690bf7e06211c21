import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { countdown, createLiveLine, spokenTime, type Wording } from '../../src/terminal/live-line.ts'
import { createTerminal } from '../../src/terminal/terminal.ts'
import type { Wait } from '../../src/vocabulary/clock.ts'
import { handTime } from '../session/hand-time.ts'

/** A wait of so many seconds, as it is told where nothing can be drawn twice. */
const saidIn = async (seconds: number, wordingAt: (second: number) => Partial<Wording>, quiet = false) => {
  const { clock, pass } = handTime()
  const stderr = new PassThrough()
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr }
  const terminal = await createTerminal(streams, {}, { quiet, noInput: false, noColor: false })
  const done = new AbortController()
  const wait: Wait = async (milliseconds) => {
    pass(milliseconds)
    if (clock.monotonic() > seconds * 1000) done.abort()
    done.signal.throwIfAborted()
  }
  const line = await createLiveLine(terminal, { clock, wait, signal: done.signal })
  const aborted = new Promise((resolve) => done.signal.addEventListener('abort', resolve))
  const second = () => clock.monotonic() / 1000
  line.start(() => ({ line: '', topic: 'waiting', sentence: `waiting, ${second()} s`, ...wordingAt(second()) }))
  await aborted
  line.stop()
  return String(stderr.read() ?? '')
}

test('without a terminal a wait is told once at the beginning, and then once a minute', async () => {
  expect(await saidIn(150, () => ({}))).toBe('waiting, 0 s\nwaiting, 60 s\nwaiting, 120 s\n')
})

test('what changes is told at once', async () => {
  const wordingAt = (second: number) => ({ topic: second >= 20 && second < 30 ? 'trouble' : 'waiting' })
  expect(await saidIn(100, wordingAt)).toBe('waiting, 0 s\nwaiting, 20 s\nwaiting, 30 s\nwaiting, 90 s\n')
})

test('nothing is told before anything is known, and nothing of a quiet wait', async () => {
  expect(await saidIn(50, (second) => (second < 40 ? { sentence: null } : {}))).toBe('waiting, 40 s\n')
  expect(await saidIn(150, () => ({}), true)).toBe('')
})

test.each([
  [600_000, '10:00', '10 minutes'],
  [599_001, '10:00', '10 minutes'],
  [252_000, '04:12', '4 minutes'],
  [61_000, '01:01', '1 minute'],
  [900, '00:01', 'less than a minute'],
  [0, '00:00', 'less than a minute'],
  [-5, '00:00', 'less than a minute'],
])('%d ms are shown as %s, and said as %s', (milliseconds, text, said) => {
  expect(countdown(milliseconds)).toBe(text)
  expect(spokenTime(milliseconds)).toBe(said)
})
