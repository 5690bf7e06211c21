import type { Command } from 'commander'
import { Failure } from '../vocabulary/failure.ts'
import { nearest } from '../vocabulary/nearest.ts'
import { quoted } from '../vocabulary/quoted.ts'
import { describe } from './describe.ts'
import { commandHelp, optionsHelp, programHelp, topicHelp } from './help.ts'
import { helpPages } from './topics.ts'

/** The help that is wanted: of the program, of a command by its words, or of a topic. */
export const helpFor = (program: Command, words: readonly string[]): string => {
  if (words.length === 1 && words[0] === 'options') return optionsHelp(describe(program))
  const topic = words.length === 1 ? topicHelp(words[0] ?? '') : null
  if (topic !== null) return topic
  const command = named(program, words)
  return command === program ? programHelp(describe(program)) : commandHelp(describe(command))
}

/** Words behind a command's own are its arguments. */
const named = (command: Command, words: readonly string[]): Command => {
  const [word, ...rest] = words
  if (word === undefined || command.commands.length === 0) return command
  const found = command.commands.find((each) => each.name() === word)
  if (found !== undefined) return named(found, rest)
  const known = [
    ...command.commands.map((each) => each.name()),
    ...(command.parent ? [] : helpPages.map(([name]) => name)),
  ]
  const meant = nearest(word, known)
  throw new Failure('usage', `there is no command or page of help named ${quoted(word)}`, {
    hint: meant === null ? 'see which there are: keyturn help' : `did you mean: keyturn help ${meant}`,
  })
}
