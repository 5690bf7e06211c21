import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { showLink } from '../../src/commands/link.ts'
import { createTerminal } from '../../src/terminal/terminal.ts'
import { handTime } from '../session/hand-time.ts'

test.each([
  [0, 'begun just now'],
  [200_000, 'begun 3 minutes ago'],
])('a sign-in that goes on after %d ms says when it was begun', async (away, said) => {
  const { clock, pass } = handTime()
  const resumedFrom = new Date(clock.now()).toISOString()
  pass(away)
  const stderr = new PassThrough()
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr }
  const terminal = await createTerminal(streams, {}, { quiet: false, noInput: true, noColor: true })
  showLink({ terminal, clock }, { url: 'https://zectre.example/link', resumedFrom, phrase: null, code: null })
  expect(String(stderr.read())).toMatch(new RegExp(`^going on with the sign-in ${said}\n`))
})
