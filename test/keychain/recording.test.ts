/**
 * The picture in the README is of a real run: a shell in a real terminal, the built program, the reference server, a real
 * keychain. `npm run screenshots` draws it; here what it shows is held to what the program says now.
 */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawn } from '@lydell/node-pty'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startReferenceServer } from '../../src/reference-server.ts'
import { environment, NODE, PROGRAM } from '../harness/environment.ts'
import { freshHome } from '../harness/home.ts'
import { animatedSvg, stillOf, textOf } from '../pages/animated-svg.ts'
import { startRecording } from '../pages/recording.ts'
import { missingForKeychain, startSession } from './session.ts'

/** The folder that `npm run screenshots` wants the picture in; otherwise none is made. */
const { SCREENSHOTS } = process.env
const IMAGES = join(import.meta.dirname, '..', '..', 'docs', 'images')
/** The second is for who wants nothing to move. */
const PICTURES = ['sign-in.svg', 'sign-in-still.svg'] as const
/** As narrow as it can be and break no word: legible on a phone. */
const SIZE = { columns: 51, rows: 26 }
const PROMPT = '\u001b[1;32m$\u001b[0m '
const LARGEST = 100_000

/** Milliseconds: between two keys, before the first of a command, the longest wait that is kept as it was. */
const PACE = { key: 55, thought: 900, longest: 1000 }

/** What is drawn by lot, or is of this machine: the same picture every time. All of it is as long as what it replaces. */
const steady = (text: string, addresses: Record<string, string>): string =>
  text
    .replaceAll(addresses.zectre ?? '', 'http://localhost:47080')
    .replaceAll(addresses.zectre_dashboard ?? '', 'http://localhost:47081')
    .replace(/(\?code=)[\w-]{43}/g, '$1EXAMPLE-3wVq0cTnLx7mZpK2sYdRb9uHfGjAe5oQi1tC')
    .replace(/(two words: (?:\u001b\[\d+m)*)[a-z]{5}-[a-z]{5}/g, '$1lusab-babad')
    .replace(/zec_[0-9a-f]{8}/g, 'zec_0a1b2c3d')
    .replace(/\b20\d\d-\d\d-\d\d?/g, (date) => '2026-03-27'.slice(0, date.length))

const MACHINE = `const os = require('node:os')
os.hostname = () => 'laptop'
const { userInfo } = os
os.userInfo = (...given) => ({ ...userInfo(...given), username: 'dev' })
`

const record = async (): Promise<{ svgs: string[]; text: string }> => {
  const session = await startSession()
  onTestFinished(() => session.close())
  const server = await startReferenceServer({ services: ['zectre'], ports: 'free', seed: true, scryptCost: 2 })
  onTestFinished(() => server.close())
  const home = freshHome()
  mkdirSync(join(home.path, 'bin'))
  writeFileSync(join(home.path, 'machine.cjs'), MACHINE)
  const shim = join(home.path, 'bin', 'keyturn')
  writeFileSync(shim, `#!/bin/sh\nexec "${NODE}" --require "${join(home.path, 'machine.cjs')}" "${PROGRAM}" "$@"\n`)
  chmodSync(shim, 0o755)

  const recording = startRecording(SIZE.columns, SIZE.rows)
  const shell = spawn('bash', ['--noprofile', '--norc', '--noediting', '-i'], {
    name: 'xterm-256color',
    cols: SIZE.columns,
    rows: SIZE.rows,
    cwd: home.path,
    env: environment(home, {
      ...session.env,
      HOME: home.path,
      PATH: `${join(home.path, 'bin')}:${process.env.PATH}`,
      // An empty line before every prompt but the first.
      PROMPT_COMMAND: 'PS1=$FIRST; FIRST=$OTHER',
      FIRST: PROMPT,
      OTHER: `\\n${PROMPT}`,
      KEYTURN_URL: server.addresses.zectre,
      KEYTURN_BROWSER: 'true',
    }),
  })
  onTestFinished(() => shell.kill('SIGKILL'))

  let printed = ''
  let last = performance.now()
  /** The time until what comes next, where that is not the program's own. */
  let pace: number | null = null
  let written = Promise.resolve()
  let wake = () => {}
  shell.onData((data) => {
    printed += data
    const since = performance.now() - last
    last = performance.now()
    const after = pace ?? Math.round(Math.min(since, PACE.longest) / 10) * 10
    written = written.then(() => recording.write(steady(data, server.addresses), after)).then(() => wake())
  })
  const until = (pattern: RegExp, deadline = 20_000) =>
    new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no ${pattern}:\n${recording.text()}`)), deadline)
      wake = () => {
        if (!pattern.test(recording.text())) return
        clearTimeout(timer)
        resolve()
      }
      wake()
    })
  const prompt = (command = '') => until(new RegExp(`(?:^|\\n)\\$ ?${command.replace(/[-.]/g, '\\$&')}$`))
  const type = async (command: string) => {
    await prompt()
    recording.pause(PACE.thought)
    pace = PACE.key
    for (const end of Array.from(command, (_, index) => index + 1)) {
      shell.write(command[end - 1] ?? '')
      await prompt(command.slice(0, end).trimEnd())
    }
    recording.pause(PACE.thought / 3)
    pace = null
    last = performance.now()
    shell.write('\r')
  }

  await type('keyturn login zectre')
  await until(/waiting for your approval.*9:5\d/)
  // Long enough for a person to see the line count.
  if (SCREENSHOTS) await until(/waiting for your approval.*9:5[0-6]/)
  await server.approve(/\?code=([\w-]{43})/.exec(printed)?.[1] ?? '')
  await until(/signed in to zectre/)
  await type('keyturn keys list')
  await until(/the key of this device/)
  await prompt()
  const text = recording.text()
  const words = { title: 'Signing in with keyturn', text, rest: 5000 }
  const recorded = recording.end()
  return { svgs: [animatedSvg(recorded, words), animatedSvg(stillOf(recorded), words)], text }
}

const missing = missingForKeychain()
describe.skipIf(missing !== null)('the picture of a sign-in', () => {
  test('shows what the program says now; `npm run screenshots` makes it so', async () => {
    const { svgs, text } = await record()
    for (const [index, name] of PICTURES.entries()) {
      if (SCREENSHOTS) writeFileSync(join(SCREENSHOTS, name), svgs[index] ?? '')
      expect(textOf(readFileSync(join(IMAGES, name), 'utf8'))).toBe(text)
    }
  }, 60_000)

  test.each(PICTURES)('%s is small, and holds nothing of the machine that it was made on', (name) => {
    const svg = readFileSync(join(IMAGES, name), 'utf8')
    expect(svg.length).toBeLessThan(LARGEST)
    expect(svg).not.toMatch(/127\.0\.0\.1|\/tmp\/|\/home\/|\/root|<script/)
    expect(svg).toContain('prefers-reduced-motion')
    expect(svg).toContain('prefers-color-scheme')
  })
})
