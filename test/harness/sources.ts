import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { parseSync } from 'rolldown/utils'

const SRC = join(import.meta.dirname, '..', '..', 'src')

/** Every file of src/ by its path in there, with slashes. */
export const readSources = (): Map<string, string> => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  return new Map(files.sort().map((name) => [name.split(sep).join('/'), readFileSync(join(SRC, name), 'utf8')]))
}

export interface SyntaxNode {
  type: string
  [field: string]: unknown
}

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && typeof (value as SyntaxNode).type === 'string'

/** Every node of a file's syntax, each with the one it stands in. */
export const syntaxOf = (file: string, source: string): { node: SyntaxNode; parent: SyntaxNode | null }[] => {
  const { program, errors } = parseSync(file, source)
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`)
  const found: { node: SyntaxNode; parent: SyntaxNode | null }[] = []
  const walk = (node: SyntaxNode, parent: SyntaxNode | null) => {
    found.push({ node, parent })
    for (const child of Object.values(node).flat()) if (isNode(child)) walk(child, node)
  }
  walk(program as unknown as SyntaxNode, null)
  return found
}

export interface Import {
  from: string
  /** Gone before the program runs. */
  typeOnly: boolean
  /** `import()`: loaded when it is come to. */
  late: boolean
}

/** Whatever a file names of other modules: imports, re-exports, `import()` and imported types. */
export const importsOf = (file: string, source: string): Import[] =>
  syntaxOf(file, source).flatMap(({ node }) => {
    if (!/^(Import|ExportNamed|ExportAll)(Declaration|Expression)$|^TSImportType$/.test(node.type)) return []
    const from = node.source as SyntaxNode | null
    if (!from) return []
    if (from.type !== 'Literal') throw new Error(`${file} imports something computed: it can't be followed`)
    const parts = (node.specifiers ?? []) as SyntaxNode[]
    const isType = (part: SyntaxNode) => (part.importKind ?? part.exportKind) === 'type'
    const typeOnly = node.type === 'TSImportType' || isType(node) || (parts.length > 0 && parts.every(isType))
    return [{ from: String(from.value), typeOnly, late: node.type === 'ImportExpression' }]
  })
