import { expect, test } from 'vitest'
import { makeSooner } from '../../src/commands/sooner.ts'
import type { Wait } from '../../src/vocabulary/clock.ts'

/** Pauses that last until the test ends them, or somebody is in a hurry. */
const rig = () => {
  const pauses: { milliseconds: number; end: () => void }[] = []
  const wait: Wait = (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      const end = () => resolve(undefined)
      signal.addEventListener('abort', () => reject(signal.reason))
      pauses.push({ milliseconds, end })
    })
  return { ...{ pauses, stop: new AbortController() }, sooner: makeSooner(wait) }
}
const turn = () => new Promise(setImmediate)

test('a pause is as long as it was meant to be when nobody is in a hurry', async () => {
  const { pauses, sooner, stop } = rig()
  const waited = sooner.wait(60_000, stop.signal)
  pauses[0]!.end()
  await turn()
  pauses[1]!.end()
  await waited
  expect(pauses.map(({ milliseconds }) => milliseconds)).toEqual([1000, 59_000])
})

test('a hurry ends what is left of it, and only this pause', async () => {
  const { pauses, sooner, stop } = rig()
  const waited = sooner.wait(60_000, stop.signal)
  pauses[0]!.end()
  await turn()
  sooner.now()
  await waited
  void sooner.wait(60_000, stop.signal)
  pauses[2]!.end()
  await turn()
  expect(pauses.map(({ milliseconds }) => milliseconds)).toEqual([1000, 59_000, 1000, 59_000])
})

test('no hurry makes a pause shorter than a second', async () => {
  const { pauses, sooner, stop } = rig()
  const waited = sooner.wait(60_000, stop.signal)
  sooner.now()
  await turn()
  expect(await Promise.race([waited.then(() => 'over'), turn().then(() => 'not yet')])).toBe('not yet')
  pauses[0]!.end()
  await waited
  expect(pauses).toHaveLength(1)
})

test('a stop ends it with its own reason', async () => {
  const { pauses, sooner, stop } = rig()
  const waited = sooner.wait(60_000, stop.signal)
  pauses[0]!.end()
  await turn()
  stop.abort(new Error('stopped'))
  await expect(waited).rejects.toThrow('stopped')
})
