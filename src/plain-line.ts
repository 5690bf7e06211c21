/**
 * The command lines that scripts give again and again, of words and whole options, read without commander: to load it and
 * to tell it of one command takes a fifth of a start of Node. What it is told is recorded from the same declarations.
 * Whatever else a line holds, and above all whatever is wrong with it, is commander's to read.
 */
import type { Command } from 'commander'
import type { Perform } from './commands/command.ts'
import { commands } from './commands/index.ts'
import { declareGlobalOptions } from './global-options.ts'

type Values = Record<string, string | boolean>

interface Recorded {
  parent: Recorded | null
  commands: Map<string, Recorded>
  options: Map<string, Option>
  values: Values
  /** It may be given words of its own. */
  takesWords: boolean
  /** What commander calls with the options, then the command. */
  action: Action | null
  command: Command
}

type Action = (values: Values, command: Command) => Promise<void>

interface Option {
  name: string
  takesValue: boolean
}

/** These are read by others before commander, or print what only it knows. */
const NOT_PLAIN = ['--help', '--jq']

/** A flag, the opposite of one, or an option that must have a value: `--all`, `--no-input`, `--profile <name>`. */
const OPTION = /^(?:-\w, )?(--(no-)?([a-z-]+))( <[^>]+>)?$/

const camelCase = (name: string): string => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())

/** As much of commander's `Command` as declarations use. What a line may not plainly have is left out of the record. */
const recorded = (parent: Recorded | null): Recorded => {
  const found: Recorded = {
    parent,
    commands: new Map(),
    options: new Map(),
    values: {},
    takesWords: false,
    action: null,
    command: {} as Command,
  }
  const record = {
    command: (words: string) => {
      const [word = '', ...own] = words.split(' ')
      const inner = recorded(found)
      inner.takesWords = own.length > 0
      found.commands.set(word, inner)
      return inner.command
    },
    option: (flags: string, _does: string, read?: unknown) => {
      const [, long = '', not, name = '', value] = OPTION.exec(flags) ?? []
      if (long === '' || read !== undefined || NOT_PLAIN.includes(long)) return record
      found.options.set(long, { name: camelCase(name), takesValue: value !== undefined })
      if (not) found.values[camelCase(name)] = true
      return record
    },
    addArgument: () => {
      found.takesWords = true
      return record
    },
    createArgument: () => ({ choices: () => null }),
    action: (action: Action) => {
      found.action = action
      return record
    },
    createOption: () => ({ choices: () => null }),
    addOption: () => record,
    description: () => record,
    usage: () => record,
    optsWithGlobals: (): Values => ({ ...found.values, ...parent?.command.optsWithGlobals() }),
  }
  found.command = record as unknown as Command
  return found
}

const optionOf = (command: Recorded | null, long: string): { at: Recorded; option: Option } | null => {
  if (command === null) return null
  const option = command.options.get(long)
  return optionOf(command.parent, long) ?? (option === undefined ? null : { at: command, option })
}

/** What runs the command of such a line; `null` for any other line. */
export const readPlainly = async (args: readonly string[], perform: Perform): Promise<(() => Promise<void>) | null> => {
  const entry = commands.find(({ name }) => args.includes(name))
  if (entry === undefined) return null
  const program = recorded(null)
  declareGlobalOptions(program.command)
  ;(await entry.load())(program.command, perform)
  let command = program
  for (let index = 0; index < args.length; index++) {
    const argument = args[index] ?? ''
    const next = args[index + 1]
    const isWord = next !== undefined && next.trim() !== '' && !next.startsWith('-')
    if (!argument.startsWith('-')) {
      const inner = command.commands.get(argument)
      if (inner === undefined) return null
      command = inner
      continue
    }
    const known = optionOf(command, argument)
    if (known === null || (argument === '--json' && isWord)) return null
    const { at, option } = known
    if (option.takesValue && !isWord) return null
    at.values[option.name] = option.takesValue ? (args[++index] ?? '') : !argument.startsWith('--no-')
  }
  const { action, values, takesWords } = command
  return action === null || takesWords ? null : () => action(values, command.command)
}
