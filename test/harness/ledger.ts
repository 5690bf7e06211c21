import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** `canary`: a test made it up; `learned`: the service or the program under test did. */
export interface KnownSecret {
  secret: string
  kind: string
  origin: 'canary' | 'learned'
}

/** What something left behind, and the test that it belongs to. */
export interface Trace {
  place: Place
  /** In words: the command, the path of the file. */
  where: string
  test: string
  text: string
}
/** `store`: the file that was chosen for secrets; `arguments` and `environment` are those of processes. */
export type Place = 'stdout' | 'stderr' | 'terminal' | 'file' | 'store' | 'arguments' | 'environment'

/** A place where a test means a secret to stand. */
export interface Meant {
  meant: string
  place: Place
  test: string
  /** The secret was seen there first: holds only for one that no test made up. */
  learned?: true
}

export interface Entries {
  secrets: KnownSecret[]
  traces: Trace[]
  meant: Meant[]
}

/** What is written down while tests run, in a folder of the run, for `findLeaks` to read when all have ended. */
export interface Ledger {
  write(entry: KnownSecret | Trace | Meant): void
}

/** Each worker has a file of its own there. */
export const openLedger = (folder: string): Ledger => {
  const path = join(folder, `${process.pid}.jsonl`)
  return { write: (entry) => appendFileSync(path, `${JSON.stringify(entry)}\n`) }
}

/** For a run in which nobody looks. */
export const NO_LEDGER: Ledger = { write() {} }

export const readLedger = (folder: string): Entries => {
  const entries: Entries = { secrets: [], traces: [], meant: [] }
  for (const name of readdirSync(folder)) {
    for (const line of readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean)) {
      const entry = JSON.parse(line) as KnownSecret | Trace | Meant
      if ('secret' in entry) entries.secrets.push(entry)
      else if ('meant' in entry) entries.meant.push(entry)
      else entries.traces.push(entry)
    }
  }
  return entries
}
