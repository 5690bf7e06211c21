/** One keychain child and the talk with it: started by the first question, held by no idle minute, killed when asked. */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { dirname, posix, win32 } from 'node:path'
import type { Environment } from '../vocabulary/environment.ts'
import { type KeychainReply, type KeychainRequest, lineReader } from './keychain-protocol.ts'

export interface KeychainSession {
  /**
   * Throws `ChildEnded` when the child ends without an answer. Whether anybody is there matters only beside another
   * question: for that answer alone the program does not stay.
   */
  ask(question: Omit<KeychainRequest, 'id'>): Promise<KeychainReply>
  kill(): void
  hasEnded(): boolean
}

export interface ChildPlan {
  /** Node. */
  execPath: string
  /** `keychain-child.js` as it was built. */
  childPath: string
  env: Environment
  platform: NodeJS.Platform
}

export class ChildEnded extends Error {}

const NEEDED =
  /^(HOME|PATH|LANG|LC_\w+|USER|LOGNAME|TMPDIR|DBUS_SESSION_BUS_ADDRESS|XDG_\w+|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY)$/
/** Windows finds its own libraries and the person's profile by these, in whatever case they are written. */
const NEEDED_ON_WINDOWS =
  /^(PATH|SYSTEMROOT|SYSTEMDRIVE|WINDIR|USERPROFILE|USERNAME|USERDOMAIN|APPDATA|LOCALAPPDATA|PROGRAMDATA|TEMP|TMP)$/i

/** A program in the folder where somebody happens to stand is nobody's own. */
const withoutRelative = (places: string, platform: NodeJS.Platform): string => {
  const { delimiter, isAbsolute } = platform === 'win32' ? win32 : posix
  return places
    .split(delimiter)
    .filter((place) => isAbsolute(place))
    .join(delimiter)
}

/** What a keychain needs and nothing else: above all none of keyturn's own variables, which may hold secrets. */
export const childEnvironment = (env: Environment, platform: NodeJS.Platform): Record<string, string> => {
  const needed = platform === 'win32' ? NEEDED_ON_WINDOWS : NEEDED
  const kept = Object.entries(env).flatMap(([name, value]) => {
    if (value === undefined || !needed.test(name)) return []
    if (name.toUpperCase() !== 'PATH') return [[name, value]]
    const places = withoutRelative(value, platform)
    return places === '' ? [] : [[name, places]]
  })
  return Object.fromEntries(kept)
}

/** Pipes to a child are sockets; while nobody waits for an answer they must not keep the program from ending. */
const hold = (child: ChildProcess, isAwaited: boolean): void => {
  for (const pipe of [child.stdin, child.stdout] as unknown as (Socket | null)[]) {
    if (isAwaited) pipe?.ref()
    else pipe?.unref()
  }
}

/** `null` for a line that is not ours: native code prints what it likes. */
const replyFrom = (line: string): KeychainReply | null => {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

interface Waiting {
  isNeeded: boolean
  resolve(reply: KeychainReply): void
  reject(error: Error): void
}

export const startKeychainSession = ({ execPath, childPath, env, platform }: ChildPlan): KeychainSession => {
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let hasEnded = false
  const child = spawn(execPath, [childPath], {
    cwd: dirname(childPath),
    env: childEnvironment(env, platform),
    stdio: ['pipe', 'pipe', 'ignore'],
    // In a group of its own: a Ctrl-C is for keyturn, which then decides what becomes of a write under way.
    detached: platform !== 'win32',
    windowsHide: true,
  })
  child.unref()
  const holdWhileNeeded = (): void => {
    const isAwaited = [...waiting.values()].some(({ isNeeded }) => isNeeded)
    hold(child, isAwaited)
  }
  holdWhileNeeded()

  const end = (why: string): void => {
    hasEnded = true
    for (const { reject } of waiting.values()) reject(new ChildEnded(why))
    waiting.clear()
  }
  // What it said last may still be on its way then, so those that wait are told at its close.
  child.on('exit', () => {
    hasEnded = true
  })
  child.on('error', (error) => end(error.message))
  child.on('close', (code, signal) =>
    end(signal === null ? `it ended with exit code ${code}` : `it ended by ${signal}`),
  )
  // A child that has gone is noticed by its end.
  child.stdin.on('error', () => {})
  child.stdout.setEncoding('utf8').on(
    'data',
    lineReader((line) => {
      const reply = replyFrom(line)
      if (reply === null) return
      waiting.get(reply.id)?.resolve(reply)
      waiting.delete(reply.id)
      holdWhileNeeded()
    }),
  )

  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        if (hasEnded) return reject(new ChildEnded('it has ended'))
        lastId += 1
        waiting.set(lastId, { isNeeded: question.operation !== 'ask', resolve, reject })
        holdWhileNeeded()
        child.stdin.write(`${JSON.stringify({ id: lastId, ...question })}\n`)
      }),
    hasEnded: () => hasEnded,
    kill: () => {
      end('it was killed')
      holdWhileNeeded()
      child.kill('SIGKILL')
    },
  }
}
