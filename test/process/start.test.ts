/** What is answered from texts made at build time is what the program itself would print, to the byte. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, openSync, readFileSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { environment, NODE, PROGRAM } from '../harness/environment.ts'
import { freshHome } from '../harness/home.ts'
import { keyturn } from '../harness/program.ts'
import { startInTerminal } from '../harness/terminal.ts'

const dist = join(import.meta.dirname, '..', '..', 'dist')
const TEXTS: Record<string, string> = JSON.parse(readFileSync(join(dist, 'texts.json'), 'utf8'))
const pages = Object.keys(TEXTS).filter((words) => words !== '--version')
const wordsOf = (page: string): string[] => page.split(' ').filter(Boolean)

test('each text is what the whole program prints', () => {
  const requests = Object.keys(TEXTS).map((page) => (page === '--version' ? [page] : [...wordsOf(page), '--help']))
  const script = `
    // Each begins as if it were the only one.
    require('node:events').defaultMaxListeners = Infinity
    const { main } = require(${JSON.stringify(join(dist, 'main.js'))})
    const requests = ${JSON.stringify(requests)}
    void (async () => { for (const request of requests) { await main(request); process.stdout.write('\\0') } })()`
  const printed = execFileSync(NODE, ['-e', script], { encoding: 'utf8', env: environment(freshHome()) })
  expect(printed.split('\0').slice(0, -1)).toEqual(Object.values(TEXTS))
  expect(pages.length).toBeGreaterThan(30)
})

test.each(pages)('help of "%s" is asked for in any of its ways, coloured or not', async (page) => {
  const words = wordsOf(page)
  for (const args of [
    ['help', ...words],
    [...words, '--help'],
    ['-h', ...words],
  ]) {
    const result = await keyturn(args, { home: freshHome(), env: { FORCE_COLOR: '1' } })
    expect(result).toMatchObject({ code: 0, stdout: TEXTS[page], stderr: '' })
  }
})

test.each([
  [[], ''],
  [['help', '--help'], ''],
  [['keys', '--help', '-h'], 'keys'],
])('%j is a request for help too', async (args, page) => {
  expect(await keyturn(args, { home: freshHome() })).toMatchObject({ code: 0, stdout: TEXTS[page] })
})

test.each([
  [['keys', 'create', 'ci', '--help'], 0, 'keys create'],
  [['keys', '--help', '--json'], 0, 'keys'],
  [['--profile', 'keys', '--help'], 0, ''],
  [['nosuch', '--help'], 2, null],
  [['help', 'nosuch'], 2, null],
  [['help', 'toString'], 2, null],
  [['--version', '--nosuch'], 0, '--version'],
  [['exec', '--', 'echo', '--help'], 4, null],
])('%j is for the command line to judge', async (args, code, page) => {
  const result = await keyturn(args, { home: freshHome() })
  expect(result).toMatchObject({ code, stdout: page === null ? '' : TEXTS[page] })
})

test('a person at a terminal reads the same', async () => {
  const terminal = startInTerminal(['keys', '--help'], { home: freshHome() })
  expect(await terminal.ended).toMatchObject({ code: 0 })
  expect(terminal.printed().replaceAll('\r\n', '\n')).toBe(TEXTS.keys)
})

const inShell = (line: string) =>
  execFileSync('bash', ['-c', `"${NODE}" "${PROGRAM}" ${line}; echo "$?"`], {
    encoding: 'utf8',
    env: environment(freshHome()),
  })

test.each(['--version', 'keys --help', '--help --quiet'])(
  '%s into a full disk or a closed pipe fails, and says so',
  (request) => {
    expect(inShell(`${request} 2>&1 >/dev/full`)).toBe(
      'keyturn: the answer could not be written to standard output (ENOSPC)\n1\n',
    )
    expect(inShell(`${request} 2>&1 | true; echo "\${PIPESTATUS[0]}"`)).toBe('141\n0\n')
  },
)

test('a full pipe that does not block is waited for', async () => {
  const home = freshHome()
  const fifo = join(home.path, 'fifo')
  execFileSync('mkfifo', [fifo])
  const pipe = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK)
  onTestFinished(() => closeSync(pipe))
  const stuffing = Buffer.alloc(4096)
  let stuffed = 0
  try {
    for (;;) stuffed += writeSync(pipe, stuffing)
  } catch {
    // Full.
  }
  const child = spawn(NODE, [PROGRAM, '--help'], { stdio: ['ignore', pipe, 'inherit'], env: environment(home) })
  const ended = once(child, 'exit')
  const there: Buffer[] = []
  const isWhole = () => Buffer.concat(there).length === stuffed + Buffer.byteLength(TEXTS[''] ?? '')
  while (!isWhole()) {
    await new Promise(setImmediate)
    const part = Buffer.alloc(512)
    try {
      there.push(part.subarray(0, readSync(pipe, part)))
    } catch {
      // Nothing more yet.
    }
  }
  expect(Buffer.concat(there).subarray(stuffed).toString()).toBe(TEXTS[''])
  expect(await ended).toEqual([0, null])
})
