/** A command as its declaration has it: what help, man pages and docs/commands.md are all made from. */
import type { Command, Option } from 'commander'

export interface Described {
  /** `keys create`; empty for the program itself. */
  words: string
  /** `keyturn keys create [options] <name>` */
  usage: string
  does: string
  options: readonly { flags: string; does: string }[]
  /** What every command takes. */
  globals: readonly { flags: string; does: string }[]
  commands: readonly { words: string; does: string }[]
}

const shown = (options: readonly Option[]) =>
  options
    .filter(({ hidden }) => !hidden)
    .map((option) => ({
      flags: option.flags,
      does: option.argChoices ? `${option.description}: ${option.argChoices.join(', ')}` : option.description,
    }))

const pathOf = (command: Command): Command[] => (command.parent ? [...pathOf(command.parent), command] : [command])

export const describe = (command: Command): Described => {
  const path = pathOf(command)
  const names = path.map((each) => each.name())
  const visible = command.commands.filter((each) => !(each as Command & { _hidden?: boolean })._hidden)
  const rest = [
    ...(command.options.length > 0 && path.length > 1 ? ['[options]'] : []),
    ...(visible.length > 0 ? ['<command>'] : []),
    ...command.registeredArguments.map((argument) =>
      argumentText(argument.name(), argument.required, argument.variadic),
    ),
  ]
  return {
    words: names.slice(1).join(' '),
    usage: [...names, ...rest].join(' '),
    does: command.description(),
    options: path.length > 1 ? shown(command.options) : [],
    globals: shown(path[0]?.options ?? []),
    commands: visible.map((each) => ({
      words: [...names.slice(1), each.name()].join(' '),
      does: each.summary() || each.description(),
    })),
  }
}

const argumentText = (name: string, required: boolean, variadic: boolean): string => {
  const text = `${name}${variadic ? '...' : ''}`
  return required ? `<${text}>` : `[${text}]`
}
