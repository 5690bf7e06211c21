/** The manual is of the program as it is: nothing missing, nothing that is not there. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { wholeProgram } from '../../src/command-line.ts'
import { FIELDS } from '../../src/commands/fields.ts'
import { commandsPage, environmentTable, everyPage, manPages } from '../../src/manual/documents.ts'
import { helpFor } from '../../src/manual/help-for.ts'
import { EXITS } from '../../src/manual/manual.ts'
import { groups, pageOf } from '../../src/manual/pages.ts'
import { EXIT_CODES } from '../../src/vocabulary/failure.ts'
import { readSources } from '../harness/sources.ts'
import { findCommand } from './find-command.ts'

const DOCS = join(import.meta.dirname, '..', '..', 'docs')
const program = await wholeProgram()
const pages = everyPage(program)
const written = groups.flatMap((group) => Object.entries(group.pages))

test('docs/commands.md is what the program says; `npm run docs` makes it so', () => {
  expect(readFileSync(join(DOCS, 'commands.md'), 'utf8')).toBe(commandsPage(program))
})

test('so is the table of variables in docs/configuration.md', () => {
  expect(readFileSync(join(DOCS, 'configuration.md'), 'utf8')).toContain(environmentTable())
})

test('every variable of its own that the program reads is in that table', () => {
  const read = [...readSources().values()].flatMap((text) =>
    [...text.matchAll(/\benv\.(KEYTURN_\w+)/g)].map(([, name]) => name),
  )
  for (const name of new Set(read)) expect(environmentTable()).toContain(`| \`${name}\` |`)
})

test('so are the man pages', () => {
  const made = Object.fromEntries(manPages(program))
  const there = readdirSync(join(DOCS, 'man')).map((name) => [name, readFileSync(join(DOCS, 'man', name), 'utf8')])
  expect(Object.fromEntries(there)).toEqual(made)
})

test.each(pages.map(([words, text]) => ({ words: words || 'keyturn', text })))(
  'the help of "$words" stands as it was last read',
  async ({ words, text }) => {
    await expect(text).toMatchFileSnapshot(join(import.meta.dirname, 'help', `${words.replaceAll(' ', '-')}.txt`))
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(90)
  },
)

test('no page is kept of a command that is gone', () => {
  const names = pages.map(([words]) => `${(words || 'keyturn').replaceAll(' ', '-')}.txt`)
  expect(readdirSync(join(import.meta.dirname, 'help')).sort()).toEqual(names.sort())
})

test('every command has its page, and every page its command', () => {
  const commands = pages.map(([words]) => words).filter((words) => findCommand(program, words.split(' ')) !== null)
  expect(written.map(([words]) => words).sort()).toEqual(commands.filter((words) => words !== '').sort())
  expect(pageOf('nosuch')).toBeNull()
})

describe.each(written)('the page of %s', (words, { examples }) => {
  test('has an example', () => expect(examples).not.toEqual([]))
  test.each(examples)('"%s" is of flags that are there', (line) => {
    const own = /keyturn [^|)<>"]+/.exec(line)?.[0].trim().split(' -- ')[0] ?? ''
    const [, ...parts] = own.split(' ')
    const command = findCommand(program, parts)
    expect(command, line).not.toBeNull()
    const known = [...program.options, ...(command?.options ?? [])].flatMap(({ short, long }) => [short, long])
    for (const flag of parts.filter((part) => part.startsWith('-'))) expect(known).toContain(flag.split('=')[0])
    expect(own).toContain(words.split(' ')[0])
  })
})

test('of every command it is known which fields its JSON has', () => {
  const leaves = written.filter(([words]) => findCommand(program, words.split(' '))?.commands.length === 0)
  expect(Object.keys(FIELDS).sort()).toEqual(leaves.map(([words]) => words).sort())
})

test('every exit code that a failure can give is told of', () => {
  const told = Object.keys(EXITS).map(Number)
  for (const code of Object.values(EXIT_CODES)) expect(told).toContain(code)
})

test.each([
  [['kyes'], 'did you mean: keyturn help keys'],
  [['keys', 'lst'], 'did you mean: keyturn help list'],
  [['exit-code'], 'did you mean: keyturn help exit-codes'],
  [['something', 'else'], 'see which there are: keyturn help'],
])('help of %s is a wrong word, with the nearest one', (words, hint) => {
  expect(() => helpFor(program, words)).toThrow(expect.objectContaining({ code: 'usage', hint }))
})

test('words behind a command are its arguments, and change nothing', () => {
  expect(helpFor(program, ['keys', 'create', 'ci'])).toBe(helpFor(program, ['keys', 'create']))
})
