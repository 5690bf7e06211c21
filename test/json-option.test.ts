import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { asksForJson } from '../src/asks-for-json.ts'
import { commands } from '../src/commands/index.ts'
import { readJsonOption } from '../src/json-option.ts'

/** The whole program as it is declared, with nothing behind it. */
const declared = async (): Promise<Command> => {
  const program = new Command('keyturn').option('--profile <name>').option('--jq <expression>').option('--json')
  for (const { load } of commands) (await load())(program, async () => {})
  return program
}
const program = await declared()
const read = (line: string) => readJsonOption(line.split(' '), program)

describe('--json takes fields', () => {
  test.each([
    ['keys list --json=id,name', 'keys list --json', ['id', 'name']],
    ['--json=id keys list', '--json keys list', ['id']],
    ['keys --json=id list', 'keys --json list', ['id']],
    ['keys list --json id,name', 'keys list --json', ['id', 'name']],
    ['keys create ci --json id,key', 'keys create ci --json', ['id', 'key']],
    ['keys create --json id,key ci', 'keys create --json ci', ['id', 'key']],
    ['keys create ci --scope read --json key', 'keys create ci --scope read --json', ['key']],
    ['keys revoke k1 k2 --json id', 'keys revoke k1 k2 --json', ['id']],
    ['token --json token', 'token --json', ['token']],
    ['account show --json plan', 'account show --json', ['plan']],
    ['account show --json=plan,id', 'account show --json', ['plan', 'id']],
    ['api /v1/me --json id', 'api /v1/me --json', ['id']],
    ['api /v1/me --json=anything', 'api /v1/me --json', ['anything']],
    ['--profile name keys list --json id', '--profile name keys list --json', ['id']],
  ])('in "%s"', (line, args, fields) => {
    expect(read(line)).toEqual({ args: args.split(' '), fields })
  })
})

describe('--json swallows no word', () => {
  test.each([
    '--json account show',
    '--json token',
    'password --json reset',
    'keys --json create ci',
    'keys create --json ci',
    'keys revoke --json ci k1',
    'login --json restume',
    'api --json GET /v1/me',
    'api --json /v1/me',
    'serve --json zectre',
    'keys list --json --quiet',
    '--jq --json keys list',
    'api POST /v1/x -f --json=id',
    'keys create -- --json=id',
    'keys create --save main --json ci',
    'keys create --save --json ci',
  ])('in "%s"', (line) => {
    expect(read(line)).toEqual({ args: line.split(' '), fields: null })
  })
})

test.each([
  [
    'keys list --json=nmae',
    /"nmae" is no field .*"keyturn keys list"/,
    /id, name, prefix, .*keyturn keys list --json=id/,
  ],
  ['keys list --json id,nmae', /"nmae" is no field/, /id, name/],
  ['keys create ci --json=id,secret', /"secret" is no field/, /key, prefix/],
  ['keys create ci --json secret', /"secret" is no field/, /key, prefix/],
  ['keys list --json=', /name of a field is missing/, /id, name/],
  ['keys list --json=id,,name', /name of a field is missing/, /id, name/],
  ['account show --json=', /name of a field is missing/, /keyturn account show/],
  ['serve --json=zectre', /no answer to choose from/, /keyturn serve --json/],
  ['keys list --json=\u001b[2J', /"\[2J" is no field/, /id, name/],
])('"%s" is a wrong command line, and says which fields there are', (line, message, hint) => {
  expect(() => read(line)).toThrow(
    expect.objectContaining({
      code: 'usage',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    }),
  )
})

test.each([
  ['keys list', false],
  ['keys list --json', true],
  ['--json=id keys list', true],
  ['keys list --jq .', true],
  ['keys list --jq=.', true],
  ['keys list --jsonx', false],
  ['exec -- tool --json', false],
])('whether "%s" wants JSON, for failures too: %s', (line, wanted) => {
  expect(asksForJson(line.split(' '))).toBe(wanted)
})
