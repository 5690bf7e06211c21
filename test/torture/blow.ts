import type { Gate, Stage } from './gate.ts'
import type { Started } from './start.ts'

/** What is done to a command while it works. */
export type Blow =
  | { kind: 'nothing' }
  /** A signal when its call number so-and-so has come so far; one that kills also ends the call there. */
  | { kind: 'call'; call: number; stage: Stage; signal: NodeJS.Signals }
  /** Killed at a call into the system, or that call fails; before anything of it has happened. */
  | { kind: 'system'; name: string; nth: number; about: string; fault: 'kill' | 'ENOSPC' }
  /** A signal at any moment: what a person, a closing terminal or the system's memory killer does. */
  | { kind: 'moment'; after: number; signal: NodeJS.Signals }
  /** No file may grow beyond so many bytes: a disk that is full. */
  | { kind: 'room'; bytes: number }
  | { kind: 'stdout'; how: keyof typeof SPOILT }

/** What a shell makes of standard output before the program starts. */
const SPOILT = {
  closed: 'exec "$0" "$@" >&-',
  full: 'exec "$0" "$@" >/dev/full',
  'a pipe that nobody reads': 'set -o pipefail; "$0" "$@" | exec true',
}

export const SPOILT_OUTPUTS = Object.keys(SPOILT) as (keyof typeof SPOILT)[]

export const describe = (blow: Blow): string => {
  switch (blow.kind) {
    case 'nothing':
      return 'nothing'
    case 'call':
      return `${blow.signal}, call ${blow.call} ${blow.stage}`
    case 'system':
      return `${blow.fault} at ${blow.name} number ${blow.nth} (${blow.about})`
    case 'moment':
      return `${blow.signal} after ${blow.after.toFixed(0)} ms`
    case 'room':
      return `no file beyond ${blow.bytes} bytes`
    case 'stdout':
      return `standard output ${blow.how}`
  }
}

/** What the program is started under. */
export const under = (blow: Blow): string[] => {
  switch (blow.kind) {
    case 'system': {
      const { name, nth, fault } = blow
      const what = fault === 'kill' ? 'signal=SIGKILL' : `error=${fault}`
      const quiet = ['strace', '-f', '--seccomp-bpf', '-qqq', '-o', '/dev/null']
      return [...quiet, '-e', `trace=${name}`, '-e', `inject=${name}:${what}:when=${nth}`]
    }
    case 'room':
      return ['prlimit', `--fsize=${blow.bytes}`]
    case 'stdout':
      return ['bash', '-c', SPOILT[blow.how]]
    default:
      return []
  }
}

/** Strikes while the program runs; `undo` when it has ended. */
export const strike = (blow: Blow, gate: Gate, started: Started, meanwhile: (operation: string) => Promise<void>) => {
  gate.watch(async ({ stage, call, operation }) => {
    if (stage === 'asked') await meanwhile(operation)
    if (blow.kind === 'call' && blow.call === call && blow.stage === stage) {
      started.kill(blow.signal)
      return blow.signal === 'SIGKILL' ? 'drop' : undefined
    }
    return undefined
  })
  const timer = blow.kind === 'moment' ? setTimeout(() => started.kill(blow.signal), blow.after) : undefined
  return () => clearTimeout(timer)
}
