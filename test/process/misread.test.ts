import { expect, test } from 'vitest'
import { freshHome } from '../harness/home.ts'
import { keyturn } from '../harness/program.ts'

test.each([
  [['keys', 'create'], "missing required argument 'name'", 'see: keyturn keys create --help'],
  [['keys'], '"keyturn keys" needs another word: create, list, revoke, rotate', 'see: keyturn keys --help'],
  [['keys', 'no'], '"no" is no command', 'see: keyturn keys --help'],
  [['--quiet'], 'no command was given', 'give one, such as keyturn status; which there are: keyturn help'],
  [
    ['completion', 'csh'],
    '"csh" can\'t be the shell. Allowed choices are bash, zsh, fish, powershell.',
    'see: keyturn completion --help',
  ],
  [['status', 'x'], 'too many words: "keyturn status" takes none behind it', 'no secret is an argument: '],
  [
    ['keys', 'rotate', 'a', 'b'],
    'too many words: "keyturn keys rotate" takes 1 behind it',
    'no secret is an argument: ',
  ],
  [['--profile', 'work', 'keys', '--bogus'], 'unknown option --bogus', 'see: keyturn keys --help'],
])('%j is answered with %s and what to type', async (args, message, hint) => {
  const result = await keyturn(args, { home: freshHome() })
  expect(result).toMatchObject({ code: 2, stdout: '' })
  expect(result.stderr.startsWith(`keyturn: ${message}\n  ${hint}`), result.stderr).toBe(true)
})
