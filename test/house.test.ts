import { expect, test } from 'vitest'
import { readSources, type SyntaxNode, syntaxOf } from './harness/sources.ts'

const MAY_NAME_PROCESS = ['start.ts', 'main.ts', 'secrets/keychain-child.ts', 'executable/main.ts']
const MOST_LINES = 250

const nameOf = (node: unknown): unknown => (node as SyntaxNode | null)?.name
/** `object.property`, whichever way the property is written. */
const isMember = (node: SyntaxNode, object: string, property: string): boolean => {
  const key = node.property as SyntaxNode | undefined
  return (
    node.type === 'MemberExpression' &&
    nameOf(node.object) === object &&
    (key?.name === property || key?.value === property)
  )
}
/** The name of a field or of a property after a dot is no use of a variable of that name. */
const isUse = (node: SyntaxNode, parent: SyntaxNode | null): boolean =>
  !(parent?.type === 'MemberExpression' && parent.property === node && !parent.computed) &&
  !(parent && 'key' in parent && parent.key === node && !parent.shorthand && !parent.computed)

const complaintsAbout = (sources: Map<string, string>): string[] =>
  [...sources].flatMap(([file, source]) => {
    const lines = source.split('\n').length - 1
    const syntax = syntaxOf(file, source)
    const some = (check: (node: SyntaxNode, parent: SyntaxNode | null) => boolean) =>
      syntax.some(({ node, parent }) => check(node, parent))
    const namesProcess = some(
      (node, parent) =>
        (node.type === 'Identifier' && node.name === 'process' && isUse(node, parent)) ||
        isMember(node, 'globalThis', 'process') ||
        isMember(node, 'global', 'process'),
    )
    return [
      lines > MOST_LINES && `${file} has ${lines} lines: it holds two things`,
      some((node) => node.type === 'ExportDefaultDeclaration') && `${file} has a default export`,
      some((node) => isMember(node, 'Math', 'random')) && `${file} uses Math.random`,
      namesProcess && !MAY_NAME_PROCESS.includes(file) && `${file} names process`,
      some((node) => isMember(node, 'process', 'exit')) && file !== 'main.ts' && `${file} ends the process`,
    ].filter((complaint) => complaint !== false)
  })

test('the source keeps the rules of the house', () => {
  expect(complaintsAbout(readSources())).toEqual([])
})

test.each([
  ['a use of process', 'session/a.ts', `export const a = process.env.HOME`],
  ['process by a way round', 'session/a.ts', `export const a = globalThis.process`],
  ['process as a shorthand', 'session/a.ts', `export const a = { process }`],
  ['process, imported', 'session/a.ts', `import process from 'node:process'`],
  ['an end of the process outside main', 'secrets/keychain-child.ts', `process.exit(1)`],
  ['the same with brackets', 'secrets/keychain-child.ts', `process['exit'](1)`],
  ['Math.random', 'session/a.ts', `export const a = Math.random()`],
  ['a default export', 'session/a.ts', `export default 1`],
  ['a file that is too long', 'session/a.ts', `// one more line\n`.repeat(251)],
])('%s is caught', (_, file, source) => {
  expect(complaintsAbout(new Map([[file, source]]))).toHaveLength(1)
})

test.each([
  ['a field of that name', `export const a = (b: { process: string }) => ({ process: b.process })`],
  ['the word in a text or a comment', `// process.exit\nexport const a = 'process.exit(1)'`],
  ['the longest file there may be', `// one line\n`.repeat(250)],
])('%s is nothing to complain about', (_, source) => {
  expect(complaintsAbout(new Map([['session/a.ts', source]]))).toEqual([])
})
