/** What the pages name is there: commands, options, scripts, variables, messages, exit codes. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { wholeProgram } from '../../src/command-line.ts'
import { EXITS } from '../../src/manual/manual.ts'
import { topics } from '../../src/manual/topics.ts'
import { readSources } from '../harness/sources.ts'
import { blocksOf, headingsOf, pageNames, ROOT, readPage, rowsUnder, spansOf } from './page.ts'

const program = await wholeProgram()
/** The changelog names what was, too; the page of commands is made of the program, and its examples are anybody's. */
const pages = pageNames.filter((name) => !['CHANGELOG.md', 'docs/commands.md'].includes(name))

/** What is wrong with a command as a page writes it; `null` when nothing is. */
const faultOf = (typed: string): string | null => {
  const words = typed
    .replace(/ -- .*/, '')
    .split(/\s+/)
    .slice(1)
  let command: Command = program
  for (const word of words) {
    const found = command.commands.find((each) => each.name() === word)
    if (found === undefined) break
    command = found
  }
  const first = words[0] ?? ''
  if (command === program && first !== '' && !/^(-|help$|COMMAND$)/.test(first)) return `there is no ${first}`
  const options = [...command.options, ...program.options].flatMap(({ long, short }) => [long, short])
  const unknown = words
    .filter((word) => /^-{1,2}[a-z]/i.test(word))
    .map((word) => word.replace(/[=,:;.].*$/, ''))
    .find((word) => !options.includes(word) && word !== '--help')
  return unknown === undefined ? null : `${command.name()} has no ${unknown}`
}

test.each(pages)('every command that %s names is one, and its options are its own', (name) => {
  const typed = spansOf(readPage(name)).filter((span) => /^keyturn( |$)/.test(span))
  expect(typed.map((span) => [span, faultOf(span)]).filter(([, fault]) => fault !== null)).toEqual([])
})

test.each([
  ['a command that there is not', 'keyturn sing-in'],
  ['an option of another command', 'keyturn status --scope x'],
])('%s is told', (_, typed) => {
  expect(faultOf(typed)).not.toBeNull()
})

test.each(pages)('every script of npm that %s names is one', (name) => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const named = [...readPage(name).matchAll(/\bnpm run ([\w:-]+)/g)].map(([, script = '']) => script)
  expect(named.filter((script) => !(script in scripts))).toEqual([])
})

test.each(pages)('every variable of ours that %s names is read', (name) => {
  const listed = JSON.stringify(topics.environment)
  const named = readPage(name).match(/\bKEYTURN_[A-Z_]+[A-Z]\b/g) ?? []
  expect(named.filter((variable) => !listed.includes(`"${variable}"`))).toEqual([])
})

test.each(pages)('every block of %s says what it is, and one that is not run says why', (name) => {
  const known = ['sh', 'bash', 'text', 'ts', 'js', 'json', 'diff', 'yaml', 'groovy', 'crontab']
  expect(blocksOf(readPage(name)).filter(({ language }) => !known.includes(language))).toEqual([])
  expect(readPage(name).match(/^<!-- not run:.*-->\n(?!```)/gm)).toBeNull()
})

test('the architecture page has every room, and no other', () => {
  const [rooms] = blocksOf(readPage('docs/architecture.md')).filter(({ heading }) => heading === 'The rooms')
  const named = [...(rooms?.text ?? '').matchAll(/^ {2}([\w.-]+)/gm)].map(([, name = '']) => name)
  expect(named.sort()).toEqual(readdirSync(join(ROOT, 'src')).sort())
})

const TROUBLE = readPage('docs/troubleshooting.md')
const exits = headingsOf(TROUBLE).filter((heading) => heading.startsWith('Exit '))

test('troubleshooting has every exit code but success', () => {
  const told = exits.flatMap((heading) => [...(heading.split(':')[0] ?? '').matchAll(/\d+/g)].map(Number))
  // 141 is the shell's, for a closed pipe.
  const all = [...Object.keys(EXITS).map(Number).filter(Boolean), 141]
  expect(told.sort((a, b) => a - b)).toEqual(all.sort((a, b) => a - b))
})

const said = [...readSources().values()].map((source) => source.replaceAll("\\'", "'"))
const messages = exits.flatMap((exit) =>
  rowsUnder(TROUBLE, exit)
    .slice(1)
    .map(([message = '']) => message.replace(/^`|`$/g, '')),
)

test.each(messages)('keyturn says “%s”', (message) => {
  const parts = message.split('…').map((part) => part.trim())
  const telling = parts.filter((part) => part.length > 4)
  expect(telling).not.toEqual([])
  for (const part of telling)
    expect(
      said.some((source) => source.includes(part)),
      part,
    ).toBe(true)
})
