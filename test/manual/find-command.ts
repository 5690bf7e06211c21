import type { Command } from 'commander'

/** The command that the first of these words name; `null` when the first names none. */
export const findCommand = (program: Command, words: readonly string[]): Command | null => {
  let command = program
  for (const word of words) {
    const found = command.commands.find((each) => each.name() === word)
    if (found === undefined) break
    command = found
  }
  return command === program && words[0] !== '' ? null : command
}
