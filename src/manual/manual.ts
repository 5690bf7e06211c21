/** What the help of a command says beyond its options; kept apart, so that nothing of it is loaded to run one. */
export interface Manual {
  examples: readonly Example[]
  /** What `--json` prints, a line each; none where there is nothing to print. */
  json: readonly string[]
  /** Beside those that every command can give. */
  exits: readonly ExitCode[]
}

export type Example = readonly [command: string, does: string]

/** Every exit code there is. */
export const EXITS = {
  0: 'done',
  1: 'failed for another reason (the service’s own 5xx among them)',
  2: 'the command line is wrong, or an answer was needed and nobody could be asked',
  3: 'this service does not have that operation',
  4: 'sign-in needed: no credential, or it was refused (401) or has ended',
  5: 'the service understood and refused (400, 403, 404, 409, 410, 422)',
  6: 'asked to slow down (429), and still so after the retries',
  7: 'the service could not be reached: DNS, refused, TLS, proxy, time-out',
  8: 'the store can’t be used, and no other was agreed to',
  9: 'the browser sign-in ran out or was turned down',
  126: 'exec: the command is there and can’t be run',
  127: 'exec: there is no such command',
  130: 'stopped by Ctrl-C',
  143: 'stopped by SIGTERM',
} as const

export type ExitCode = keyof typeof EXITS

/** Any command can end with these. */
export const COMMON_EXITS: readonly ExitCode[] = [0, 1, 2, 130, 143]
/** A command that asks a service, signed with what a store keeps. */
export const SIGNED_EXITS: readonly ExitCode[] = [3, 4, 5, 6, 7, 8]
