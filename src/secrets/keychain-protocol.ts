/** What keyturn and its keychain child say to each other: one JSON object a line, over the child's stdin and stdout. */

/** The name under which a person finds our entries in their keychain. */
export const KEYCHAIN_SERVICE = 'keyturn'

/** `ask`: is anybody there? It touches no entry and so is never held up by a question to unlock. */
export type KeychainOperation = 'read' | 'write' | 'remove' | 'ask'

export interface KeychainRequest {
  id: number
  operation: KeychainOperation
  account: string
  secret: string | null
}

export type KeychainReply = KeychainDone | KeychainRefusal

export interface KeychainDone {
  id: number
  ok: true
  /** What was read, and whether there was something to remove. */
  value: string | boolean | null
}

export interface KeychainRefusal {
  id: number
  ok: false
  /** `module`: the native part could not be loaded; `native`: it threw; `changed`: what was read back is not what was written. */
  kind: 'module' | 'native' | 'changed'
  message: string
}

/** How a `module` refusal begins in the single executable, when the native part could not be written to a file. */
export const NOT_PLACED = 'its native part could not be put in place'

/** Whole lines out of pieces. */
export const lineReader = (onLine: (line: string) => void): ((piece: string) => void) => {
  let rest = ''
  return (piece) => {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  }
}
