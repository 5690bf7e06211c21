import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { createTerminal } from '../../src/terminal/terminal.ts'

const onTerminal = (
  env: Record<string, string>,
  size: { columns: number; rows: number } = { columns: 100, rows: 30 },
) => {
  const stream = () => Object.assign(new PassThrough(), { isTTY: true, ...size })
  const streams = { stdin: stream(), stdout: stream(), stderr: stream() }
  return createTerminal(streams, env, { quiet: false, noInput: false, noColor: false })
}

test.each([
  [{ TERM: 'xterm-256color' }, { plain: false, animated: true }],
  [{ TERM: 'dumb' }, { plain: true, animated: false }],
  [{ ACCESSIBLE: '1' }, { plain: true, animated: false }],
  [{ ACCESSIBLE: '0' }, { plain: false, animated: true }],
  [{ CI: 'true' }, { plain: false, animated: false }],
])('with %j a terminal is %j', async (env, kind) => {
  expect(await onTerminal(env as Record<string, string>)).toMatchObject(kind)
})

test('a terminal that does not know its size is taken for the usual one, and a small one for what it is', async () => {
  const unknown = await onTerminal({}, { columns: 0, rows: 0 })
  expect(unknown.streams.stderr).toMatchObject({ columns: 80, rows: 24 })
  const small = await onTerminal({}, { columns: 20, rows: 5 })
  expect(small.streams.stderr).toMatchObject({ columns: 20, rows: 5 })
})
