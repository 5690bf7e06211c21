import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { CTRL_C, readKeys } from '../../src/terminal/keys.ts'

const keyboard = () => {
  const modes: boolean[] = []
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (mode: boolean) => modes.push(mode) })
  const keys: string[] = []
  return { stdin, modes, keys, release: readKeys(stdin, (key) => keys.push(key)) }
}
const typed = async (...chunks: string[]): Promise<string[]> => {
  const { stdin, keys, release } = keyboard()
  for (const chunk of chunks) {
    stdin.write(chunk)
    await new Promise(setImmediate)
  }
  release()
  return keys
}

test.each<[string, string[], string[]]>([
  ['single keys', ['o', 'C', '\u001b'], ['o', 'C', '\u001b']],
  ['an arrow', ['\u001b[A'], []],
  ['a paste', ['no cancel please'], []],
  ['Ctrl-C among other keys', [`abc${CTRL_C}`], [CTRL_C]],
])('%s: what is typed is what is told, and no more', async (_what, chunks, keys) => {
  expect(await typed(...chunks)).toEqual(keys)
})

test('when it is released the terminal is as it was, and nothing is read any more', () => {
  const { stdin, modes, release } = keyboard()
  release()
  expect(modes).toEqual([true, false])
  expect(stdin.isPaused()).toBe(true)
  expect(stdin.listenerCount('data') + stdin.listenerCount('error')).toBe(0)
})
