import { Command, CommanderError } from 'commander'
import type { Perform } from './commands/command.ts'
import { commands } from './commands/index.ts'
import { declareGlobalOptions, type GlobalOptions } from './global-options.ts'
import { assertHasAnswer, readJsonOption } from './json-option.ts'
import { type CommandLine, performer } from './perform.ts'
import { Failure } from './vocabulary/failure.ts'
import { quoted } from './vocabulary/quoted.ts'

const TAKE_A_VALUE = ['--profile', '--service', '--url', '--admin-url', '--org', '--timeout', '--jq']

/** The first word that is no option and no option's value. */
export const firstWord = (args: readonly string[]): string | null => {
  for (let index = 0; index < args.length; index++) {
    const argument = args[index] ?? ''
    if (TAKE_A_VALUE.includes(argument)) index++
    else if (!argument.startsWith('-')) return argument
  }
  return null
}

/** What is neither an option nor its value. */
const wordsOf = (args: readonly string[]): string[] =>
  args.filter((argument, index) => !argument.startsWith('-') && !TAKE_A_VALUE.includes(args[index - 1] ?? ''))

/** The words after `help`, or of the command that `--help` stands behind; `null` when no help is wanted. */
const helpAskedFor = (args: readonly string[]): string[] | null => {
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args
  const words = wordsOf(own)
  if (words[0] === 'help') return words.slice(1)
  return args.length === 0 || own.includes('--help') || own.includes('-h') ? words : null
}

/** The same for `keyturn keys help create`: commander would answer with a page of its own. */
const helpInGroup = (program: Command, [word, help, ...rest]: readonly string[]): string[] | null => {
  const group = program.commands.find((each) => each.name() === word && each.commands.length > 0)
  return group !== undefined && help === 'help' ? [group.name(), ...rest] : null
}

/** Reads the arguments, loads the file of the one command they name, and runs it. */
export const runCommandLine = async (args: readonly string[], line: CommandLine): Promise<void> => {
  if (args[0] === '__complete') return complete(args.slice(1), line)
  const program = declareProgram(line)
  let fields: readonly string[] | null = null
  const perform = performer(line, (command) => {
    if (command.optsWithGlobals<GlobalOptions>().jq !== undefined) assertHasAnswer(command)
    return fields
  })
  const asked = helpAskedFor(args)
  const word = asked === null ? firstWord(args) : (asked[0] ?? null)
  const isKnown = commands.some(({ name }) => name === word)
  // The other words are what help lists and what a mistyped one is compared with.
  await declareCommands(program, perform, (name) => name === word, isKnown && asked === null)
  const page = asked ?? helpInGroup(program, wordsOf(args))
  if (page !== null) {
    const { helpFor } = await import('./manual/help-for.ts')
    return line.print(helpFor(program, page))
  }
  try {
    const read = readJsonOption(args, program)
    fields = read.fields
    await program.parseAsync(read.args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode !== 0) throw misread(error, innermost(program, wordsOf(args)))
  }
}

const declareCommands = async (
  program: Command,
  perform: Perform,
  inFull: (name: string) => boolean,
  alone = false,
): Promise<void> => {
  for (const { name, summary, load } of commands) {
    if (inFull(name)) (await load())(program, perform)
    else if (!alone) program.command(name).summary(summary).description(summary)
  }
}

/** What the completion scripts ask: the number of the word that is being typed, then the words. */
const complete = async ([index, ...words]: readonly string[], line: CommandLine): Promise<void> => {
  const program = declareProgram(line)
  const typed = words.slice(0, Number(index) + 1)
  const word = firstWord(typed)
  await declareCommands(
    program,
    async () => {},
    (name) => name === (word === 'help' ? firstWord(typed.slice(typed.indexOf(word) + 1)) : word),
  )
  const { candidates } = await import('./commands/candidates.ts')
  const found = await candidates(program, typed.slice(0, Number(index)), typed[Number(index)] ?? '', {
    compose: () => line.compose({ quiet: true, input: false, color: false }),
    helpPages: async () => (await import('./manual/topics.ts')).helpPages,
  })
  line.print(found.map((candidate) => `${candidate}\n`).join(''))
}

