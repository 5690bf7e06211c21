/** An empty word on a command line names nothing, so no command with one is begun: every place for a word is tried. */
import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { runCommandLine, wholeProgram } from '../src/command-line.ts'
import { performer } from '../src/perform.ts'
import { readPlainly } from '../src/plain-line.ts'

const program = await wholeProgram()
const pathOf = (command: Command): string[] => (command.parent ? [...pathOf(command.parent), command.name()] : [])
const leaves = (command: Command): Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves)

const begun = new Error('the command was begun')
const line = {
  version: '',
  print: () => {},
  compose: () => Promise.reject(begun),
  show: async () => {},
}
const plainly = async (args: string[]) =>
  (
    await readPlainly(
      args,
      performer(line, () => null),
    )
  )?.()
const read = async (args: string[]) => {
  await plainly(args)
  await runCommandLine(args, line)
}

const EMPTY = ['', '  ']

/** The command as it may be given, and with nothing in one of its places. */
const linesOf = (leaf: Command) => {
  const words = leaf.registeredArguments.map(({ argChoices }) => argChoices?.[0] ?? 'x')
  const options = [...leaf.options, ...program.options].filter(({ required, optional }) => required || optional)
  const empty = EMPTY.flatMap((nothing) => [
    ...(leaf.name() === 'exec' ? [] : words).map((_, index) => [...pathOf(leaf), ...words.with(index, nothing)]),
    ...options.map(({ long }) => [...pathOf(leaf), ...words, long ?? '', nothing]),
    ...options.map(({ long }) => [long ?? '', nothing, ...pathOf(leaf), ...words]),
  ])
  return { good: [...pathOf(leaf), ...words], empty }
}

test.each(leaves(program).map((leaf) => [pathOf(leaf).join(' '), linesOf(leaf)] as const))(
  '"%s" is begun with words, and not with an empty one anywhere',
  async (_, { good, empty }) => {
    await expect(read(good)).rejects.toBe(begun)
    for (const args of empty) {
      await expect(read(args), args.join('|')).rejects.toMatchObject({ code: 'usage', exitCode: 2 })
    }
  },
)

test.each([[['keys', 'revoke', 'k1', '']], [['keys', 'create', 'x', '--scope', 'a', '--scope', '']]])(
  'one of several is enough: %j',
  async (args) => {
    await expect(read(args)).rejects.toMatchObject({ code: 'usage', hint: expect.stringContaining('--help') })
  },
)

test.each([[['printf', '%s', '']], [['']]])('what another program is given is its own affair: %j', async (words) => {
  await expect(read(['exec', '--', ...words])).rejects.toBe(begun)
})
