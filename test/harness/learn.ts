import { watchFor } from './canary.ts'
import type { Ledger } from './ledger.ts'

/** What a record in the store calls its secrets. */
const NAMES: Record<string, string> = { key: 'key', access: 'token', refresh: 'token', verifier: 'verifier' }

/** The secrets of a file store: JSON, with a JSON text for each profile. They are looked for from now on. */
export const learnFromStore = (text: string, ledger: Ledger): void => {
  try {
    JSON.parse(text, (name, value) => {
      if (typeof value !== 'string') return value
      if (NAMES[name] !== undefined) watchFor(value, NAMES[name], ledger)
      else if (value.startsWith('{')) learnFromStore(value, ledger)
      return value
    })
  } catch {
    // A damaged one: its secrets are known from elsewhere or not at all.
  }
}

/** A key of one of the services, or a JWT. */
const SHAPES = /\b(?:zec|rst|cm_live_sk|dk_live_sk)_[\w-]{16,}|\beyJ[\w-]+\.[\w-]+\.[\w-]+/g

/** The secrets in the answer of a command that is there to print one. */
export const learnFromAnswer = (text: string, ledger: Ledger): string[] => {
  const secrets = text.match(SHAPES) ?? []
  for (const secret of secrets) watchFor(secret, 'credential', ledger)
  return secrets
}