const declareProgram = ({ version, print }: Pick<CommandLine, 'version' | 'print'>): Command =>
  declareGlobalOptions(
    new Command('keyturn')
      .description('turn a browser sign-in into a key in your OS keychain')
      .version(version, '--version', 'print the version')
      .helpOption(false)
      .helpCommand(false)
      .exitOverride()
      .hook('preAction', (_program, command) => assertNoneEmpty(command))
      .configureOutput({ writeOut: print, writeErr: () => {}, outputError: () => {} })
      .showSuggestionAfterError(true),
  )

/** Its words are another program's. */
const RUNS_ANOTHER = 'exec'

/**
 * An empty word is a variable that was not set. What it names would be something else: to a service an address without a
 * key's id is that of all keys.
 */
const assertNoneEmpty = (command: Command): void => {
  const words = command.name() === RUNS_ANOTHER ? [] : command.args
  if (words.some(isEmpty)) throw empty(`a word of "${typedOf(command)}"`, command)
  for (let each: Command | null = command; each !== null; each = each.parent) {
    const values: Record<string, unknown> = each.opts()
    const found = each.options.find((option) => [values[option.attributeName()]].flat().some(isEmpty))
    if (found !== undefined) throw empty(`what was given to ${found.long}`, command)
  }
}

const isEmpty = (value: unknown): boolean => typeof value === 'string' && value.trim() === ''

const empty = (what: string, command: Command): Failure =>
  new Failure('usage', `${what} is empty`, {
    hint: `is it a variable that is not set? see: ${typedOf(command)} --help`,
  })

/** Everything that is declared, for what is written down of it. */
export const wholeProgram = async (): Promise<Command> => {
  const program = declareProgram({ version: '', print: () => {} })
  await declareCommands(
    program,
    async () => {},
    () => true,
  )
  return program
}

/** The command that the words name, as far as they name one. */
const innermost = (command: Command, [word, ...rest]: readonly string[]): Command => {
  const found = command.commands.find((each) => each.name() === word)
  return found === undefined ? command : innermost(found, rest)
}

const typedOf = (command: Command): string =>
  command.parent === null ? command.name() : `${typedOf(command.parent)} ${command.name()}`

/** Commander's own words, as a failure of ours. */
const misread = (error: CommanderError, command: Command): Failure => {
  const typed = typedOf(command)
  if (error.code === 'commander.help') {
    if (command.parent === null)
      return new Failure('usage', 'no command was given', {
        hint: 'give one, such as keyturn status; which there are: keyturn help',
      })
    const words = command.commands.map((each) => each.name()).join(', ')
    return new Failure('usage', `"${typed}" needs another word: ${words}`, { hint: `see: ${typed} --help` })
  }
  const [said = '', ...suggestion] = withoutValues(error.message, typed).split('\n')
  const nearest = suggestion.map((text) => `${text.replace(/^\(|\)$/g, '')} `).join('')
  return new Failure('usage', said, {
    hint: asksForSecret(error, said) ? NO_ARGUMENT : `${nearest}see: ${typed} --help`,
  })
}

/** The name of an option is repeated as it is, its value never, and any other word only when it can be no secret. */
const withoutValues = (message: string, typed: string): string =>
  message
    .replace(/^error: /, '')
    .replace(/^unknown option '(--[a-z-]+|-[a-z])?(.*)'/s, (_, name = '', value) =>
      `unknown option ${name}${value === '' ? '' : '…'}`.replace(/ …$/, ''),
    )
    .replace(/^unknown command '(.*)'/s, (_, given) => `${quoted(given)} is no command`)
    .replace(
      /^too many arguments .*? Expected (\d+) .*/s,
      (_, most) => `too many words: "${typed}" takes ${most === '0' ? 'none' : most} behind it`,
    )
    .replace(
      /^option '(.*?)' argument '(.*)' is invalid\./s,
      (_, option, given) => `${quoted(given)} can't be ${option}.`,
    )
    .replace(
      /^command-argument value '(.*)' is invalid for argument '(.*?)'\./s,
      (_, given, argument) => `${quoted(given)} can't be the ${argument}.`,
    )

const NO_ARGUMENT =
  'no secret is an argument: it is read from standard input, as in keyturn login --password-stdin (or --with-api-key, --with-token) < FILE'

/** A word too many, or an option that other programs take a secret with. */
const asksForSecret = ({ code }: CommanderError, said: string): boolean =>
  code === 'commander.excessArguments' ||
  (code === 'commander.unknownOption' &&
    /^unknown option --?(\w+-)*(p|pass\w*|key|token|secret|credential)…?$/.test(said))
