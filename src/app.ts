import type { FileTools } from './files/tools.ts'
import type { SessionContext } from './session/context.ts'
import type { KeyNamesFile } from './settings/key-names.ts'
import type { Ask } from './terminal/ask.ts'
import type { ChildRun } from './terminal/run-child.ts'
import type { Terminal } from './terminal/terminal.ts'
import type { Environment } from './vocabulary/environment.ts'
import type { Json } from './vocabulary/json.ts'

/** What a command is handed: all it may touch of the world. */
export interface App extends SessionContext {
  /** The answer is wanted as JSON. */
  json: boolean
  terminal: Terminal
  ask: Ask
  env: Environment
  /** `user@host (os)`, as a service is told unless the person names another. */
  deviceName: string
  version: string
  /** Why no browser should be opened here; `null` when one may be. */
  browserObstacle: string | null
  openBrowser(url: string): Promise<void>
  /** For what writes files of its own: the reference server. */
  fileTools: FileTools
  /** Runs a program to its end and gives its exit code. */
  runChild(run: ChildRun): Promise<number>
  /** The keys that each profile's last list had, for completion. */
  keyNames: KeyNamesFile
  /** A file that the person is told of, whole or not at all. */
  writeFile(path: string, text: string): void
  /** A file that the person named, as text. */
  readFile(path: string): Promise<string>
}

/** What a command answers: one value, for three kinds of reader. `null` text says nothing on stdout. */
export interface Answer {
  /** `undefined`: stdout is somebody else's. */
  json: Json | undefined
  human: string | null
  quiet: string | null
  /** What would be lost for good if the answer could not be written: said on stderr then. */
  lastResort?: string
  /** Where it is not 0 and nothing failed: the exit code of a program that was run. */
  exitCode?: number
}
