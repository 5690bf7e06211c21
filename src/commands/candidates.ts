/** What could stand at the cursor, read from the declarations themselves: so completion knows what the program knows. */
import { type Argument, Command, type Option } from 'commander'
import type { App } from '../app.ts'
import { services } from '../services/registry.ts'
import { environmentVariable } from '../session/in-force.ts'
import { isClean } from '../vocabulary/clean.ts'

/** What the shell itself knows best. */
const FILES = ':files'
const COMMANDS = ':commands'

interface Place {
  command: Command
  operands: string[]
  /** The option whose value is being typed. */
  option: Option | null
  /** `--` stands before. */
  isBehind: boolean
  profile: string | null
}

interface Sources {
  compose(): Promise<App>
  /** What there is help for beside the commands, and what each is. */
  helpPages(): Promise<readonly (readonly [string, string])[]>
}

/** One a line: the word, and behind a tab what it means; or what the shell is to complete by itself. */
export const candidates = async (
  program: Command,
  before: readonly string[],
  typed: string,
  { compose, helpPages }: Sources,
): Promise<string[]> => {
  const place = placeBehind(program, before)
  const { command, operands, option, isBehind } = place
  if (isBehind && command.name() === 'exec') return [operands.length === 0 ? COMMANDS : FILES]
  if (option !== null) return matching(await valuesOf(option, place, compose), typed)
  const [, long, value] = isBehind ? [] : (/^(--[^=]+)=(.*)$/s.exec(typed) ?? [])
  if (long !== undefined && value !== undefined) {
    const given = findOption(command, long)
    const values = given === null ? [] : matching(await valuesOf(given, place, compose), value)
    return values.map((found) => (found.startsWith(':') ? found : `${long}=${found}`))
  }
  if (!isBehind && typed.startsWith('-')) return matching(optionsOf(command), typed)
  if (command === program && operands[0] === 'help') {
    const pages = operands.length > 1 ? [] : (await helpPages()).map(([name, summary]) => described(name, summary))
    return matching([...wordsOf(commandNamed(program, operands.slice(1))), ...pages], typed)
  }
  if (command.commands.length > 0) return operands.length === 0 ? matching(wordsOf(command), typed) : []
  const all = command.registeredArguments
  const argument = all[operands.length] ?? (all.at(-1)?.variadic ? all.at(-1) : undefined)
  return argument === undefined ? [] : matching(await valuesOf(argument, place, compose), typed)
}

const placeBehind = (program: Command, before: readonly string[]): Place => {
  const place: Place = { command: program, operands: [], option: null, isBehind: false, profile: null }
  for (const word of before) {
    if (place.option !== null) {
      if (place.option.long === '--profile') place.profile = word
      place.option = null
    } else if (place.isBehind) place.operands.push(word)
    else if (word === '--') place.isBehind = true
    else if (word.startsWith('-')) {
      const option = findOption(place.command, word)
      if (word.startsWith('--profile=')) place.profile = word.slice('--profile='.length)
      if (option?.required) place.option = option
    } else {
      const found = place.operands.length === 0 && place.command.commands.find((command) => command.name() === word)
      if (found) place.command = found
      else place.operands.push(word)
    }
  }
  return place
}

/** Where a word fits no command it is a page of help, or nothing: no word can come behind it. */
const commandNamed = (command: Command, [word, ...rest]: readonly string[]): Command => {
  if (word === undefined) return command
  const found = command.commands.find((each) => each.name() === word)
  return found === undefined ? new Command() : commandNamed(found, rest)
}

/** A command's own options, then those of the program. */
const allOptions = (command: Command): Option[] => [
  ...command.options,
  ...(command.parent === null ? [] : allOptions(command.parent)),
]

const findOption = (command: Command, word: string): Option | null =>
  allOptions(command).find(({ long, short }) => word === long || word === short) ?? null

const described = (word: string, meaning: string): string => `${word}\t${meaning}`

const optionsOf = (command: Command): string[] =>
  allOptions(command).flatMap(({ long, description, hidden }) => (long && !hidden ? described(long, description) : []))

const wordsOf = (command: Command): string[] =>
  command.commands.map((word) => described(word.name(), word.summary() || word.description()))

/** By the declared choices, else by what the declaration calls the value: `<service>`, `[profile]`, `<keys...>`. */
const valuesOf = async (declared: Option | Argument, place: Place, compose: () => Promise<App>): Promise<string[]> => {
  if (declared.argChoices !== undefined) return declared.argChoices
  const isOption = 'flags' in declared
  const placeholder = isOption ? (/[<[]([\w-]+)/.exec(declared.flags)?.[1] ?? '') : declared.name()
  const kind = isOption && placeholder === 'name' ? (declared.long ?? '').slice(2) : placeholder.replace(/s$/, '')
  if (kind === 'file') return [FILES]
  if (kind === 'service') return services.map(({ name, title }) => described(name, title))
  if (kind === 'profile') return profilesOf(await compose())
  return kind === 'key' ? keysOf(await compose(), place) : []
}

const profilesOf = async (app: App): Promise<string[]> =>
  Object.entries((await app.settings.read()).profiles).map(([name, { service, url }]) =>
    described(name, `${service} at ${url}`),
  )

/** Of the profile that the command would use: its keys by name where that says which, and by id and prefix. */
const keysOf = async (app: App, { profile }: Place): Promise<string[]> => {
  if (environmentVariable(app.wishes) !== null) return []
  const name = profile ?? app.wishes.profile ?? (await app.settings.read()).current
  const keys = name === null ? [] : await app.keyNames.of(name)
  const isItsOwn = (key: (typeof keys)[number]) => keys.filter((other) => other.name === key.name).length === 1
  return keys.flatMap((key) => [
    ...(key.name !== null && isItsOwn(key) ? [described(key.name, key.prefix ?? key.id)] : []),
    described(key.id, key.name ?? key.prefix ?? ''),
    ...(key.prefix === null ? [] : [described(key.prefix, key.name ?? key.id)]),
  ])
}

/** What would steer a terminal or break a line is offered to nobody. */
const matching = (all: string[], typed: string): string[] =>
  all.filter((line) => (line.startsWith(typed) || line.startsWith(':')) && isClean(line.replace('\t', '')))
