/** A line that is read without commander is read as commander reads it. */
import type { Command } from 'commander'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runCommandLine, wholeProgram } from '../src/command-line.ts'
import type { GlobalOptions } from '../src/global-options.ts'
import { type CommandLine, performer } from '../src/perform.ts'
import { readPlainly } from '../src/plain-line.ts'

const READ = new Error('what was read is known')

/** What a reader of the line hands on, for an App to be made of; `null` when it hands nothing on. */
const handedOn = async (read: (line: CommandLine) => Promise<void>): Promise<GlobalOptions | null> => {
  let options: GlobalOptions | null = null
  const compose = async (given: GlobalOptions) => {
    options = given
    throw READ
  }
  const line = { version: '', print: () => {}, compose, show: async () => {} }
  await read(line).catch((error) => {
    if (error !== READ) throw error
  })
  return options
}

const plainly = (args: string[]) =>
  handedOn(async (line) =>
    (
      await readPlainly(
        args,
        performer(line, () => null),
      )
    )?.(),
  )
const byCommander = (args: string[]) => handedOn((line) => runCommandLine(args, line))

const program = await wholeProgram()
const pathOf = (command: Command): string[] => (command.parent ? [...pathOf(command.parent), command.name()] : [])
const leaves = (command: Command): Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves)
const WORDS_ALONE = leaves(program).filter((leaf) => leaf.registeredArguments.length === 0)

/** One option of a command, once as it should be and once with what belongs behind it left out. */
const given = ({ options }: Command) => {
  const usable = options.filter(({ long }) => !['--help', '--version', '--jq'].includes(long ?? ''))
  const parts = usable.map((option) => {
    const long = option.long ?? ''
    return option.required
      ? fc.constantFrom([long, 'some'], [long, 'more'], [long, 'status'], [long])
      : fc.constant([long])
  })
  return parts.length === 0
    ? fc.constant([])
    : fc.array(fc.oneof(...parts), { maxLength: 3 }).map((each) => each.flat())
}

const anyLine = fc.constantFrom(...WORDS_ALONE).chain((leaf) =>
  fc.tuple(given(program), given(program), given(leaf), given(program)).map(([before, between, own, after]) => {
    const [word = '', ...more] = pathOf(leaf)
    return [...before, word, ...between, ...more, ...own, ...after]
  }),
)

test('a plain line means what commander takes it for', async () => {
  let plain = 0
  const same = fc.asyncProperty(anyLine, async (args) => {
    const read = await plainly(args)
    if (read === null) return
    plain++
    expect(read).toEqual(await byCommander(args))
  })
  await fc.assert(same, { numRuns: 500 })
  expect(plain).toBeGreaterThan(100)
})

test.each(WORDS_ALONE.map((leaf) => [pathOf(leaf).join(' ')]))('"%s" is a plain line', async (words) => {
  expect(await plainly(words.split(' '))).not.toBeNull()
})

const WITH_WORDS = leaves(program).filter((leaf) => !WORDS_ALONE.includes(leaf))
test.each(WITH_WORDS.map((leaf) => [pathOf(leaf).join(' ')]))(
  '"%s" may have more words, so it is not',
  async (words) => {
    expect(await plainly(words.split(' '))).toBeNull()
  },
)

test.each([
  [[]],
  [['nosuch']],
  [['keys']],
  [['status', 'nosuch']],
  [['keys', 'create', 'ci']],
  [['keys', 'revoke', 'k1', '--yes']],
  [['status', '--nosuch']],
  [['--offline', 'status']],
  [['status', '--help']],
  [['status', '-h']],
  [['status', '--version']],
  [['status', '--jq', '.profile']],
  [['status', '--json', 'profile']],
  [['status', '--json=profile']],
  [['status', '--profile']],
  [['status', '--profile', '']],
  [['status', '--profile', '--json']],
  [['status', '--profile=work']],
  [['status', '--']],
  [['login', '--store', 'file']],
  [['constructor']],
])('%j is for commander to read', async (args) => {
  expect(await plainly(args)).toBeNull()
})
