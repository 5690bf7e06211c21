import { expect, test } from 'vitest'
import { makeWording } from '../../src/commands/sign-in-on-page.ts'
import { handTime } from '../session/hand-time.ts'

const GOOD = { millisecondsLeft: 252_000, trouble: null, offline: false }

test('before the first answer it says what is awaited, and no sentence yet', () => {
  const { wording } = makeWording(handTime().clock)
  expect(wording()).toMatchObject({ line: 'waiting for your approval', sentence: null })
})

test('between two answers time goes on', () => {
  const { clock, pass } = handTime()
  const { observe, wording } = makeWording(clock)
  observe(GOOD)
  pass(1500)
  expect(wording()).toEqual({
    line: 'waiting for your approval · 04:11 left · last answer 1 s ago',
    sentence: 'waiting for your approval; 4 minutes left',
    topic: 'waiting',
  })
})

test.each([
  ['a service out of reach', true, 'offline, trying again', '12 s ago'],
  ['a service that answers badly', false, 'trouble, trying again', '0 s ago'],
])('%s is told first, and why last, where a narrow terminal cuts it', (_what, offline, head, ago) => {
  const { clock, pass } = handTime()
  const { observe, wording } = makeWording(clock)
  observe(GOOD)
  pass(12_000)
  observe({ millisecondsLeft: 240_000, trouble: 'the line was cut\u001b[2J', offline })
  expect(wording()).toEqual({
    line: `${head} · 04:00 left · last answer ${ago} · the line was cut[2J`,
    sentence: `${head} (the line was cut[2J); 4 minutes left`,
    topic: 'trouble',
  })
})

test('a service that was never reached has given no answer', () => {
  const { observe, wording } = makeWording(handTime().clock)
  observe({ ...GOOD, trouble: 'the line was cut', offline: true })
  expect(wording().line).toContain('no answer yet')
})
