import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { clipboardTools, copyText } from '../../src/terminal/clipboard.ts'

const stderr = () => Object.assign(new PassThrough(), { isTTY: true })
const X11 = { DISPLAY: ':0' }

test.each([
  ['on macOS', 'darwin', {}, ['pbcopy']],
  ['on Windows by its whole path', 'win32', { SystemRoot: 'D:\\Win' }, ['D:\\Win\\System32\\clip.exe']],
  ['under WSL', 'linux', { WSL_DISTRO_NAME: 'Debian' }, ['clip.exe']],
  ['under Wayland, and under X11 after it', 'linux', { WAYLAND_DISPLAY: 'w', ...X11 }, ['wl-copy', 'xclip', 'xsel']],
  ['without a display', 'linux', {}, []],
  ['over SSH, where the display is somebody else’s', 'linux', { SSH_TTY: '/dev/pts/1', ...X11 }, []],
])('the tools %s', (_where, platform, env, names) => {
  expect(clipboardTools({ env, platform, stderr: stderr() }).map(([name]) => name)).toEqual(names)
})

test('a tool that can not even be started is none, and fails nothing', async () => {
  const screen = Object.assign(new PassThrough(), { isTTY: false })
  // No system takes a path with that in it: Node refuses it at once.
  const env = { SystemRoot: 'C:\\Win\0dows' }
  expect(await copyText('a text', { env, platform: 'win32', stderr: screen })).toBeNull()
})

/** Programs on the PATH that write down what they are given. */
const tools = (scripts: Record<string, string>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-clipboard-'))
  const path = process.env.PATH
  process.env.PATH = `${folder}:/usr/bin:/bin`
  onTestFinished(() => {
    process.env.PATH = path
    rmSync(folder, { recursive: true })
  })
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  return folder
}

test('a tool that fails gives way to the next, which gets the text on its standard input', async () => {
  const folder = tools({ xclip: 'exit 1', xsel: `cat > "$(dirname "$0")/taken"; echo "$@" >> "$(dirname "$0")/taken"` })
  const output = stderr()
  expect(await copyText('https://example.com/?a=b', { env: X11, platform: 'linux', stderr: output })).toBe('machine')
  expect(readFileSync(join(folder, 'taken'), 'utf8')).toBe('https://example.com/?a=b--clipboard --input\n')
  expect(output.read()).toBeNull()
})

test.each([
  ['no tool is there', {}],
  ['over SSH', { SSH_CONNECTION: '10.0.0.1 22 10.0.0.2 22' }],
])('%s: the terminal is asked to take it (OSC 52)', async (_when, env) => {
  tools({})
  const output = stderr()
  expect(await copyText('a code', { env: { ...X11, ...env }, platform: 'linux', stderr: output })).toBe('terminal')
  expect(String(output.read())).toBe('\u001b]52;c;YSBjb2Rl\u0007')
})

test.each([
  ['without a terminal', new PassThrough(), {}],
  ['on a dumb one', stderr(), { TERM: 'dumb' }],
])('%s nothing is written, and that is told', async (_where, output, env) => {
  expect(await copyText('a code', { env, platform: 'linux', stderr: output })).toBeNull()
  expect(output.read()).toBeNull()
})
