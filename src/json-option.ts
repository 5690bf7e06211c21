import type { Command } from 'commander'
import { fieldsOf, isFieldName } from './commands/fields.ts'
import { Failure } from './vocabulary/failure.ts'
import { quoted } from './vocabulary/quoted.ts'

export interface JsonOption {
  /** The arguments without the fields, as commander takes them. */
  args: string[]
  /** The fields to keep; `null`: all. */
  fields: string[] | null
}

/**
 * `--json` may stand anywhere and takes no value, so that it swallows no word of a command. `--json=a,b` is always
 * fields. `--json a,b` is that only behind the command's words, and only if the command has no place for one more word
 * or each part is the name of a field that it prints.
 */
export const readJsonOption = (args: readonly string[], program: Command): JsonOption => {
  const rest: string[] = []
  let fields: string[] | null = null
  let command = program
  let words = 0
  for (let index = 0; index < args.length; index++) {
    const argument = args[index] ?? ''
    if (argument === '--') return { args: [...rest, ...args.slice(index)], fields: checked(fields, command) }
    const next = args[index + 1]
    if (argument.startsWith('--json=')) {
      fields = split(argument.slice('--json='.length))
      rest.push('--json')
    } else if (argument === '--json' && next !== undefined && areFields(next, command, words)) {
      fields = split(next)
      rest.push(argument)
      index++
    } else {
      rest.push(argument)
      if (takesValue(argument, next, command)) rest.push(...args.slice(++index, index + 1))
      else if (!argument.startsWith('-')) {
        const within = command.commands.find((each) => each.name() === argument)
        if (within === undefined) words++
        else command = within
      }
    }
  }
  return { args: rest, fields: checked(fields, command) }
}

/** A command that answers with no value has nothing to choose from. */
export const assertHasAnswer = (command: Command): void => {
  const { names, open } = fieldsOf(wordsOf(command))
  if (open || names.length > 0) return
  throw new Failure('usage', `"keyturn ${wordsOf(command)}" has no answer to choose from`, {
    hint: `leave --jq and the fields away: keyturn ${wordsOf(command)} --json`,
  })
}

const split = (text: string): string[] => text.split(',').map((name) => name.trim())

const areFields = (word: string, command: Command, words: number): boolean => {
  if (command.parent === null || command.commands.length > 0 || word.startsWith('-')) return false
  const places = command.registeredArguments
  const hasPlace = words < places.length || places.some(({ variadic }) => variadic)
  return !hasPlace || split(word).every((name) => isFieldName(wordsOf(command), name))
}

const takesValue = (argument: string, next: string | undefined, command: Command): boolean => {
  for (let each: Command | null = command; each !== null; each = each.parent) {
    const option = each.options.find(({ long, short }) => long === argument || short === argument)
    if (option !== undefined) return option.required || (option.optional && next?.startsWith('-') === false)
  }
  return false
}

const wordsOf = (command: Command): string =>
  command.parent === null ? '' : `${wordsOf(command.parent)} ${command.name()}`.trim()

const checked = (fields: string[] | null, command: Command): string[] | null => {
  if (fields === null || command.parent === null) return fields
  assertHasAnswer(command)
  const { names, open } = fieldsOf(wordsOf(command))
  const wrong = fields.find((name) => name === '' || !(open || names.includes(name)))
  if (wrong === undefined) return fields
  const said = wrong === '' ? 'the name of a field is missing' : `${quoted(wrong)} is no field`
  const known = names.length === 0 ? 'give names with commas between' : `its fields are ${names.join(', ')}`
  throw new Failure('usage', `${said} in what "keyturn ${wordsOf(command)}" prints`, {
    hint: `${known}: keyturn ${wordsOf(command)} --json=${names[0] ?? 'id'}`,
  })
}
