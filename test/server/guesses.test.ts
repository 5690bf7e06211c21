import { beforeEach, expect, test } from 'vitest'
import { type Guesses, makeGuesses } from '../../src/server/guesses.ts'
import { Refusal } from '../../src/server/refusal.ts'
import { type HandClock, MINUTE, makeHandClock } from './hand-clock.ts'

let clock: HandClock
let guesses: Guesses
beforeEach(() => {
  clock = makeHandClock()
  guesses = makeGuesses(clock)
})

const FROM = '127.0.0.1'
const busy = async () => {
  throw new Refusal(503, 'BUSY', 'busy')
}
/** `wrong`, `right`, or the code of the refusal. */
const guess = async (
  name: string,
  check: () => Promise<string | null> = async () => null,
  from = FROM,
): Promise<string> => {
  try {
    return (await guesses.guess({ name, from }, check)) ?? 'wrong'
  } catch (error) {
    return (error as Refusal).code
  }
}
const right = async () => 'right'
/** The seconds that it takes until the next guess is checked. */
const waitOf = (name: string): Promise<number> =>
  guesses.guess({ name, from: FROM }, right).then(
    () => 0,
    (error: Refusal) => Number(error.headers['retry-after']),
  )
const times = async (count: number, name = 'jane') => {
  const found: string[] = []
  for (let index = 0; index < count; index += 1) found.push(await guess(name))
  return found
}

test('five in a row are checked, and the sixth is not', async () => {
  expect(await times(6)).toEqual(['wrong', 'wrong', 'wrong', 'wrong', 'wrong', 'TOO_MANY_ATTEMPTS'])
  expect(await guess('jane', right)).toBe('TOO_MANY_ATTEMPTS')
  expect(await guess('bob', right)).toBe('right')
})

test('a burst of wrong ones gets no further than one after the other (row 170)', async () => {
  const found = await Promise.all(Array.from({ length: 40 }, () => guess('jane')))
  expect(found.filter((each) => each === 'wrong')).toHaveLength(5)
  expect(found.filter((each) => each === 'TOO_MANY_ATTEMPTS')).toHaveLength(35)
})

test('and one of right ones is let in whole: its owner does not guess', async () => {
  const found = await Promise.all(Array.from({ length: 40 }, () => guess('jane', right)))
  expect(new Set(found)).toEqual(new Set(['right']))
})

test('so many may stand in line for one name, and the next is asked to come back', async () => {
  const found = await Promise.all(Array.from({ length: 80 }, () => guess('jane', right)))
  expect(found.filter((each) => each === 'BUSY')).toHaveLength(80 - 5 - 64)
})

test('the wait doubles with each wrong one and ends at a quarter of an hour: nobody is shut out for good (row 170)', async () => {
  await times(4)
  const waits: number[] = []
  for (let index = 0; index < 8; index += 1) {
    expect(await guess('jane')).toBe('wrong')
    const seconds = await waitOf('jane')
    clock.advance(seconds * 1000)
    waits.push(seconds)
  }
  expect(waits).toEqual([30, 60, 120, 240, 480, 900, 900, 900])
  expect(await guess('jane', right)).toBe('right')
})

test('what could not be checked was no guess', async () => {
  for (let index = 0; index < 20; index += 1) expect(await guess('jane', busy)).toBe('BUSY')
  expect(await times(6)).toEqual(['wrong', 'wrong', 'wrong', 'wrong', 'wrong', 'TOO_MANY_ATTEMPTS'])
})

test('a right one begins anew, and so does a new password', async () => {
  await times(4)
  expect(await guess('jane', right)).toBe('right')
  await times(5)
  guesses.forget('jane')
  expect((await times(5)).every((found) => found === 'wrong')).toBe(true)
})

test('an hour of quiet begins anew too', async () => {
  await times(4)
  clock.advance(60 * MINUTE)
  expect((await times(5)).every((found) => found === 'wrong')).toBe(true)
})

test('neither a guess nor a wait is shorter or longer because somebody set the clock (row 162)', async () => {
  await times(5)
  clock.set(-60 * MINUTE)
  expect(await waitOf('jane')).toBe(30)
  clock.set(2 * 60 * MINUTE)
  expect(await waitOf('jane')).toBe(30)
})

test('those that were quiet for longest make room when very many names are tried', async () => {
  await times(5, 'first')
  for (let index = 0; index < 9_999; index += 1) await guess(`name ${index}`, undefined, `address ${index}`)
  expect(await guess('first')).toBe('TOO_MANY_ATTEMPTS')
  await guess('one more')
  expect(await guess('first')).toBe('wrong')
})
