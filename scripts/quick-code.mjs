/**
 * Rewrites a chunk into what means the same and takes less time to start with. Most of what a command takes is V8 reading
 * its code, and it reads a function that is called later in two thirds of the time that it needs for an arrow function.
 */
import { parseAst } from 'rolldown/parseAst'

/** What gives code a `this` of its own. */
const OWN_THIS = ['FunctionDeclaration', 'FunctionExpression', 'PropertyDefinition', 'StaticBlock']

/** What an arrow function takes from around it. */
const isFromAround = ({ type, name }) =>
  ['ThisExpression', 'Super', 'MetaProperty'].includes(type) || (type === 'Identifier' && name === 'arguments')

const childrenOf = (node) =>
  Object.values(node)
    .flat()
    .filter((value) => typeof value?.type === 'string')

/** Adds the arrow functions of a node that take nothing from around them; tells whether the node does. */
const collectFree = (node, free) => {
  const takers = childrenOf(node).filter((child) => collectFree(child, free))
  if (OWN_THIS.includes(node.type)) return false
  const takes = takers.length > 0 || isFromAround(node)
  if (node.type === 'ArrowFunctionExpression' && !takes) free.push(node)
  return takes
}

/** @returns {{ from: number, to: number, text: string }[]} */
const editsFor = (code, { start, end, async: isAsync, body }) => {
  const arrow = code.lastIndexOf('=>', body.start)
  const head = start + (isAsync ? 'async'.length : 0)
  const parameters = code.slice(head, arrow).trim()
  const whole = parameters.startsWith('(')
    ? { from: head, to: head, text: ' function' }
    : { from: head, to: arrow, text: ` function(${parameters})` }
  if (body.type === 'BlockStatement') return [whole, { from: arrow, to: arrow + 2, text: '' }]
  return [whole, { from: arrow, to: arrow + 2, text: '{return (' }, { from: end, to: end, text: ')}' }]
}

/** Arrow functions as functions, where nobody can tell. */
const arrowEdits = (code, ast) => {
  const free = []
  collectFree(ast, free)
  return free.flatMap((arrow) => editsFor(code, arrow))
}

const GETTER =
  /Object\.defineProperty\(exports, ('|")([\w$]+)\1, \{\s*enumerable: true,\s*get: function \(\) \{\s*return ([\w$]+);\s*\}\s*\}\);/g

const namesIn = (node) => (node.type === 'Identifier' ? [node.name] : childrenOf(node).flatMap(namesIn))

/** Every name that is given another value somewhere, and some that only stand there. */
const changedIn = (node) => {
  const target = /^(Assignment|ForOf|ForIn)/.test(node.type) ? node.left : null
  const changed = node.type === 'UpdateExpression' ? node.argument : target
  return [...(changed ? namesIn(changed) : []), ...childrenOf(node).flatMap(changedIn)]
}

/** What a chunk gives others hardly ever changes once it is there, so it need not be asked for at each use. */
const exportEdits = (code, ast) => {
  const getters = [...code.matchAll(GETTER)]
  const changed = new Set(getters.length === 0 ? [] : changedIn(ast))
  return getters
    .filter(([, , , value]) => !changed.has(value))
    .map(({ 0: getter, 2: name, 3: value, index }) => ({
      from: index,
      to: index + getter.length,
      text: `exports.${name} = ${value};`,
    }))
}

const edited = (code, edits) => {
  let rest = 0
  const parts = edits
    .sort((a, b) => a.from - b.from || a.to - b.to)
    .map(({ from, to, text }) => {
      const part = code.slice(rest, from) + text
      rest = to
      return part
    })
  return parts.join('') + code.slice(rest)
}

const NAMESPACE = /^([\w$]+) = require_rolldown_runtime\.[\w$]+\(\1(?:, 1)?\);\n/gm

/** Where only names are taken of what is Node's own, `require` gives them as well as the bundler's copy of all of them. */
const withPlainBuiltins = (code) =>
  code
    .replace(/require_rolldown_runtime\.[\w$]+\((require\("node:[\w/]+"\)), 1\)/g, '$1')
    .replace(NAMESPACE, (copy, name) => (code.includes(`${name}.default`) ? copy : ''))

const LATE = /^let ([\w$]+) = (require\("node:(?:os|timers\/promises|vm)"\));\n/gm

/** What few commands use of Node's own is loaded when it is used. */
const withLateBuiltins = (code) =>
  [...code.matchAll(LATE)].reduce(
    (rest, [line, name, load]) =>
      rest.includes(`\n${name} = `)
        ? rest
        : rest.replace(line, '').replace(new RegExp(`\\b${name}\\b`, 'g'), `(${load})`),
    code,
  )

const RUNTIME = /^const (require_rolldown_runtime) = require\(.*\);$/m

/** A chunk that takes nothing from the bundler's runtime need not open its file. */
const withoutIdleRuntime = (code) =>
  code.split('require_rolldown_runtime').length > 2 ? code : code.replace(RUNTIME, '')

/** Modules that share a chunk are told apart by what each gives. */
const withPlainNamespaces = (code) =>
  code.replace(/(?:\/\* @__PURE__ \*\/ )?require_rolldown_runtime\.[\w$]+\((\{[^{}]*=>[^{}]*\})\)/g, (_, given) =>
    given.replace(/([\w$]+): \(\) => ([\w$]+)/g, 'get $1() { return $2 }'),
  )

export const quickCode = (code) => {
  const plain = withoutIdleRuntime(withPlainNamespaces(withLateBuiltins(withPlainBuiltins(code))))
  const ast = parseAst(plain, { sourceType: 'script' })
  return edited(plain, [...arrowEdits(plain, ast), ...exportEdits(plain, ast)])
}

/** What is ASCII takes half the memory, and means the same as Latin-1, which `src/kept-code/` reads it as. */
export const asAscii = (code) =>
  code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
