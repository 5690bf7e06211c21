/** The manual as files: docs/commands.md, and man pages. */
import type { Command } from 'commander'
import { type Described, describe } from './describe.ts'
import { commandHelp, optionsHelp, programHelp, topicHelp } from './help.ts'
import { topics } from './topics.ts'

const everyCommand = (command: Command): Described[] => [describe(command), ...command.commands.flatMap(everyCommand)]

/** Every page of help by the words that show it. */
export const everyPage = (program: Command): [words: string, text: string][] => {
  const [whole, ...all] = everyCommand(program)
  if (whole === undefined) return []
  return [
    ['', programHelp(whole)],
    ...all.map((command): [string, string] => [command.words, commandHelp(command)]),
    ['options', optionsHelp(whole)],
    ...Object.keys(topics).map((name): [string, string] => [name, topicHelp(name) ?? '']),
  ]
}

export const commandsPage = (program: Command): string => {
  const parts = everyPage(program).map(([words, text]) => {
    const title = words === '' ? 'keyturn' : `keyturn ${words in topics || words === 'options' ? 'help ' : ''}${words}`
    return `## ${title}\n\n\`\`\`text\n${text}\`\`\`\n`
  })
  return `# Commands\n\nMade by \`npm run docs\` from what \`keyturn help\` shows; a test keeps it true.\n\n${parts.join('\n')}`
}

/** The variables, as docs/configuration.md has them. */
export const environmentTable = (): string => {
  const rows = topics.environment?.parts.filter((part) => typeof part !== 'string').flat() ?? []
  const named = rows.map(([names, does]) => [names.replace(/[A-Z_]+/g, '`$&`'), does])
  return [
    '| variable | what it does |',
    '|---|---|',
    ...named.map(([names, does]) => `| ${names} | ${does} |`),
    '',
  ].join('\n')
}

/** One for the program and one for each first word, with those below it: by file name. */
export const manPages = (program: Command): [name: string, text: string][] =>
  [program, ...program.commands].map((command) => {
    const pages =
      command === program
        ? everyPage(program).filter(([words]) => words === '' || words === 'options' || words in topics)
        : everyCommand(command).map((each): [string, string] => [each.words, commandHelp(each)])
    const name = command === program ? 'keyturn' : `keyturn-${command.name()}`
    return [`${name}.1`, roff(name, command.description(), pages)]
  })

/** man(7): text as it stands, since help is laid out already. */
const roff = (name: string, does: string, pages: [string, string][]): string => {
  const sections = pages.map(([words, text]) => {
    const title = (words === '' ? 'description' : words).toUpperCase()
    return `.SH ${title}\n.nf\n${text.split('\n').map(escaped).join('\n').trimEnd()}\n.fi\n`
  })
  return `.TH ${name.toUpperCase()} 1 "" keyturn\n.SH NAME\n${escaped(`${name} - ${does}`)}\n${sections.join('')}`
}

const escaped = (line: string): string =>
  line
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('’', '\\(cq')
    .replaceAll('…', '...')
    .replace(/^([.'])/, '\\&$1')
