import type { NewFile } from './files/new-file.ts'
import type { FileTools } from './files/tools.ts'
import type { Store } from './secrets/store.ts'
import type { SessionContext } from './session/context.ts'
import type { Ask } from './terminal/ask.ts'
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
  machine: Machine
  /** A file that the person named, as text. */
  readFile(path: string): Promise<string>
  /** A file that does not exist yet and is to hold a secret: refused here, or sure to take one. */
  prepareNewFile(path: string, force: boolean): Promise<NewFile>
  /** What is printed on stdout now is seen by nobody. */
  answersLeadNowhere(): boolean
}

/** For who looks into what is wrong with all the rest. */
export interface Machine {
  platform: NodeJS.Platform
  nodeVersion: string
  container: boolean
  configFolder(): string
  /** The keychain with another patience than commands have, in milliseconds. */
  openKeychain(patience: number): Promise<Store>
  /** What `--timeout` says, in milliseconds. */
  timeout: number | null
}

/** What a command answers: one value, for three kinds of reader. `null` text says nothing on stdout. */
export interface Answer {
  json: Json
  human: string | null
  quiet: string | null
  /** What would be lost for good if the answer could not be written; it is said on stderr then. */
  lastResort?: LastResort
  /** What comes after the answer, once it stands on stdout; what fails there fails the command. */
  shown?: () => Promise<void>
  /** Where a whole answer is no good news: 0 unless it is given. */
  exitCode?: number
}

export interface LastResort {
  text: string
  /** Done when it was said. */
  said(): Promise<void>
}
