import { expect, test } from 'vitest'
import { asAscii, quickCode } from '../scripts/quick-code.mjs'

/** What code of one expression gives, before and after. */
const resultOf = (code: string): unknown => new Function(`return ${code}`).call('around')

test.each([
  ['x => x + 1', '(1)'],
  ['(x, { y } = { y: 2 }) => { return x + y }', '(1)'],
  ['() => ({ a: 1 })', '()'],
  ['a => b => c => [a, b, c]', '(1)(2)(3)'],
  ['(f = x => x * 2) => f(4)', '()'],
  ['(...all) => all.map(each => each.length)', "('é…', '👋')"],
  ['() => // why\n 3', '()'],
  ['() => { const o = { m() { return this.n }, n: 5 }; return o.m() }', '()'],
  ['() => class { n = 6; get = () => this.n }', '()'],
])('%s is a function and means the same', (arrow, call) => {
  const before = `(${arrow})${call}`
  const after = quickCode(`const given = "…", made = ${arrow}`).slice('const given = "…", made = '.length)
  expect(after).toMatch(/^ function\(/)
  expect(JSON.stringify(resultOf(`(${after})${call}`))).toBe(JSON.stringify(resultOf(before)))
})

test('an async one stays one', async () => {
  expect(quickCode('const f = async x => x')).toMatch(/async function\(x\)/)
  expect(quickCode('const f = async ({ x }) => { await x }')).toMatch(/async function \({ x }\)|async function\(/)
})

test.each(['() => this', '() => arguments', '() => () => this.name', '() => new.target'])(
  '%s takes what is around it and stays as it is',
  (arrow) => {
    const code = `function around() { return ${arrow} }`
    expect(quickCode(code)).toBe(code)
  },
)

test('inside of what takes something from around it, others are functions', () => {
  expect(quickCode('function f() { return () => [this, x => x] }')).toContain('() => [this,  function(x)')
})

const getter = (name: string, value: string) => `Object.defineProperty(exports, '${name}', {
  enumerable: true,
  get: function () {
    return ${value};
  }
});`

test('what a chunk gives is given once', () => {
  expect(quickCode(`const a = 1\n${getter('x', 'a')}`)).toBe('const a = 1\nexports.x = a;')
})

test.each([
  'let a = 1\nfunction more() { a = 2 }',
  'let b = 1, a = 2\nfunction more() { a++ }',
  'var a\nfunction more() { [a] = [2] }',
  'var a\nfunction more() { ({ b: a = 1 } = {}) }',
  'var a\nfunction more() { for (a of []) {} }',
])('what it gives and changes later is asked for each time: %s', (code) => {
  const changing = `${code}\n${getter('x', 'a')}`
  expect(quickCode(changing)).toBe(changing)
})

const RUNTIME = 'const require_rolldown_runtime = require("./rolldown-runtime-abc.js");'

test('what is Node’s own is taken as it is, and the bundler’s runtime is loaded by who uses it', () => {
  const load = 'require_rolldown_runtime.r(require("node:http"), 1)'
  expect(quickCode(`${RUNTIME}\nload(${load});`)).toBe('\nload(require("node:http"));')
  const used = `${RUNTIME}\nlet path = require_rolldown_runtime.r(path, 1);`
  expect(quickCode(used)).toBe(used)
})

test('of what is Node’s own, names are not copied that only are read', () => {
  const code = (use: string) => `${RUNTIME}\nlet fs = require("node:fs");\nfs = require_rolldown_runtime.r(fs);\n${use}`
  expect(quickCode(code('fs.openSync()'))).toBe('\nlet fs = require("node:fs");\nfs.openSync()')
  expect(quickCode(code('fs.default.openSync()'))).toBe(code('fs.default.openSync()'))
})

test('a module’s names are read from it when they are used', () => {
  const code = `${RUNTIME}\nvar module_exports = /* @__PURE__ */ require_rolldown_runtime.n({\n\ta: () => a,\n\tb: () => c\n});`
  expect(quickCode(code)).toBe('\nvar module_exports = {\n\tget a() { return a },\n\tget b() { return c }\n};')
})

test("what few commands use of Node's own is loaded where it is used", () => {
  const code = `let node_os = require("node:os");\nlet node_fs = require("node:fs");\nconst f = (0, node_os.userInfo)(node_fs)\n`
  expect(quickCode(code)).toBe(
    `let node_fs = require("node:fs");\nconst f = (0, (require("node:os")).userInfo)(node_fs)\n`,
  )
})

test('unless the chunk makes something else of it', () => {
  const code = `let node_os = require("node:os");\nnode_os = copied(node_os);\nnode_os.default.userInfo()\n`
  expect(quickCode(code)).toBe(code)
})

test.each(['"é…\u2028👋"', '`é…`', '/^[é…]+$/.test("é")', '/👋/u.test("👋")', '({ é: 1 }).é'])(
  '%s is ASCII, and means the same',
  (code) => {
    expect(asAscii(code)).toMatch(/^[\0-\x7f]*$/)
    expect(resultOf(asAscii(code))).toBe(resultOf(code))
  },
)
