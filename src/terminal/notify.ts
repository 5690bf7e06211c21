import { clean } from '../vocabulary/clean.ts'
import type { Environment } from '../vocabulary/environment.ts'
import type { Terminal } from './terminal.ts'

const BELL = '\u0007'

/** Calls back a person who is looking at something else: the bell, and words where the terminal shows such. */
export const notify = ({ streams, quiet }: Terminal, env: Environment, words: string): void => {
  if (streams.stderr.isTTY !== true || quiet || env.TERM === 'dumb') return
  streams.stderr.write(knowsNotices(env) ? `\u001b]9;keyturn: ${clean(words)}${BELL}${BELL}` : BELL)
}

/** Who takes OSC 9 for a notice. Elsewhere it may be taken for something else, or be shown as it is. */
const knowsNotices = ({ TERM_PROGRAM = '', TERM = '', KITTY_WINDOW_ID }: Environment): boolean =>
  ['iTerm.app', 'WezTerm', 'ghostty'].includes(TERM_PROGRAM) || Boolean(KITTY_WINDOW_ID) || /^foot/.test(TERM)
