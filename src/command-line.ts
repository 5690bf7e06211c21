import { Command, CommanderError } from 'commander'
import type { Answer, App } from './app.ts'
import type { Perform } from './commands/command.ts'
import { commands } from './commands/index.ts'
import { Failure } from './vocabulary/failure.ts'

/** What stands before or after any command's name. */
export interface GlobalOptions {
  profile?: string
  service?: string
  url?: string
  adminUrl?: string
  org?: string
  timeout?: string
  /** Of the commands that sign in or up. */
  store?: NonNullable<App['wishes']['store']>
  json?: boolean
  quiet?: boolean
  verbose?: boolean
  input: boolean
  color: boolean
}

const TAKE_A_VALUE = ['--profile', '--service', '--url', '--admin-url', '--org', '--timeout']

/** The first word that is no option and no option's value. */
export const firstWord = (args: readonly string[]): string | null => {
  for (let index = 0; index < args.length; index++) {
    const argument = args[index] ?? ''
    if (TAKE_A_VALUE.includes(argument)) index++
    else if (!argument.startsWith('-')) return argument
  }
  return null
}

export interface CommandLine {
  version: string
  /** Help goes where answers go. */
  print(text: string): void
  compose(options: GlobalOptions): Promise<App>
  show(app: App, answer: Answer): Promise<void>
}

/** Reads the arguments, loads the file of the one command they name, and runs it. */
export const runCommandLine = async (args: readonly string[], line: CommandLine): Promise<void> => {
  if (args[0] === '__complete') return complete(args.slice(1), line)
  const program = declareProgram(line)
  const perform: Perform = async (command, run) => {
    const app = await line.compose(command.optsWithGlobals<GlobalOptions>())
    const answer = await run(app)
    if (answer !== null) await line.show(app, answer)
  }
  const word = firstWord(args)
  await declareCommands(program, perform, (name) => name === word || word === 'help')
  if (args.length === 0) return program.outputHelp()
  try {
    await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode !== 0) throw misread(error, word)
  }
}

const declareCommands = async (
  program: Command,
  perform: Perform,
  inFull: (name: string) => boolean,
): Promise<void> => {
  for (const { name, summary, load } of commands) {
    if (inFull(name)) (await load())(program, perform)
    else program.command(name).summary(summary).description(summary)
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
    (name) => name === word,
  )
  const { candidates } = await import('./commands/candidates.ts')
  const compose = () => line.compose({ quiet: true, input: false, color: false })
  const found = await candidates(program, typed.slice(0, Number(index)), typed[Number(index)] ?? '', compose)
  line.print(found.map((candidate) => `${candidate}\n`).join(''))
}

const declareProgram = ({ version, print }: CommandLine): Command =>
  new Command('keyturn')
    .description('turn a browser sign-in into a key in your OS keychain')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .option('--profile <name>', 'the profile to use, instead of the current one')
    .option('--service <name>', 'the service to use, where no profile says')
    .option('--url <address>', 'the address of the service, for signing in')
    .option('--admin-url <address>', 'where its B2B calls go, where that is another address')
    .option('--org <id>', 'the organisation that B2B calls are for')
    .option('--timeout <seconds>', 'how long one call, or the keychain, may take')
    .option('--json', 'print JSON')
    .option('--quiet', 'print the one thing a script wants, and no talk')
    .option('--verbose', 'show each request and answer on stderr, with nothing secret in them')
    .option('--no-input', 'never ask for anything')
    .option('--no-color', 'no colour')
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: () => {}, outputError: () => {} })
    .showSuggestionAfterError(true)
    .configureHelp({ showGlobalOptions: true })

/** Commander's own words, as a failure of ours. */
const misread = (error: CommanderError, word: string | null): Failure => {
  if (error.code === 'commander.help') {
    return new Failure('usage', `"keyturn ${word ?? ''}" needs another word`, {
      hint: `see: keyturn ${word ?? ''} --help`,
    })
  }
  const [said = '', ...suggestion] = error.message.replace(/^error: /, '').split('\n')
  const known = commands.some(({ name }) => name === word)
  const hint = suggestion.join(' ').replace(/^\(|\)$/g, '')
  return new Failure('usage', said, { hint: hint || `see: keyturn ${known ? `${word} ` : ''}--help` })
}
