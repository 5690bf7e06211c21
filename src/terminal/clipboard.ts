import { spawn } from 'node:child_process'
import { type Environment, isRemote } from '../vocabulary/environment.ts'
import type { Output } from './terminal.ts'

export interface ClipboardSurroundings {
  env: Environment
  platform: string
  /** The terminal, which may have a clipboard to offer. */
  stderr: Output
}

/** Which clipboard took the text: this machine's, or that of the terminal, which does not say whether it did. */
export type Clipboard = 'machine' | 'terminal'

const PATIENCE = 2000

/** Puts a text into a clipboard; `null` when there is none. */
export const copyText = async (text: string, surroundings: ClipboardSurroundings): Promise<Clipboard | null> => {
  for (const tool of clipboardTools(surroundings)) {
    // A key that copies must never end a sign-in that waits.
    if (await feed(tool, text).catch(() => false)) return 'machine'
  }
  const { stderr, env } = surroundings
  if (stderr.isTTY !== true || env.TERM === 'dumb') return null
  // OSC 52: through SSH too, it is the terminal before the person that takes the text.
  stderr.write(`\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`)
  return 'terminal'
}

/** The programs that may reach the clipboard of whoever sits here, the likeliest first. */
export const clipboardTools = ({ env, platform }: ClipboardSurroundings): string[][] => {
  if (isRemote(env)) return []
  if (platform === 'darwin') return [['pbcopy']]
  // By its whole path: Windows looks into the current folder before it looks elsewhere.
  if (platform === 'win32') return [[`${env.SystemRoot || 'C:\\Windows'}\\System32\\clip.exe`]]
  return [
    ...(env.WSL_DISTRO_NAME ? [['clip.exe']] : []),
    ...(env.WAYLAND_DISPLAY ? [['wl-copy']] : []),
    ...(env.DISPLAY
      ? [
          ['xclip', '-selection', 'clipboard'],
          ['xsel', '--clipboard', '--input'],
        ]
      : []),
  ]
}

/** On its standard input, where no list of processes shows it. What goes on serving the clipboard is left to it. */
const feed = ([command = '', ...args]: string[], text: string): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['pipe', 'ignore', 'ignore'],
      timeout: PATIENCE,
      windowsHide: true,
    })
    child.once('error', () => resolve(false)).once('exit', (code) => resolve(code === 0))
    child.stdin.on('error', () => {}).end(text)
  })
