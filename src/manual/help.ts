/** Help as a person reads it on one screen: what it does, examples, options, and what a script gets. */
import { wrap } from '../terminal/wrap.ts'
import type { Described } from './describe.ts'
import { COMMON_EXITS, EXITS, type ExitCode } from './manual.ts'
import { groups, pageOf } from './pages.ts'
import { helpPages, topics } from './topics.ts'

const WIDTH = 80

/** Names, and beside them what they are; what is too long for that goes below its name. */
const listed = (pairs: readonly (readonly [string, string])[], widest: number): string[] => {
  const width = Math.min(Math.max(...pairs.map(([name]) => name.length)), widest) + 2
  return pairs.flatMap(([name, text]) => {
    const lines = wrap(text, WIDTH - 2 - width)
    const own = name.length + 2 > width
    const [first = '', ...rest] = own ? ['', ...lines] : lines
    return [
      `  ${own ? name : name.padEnd(width)}${first}`.trimEnd(),
      ...rest.map((line) => `  ${' '.repeat(width)}${line}`.trimEnd()),
    ]
  })
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', `${title}:`, ...lines]

const ALSO = 'Every command also takes --json, --quiet, --profile and more: keyturn help options'

export const commandHelp = (command: Described): string => {
  const page = pageOf(command.words)
  const exits = (Object.keys(EXITS).map(Number) as ExitCode[]).filter(
    (code) => COMMON_EXITS.includes(code) || page?.exits.includes(code),
  )
  const lines = [
    command.usage,
    '',
    ...wrap(command.does, WIDTH),
    ...section(
      'examples',
      (page?.examples ?? []).flatMap(([line, does]) => [
        `  ${line}`,
        ...wrap(does, WIDTH - 6).map((text) => `      ${text}`),
      ]),
    ),
    ...section(
      'commands',
      listed(
        command.commands.map(({ words, does }) => [words, does]),
        24,
      ),
    ),
    ...section(
      'options',
      listed(
        command.options.map(({ flags, does }) => [flags, does]),
        26,
      ),
    ),
    ...section(
      'json',
      (page?.json ?? []).flatMap((text) => wrap(text, WIDTH - 2).map((line) => `  ${line}`)),
    ),
    ...section('exit codes', [`  ${exits.join(', ')} (keyturn help exit-codes)`]),
    '',
    ALSO,
  ]
  return `${lines.join('\n')}\n`
}

export const programHelp = (program: Described): string => {
  const does = new Map(program.commands.map(({ words, does: text }) => [words, text]))
  const grouped = groups.flatMap(({ title, pages }) => {
    const names = Object.keys(pages).filter((words) => does.has(words))
    return section(
      title,
      listed(
        names.map((words) => [words, does.get(words) ?? '']),
        13,
      ),
    )
  })
  const lines = [
    'keyturn <command>: turn a browser sign-in into a key in your OS keychain',
    '',
    '  keyturn login zectre            sign in through the browser',
    '  keyturn status                  who am I, where, until when',
    '  keyturn exec -- npm run deploy  run something with the credential in its environment',
    ...grouped,
    ...section(
      'more',
      listed(
        [
          ['<command> --help', 'examples, options, JSON and exit codes of one command'],
          ...helpPages.map(([name, summary]) => [`help ${name}`, summary] as const),
        ],
        20,
      ),
    ),
  ]
  return `${lines.join('\n')}\n`
}

/** What every command takes. */
export const optionsHelp = (program: Described): string =>
  page(
    'what every command takes, before its words or behind them',
    listed(
      program.globals.map(({ flags, does }) => [flags, does]),
      22,
    ),
  )

export const topicHelp = (name: string): string | null => {
  const topic = Object.hasOwn(topics, name) ? topics[name] : undefined
  if (topic === undefined) return null
  const lines = topic.parts.flatMap((part) => [
    '',
    ...(typeof part === 'string' ? wrap(part, WIDTH) : listed(part, 26)),
  ])
  return page(topic.summary, lines.slice(1))
}

const page = (title: string, lines: readonly string[]): string => `${[title, '', ...lines].join('\n')}\n`
