import { expect, test } from 'vitest'
import { count, details, isWhole, line, newTally } from './tally.ts'

test('an exercise that nothing came to harm in says so in one line', () => {
  const tally = newTally('kill sweep: refresh')
  count(tally, 'a kill', [])
  count(tally, 'another', [])
  expect(line(tally)).toMatch(/^kill sweep: refresh +tried 2, survived 2, lost 0, leaked 0 {2}\(0 s\)$/)
  expect(isWhole(tally)).toBe(true)
  expect(details(tally)).toEqual([])
})

test('a harm counts once a try, and is told once with what was done', () => {
  const tally = newTally('kill sweep: refresh')
  const lost = { harm: 'lost', what: 'the session has ended' } as const
  count(tally, 'the first kill', [lost, lost])
  count(tally, 'the second kill', [lost, { harm: 'stuck', what: 'x.lock is left' }])
  count(tally, 'the third', [])
  expect(line(tally)).toContain('tried 3, survived 1, lost 2, leaked 0, stuck 1')
  expect(isWhole(tally)).toBe(false)
  expect(details(tally)).toEqual([
    '  lost: the session has ended\n    after: the first kill',
    '  stuck: x.lock is left\n    after: the second kill',
  ])
})

test('an exercise that tried nothing proves nothing', () => {
  expect(isWhole(newTally('empty'))).toBe(false)
})
