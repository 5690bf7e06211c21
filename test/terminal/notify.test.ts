import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { notify } from '../../src/terminal/notify.ts'
import { createTerminal } from '../../src/terminal/terminal.ts'

const written = async (env: Record<string, string>, { isTTY = true, quiet = false } = {}) => {
  const stderr = Object.assign(new PassThrough(), { isTTY })
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr }
  notify(await createTerminal(streams, env, { quiet, noInput: false, noColor: false }), env, 'signed in\u0007')
  return String(stderr.read() ?? '')
}

test.each([
  ['an unknown terminal hears the bell alone', { TERM: 'xterm-256color' }, '\u0007'],
  ['one that shows notices gets the words too', { TERM_PROGRAM: 'ghostty' }, '\u001b]9;keyturn: signed in\u0007\u0007'],
  ['tmux passes no notice on', { TERM_PROGRAM: 'tmux', TERM: 'tmux-256color' }, '\u0007'],
  ['a dumb one hears nothing', { TERM: 'dumb' }, ''],
])('%s', async (_what, env, bytes) => expect(await written(env)).toBe(bytes))

test('nothing is rung under --quiet or without a terminal', async () => {
  expect(await written({}, { quiet: true })).toBe('')
  expect(await written({}, { isTTY: false })).toBe('')
})
