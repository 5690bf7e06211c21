import type { NewFile } from './files/new-file.ts'
import type { FileTools } from './files/tools.ts'
import type { Store } from './secrets/store.ts'
import type { SessionContext } from './session/context.ts'
import type { KeyNamesFile } from './settings/key-names.ts'
import type { Ask } from './terminal/ask.ts'
import type { Clipboard } from './terminal/clipboard.ts'
import type { JobControl } from './terminal/keys.ts'
import type { ChildRun } from './terminal/run-child.ts'
import type { Terminal } from './terminal/terminal.ts'
import type { Environment } from './vocabulary/environment.ts'
import type { Json } from './vocabulary/json.ts'

/** What a command is handed: all it may touch of the world. */
export interface App extends SessionContext {
  /** The answer is wanted as JSON. */
  json: boolean
  /** A value as JSON: the fields that were asked for, through the filter that was given. */
  jsonText(value: Json): Promise<string>
  terminal: Terminal
  ask: Ask
  env: Environment
  /** `user@host (os)`, as a service is told unless the person names another. */
  deviceName: string
  version: string
  /** Why no browser should be opened here; `null` when one may be. */
  browserObstacle: string | null
  openBrowser(url: string): Promise<void>
  /** Which clipboard has the text now; `null` when none can be reached. */
  copy(text: string): Promise<Clipboard | null>
  jobs: JobControl
  /** For what writes files of its own: the reference server. */
  fileTools: FileTools
  /** A file that the person named, byte for byte, if it has no more than `most` KiB. */
  readFile(path: string, most: number): Promise<Uint8Array>
  machine: Machine
  /** Runs a program to its end and gives its exit code. */
  runChild(run: ChildRun): Promise<number>
  /** The keys that each profile's last list had, for completion. */
  keyNames: KeyNamesFile
  /** A file that the person is told of, whole or not at all. */
  writeFile(path: string, text: string): void
  /** A file that does not exist yet and is to hold a secret: refused here, or sure to take one. */
  prepareNewFile(path: string, force: boolean): Promise<NewFile>
  /** What is printed on stdout now is seen by nobody. */
  answersLeadNowhere(): boolean
}

/** For who looks into what is wrong with all the rest. */
export interface Machine {
  platform: NodeJS.Platform
  nodeVersion: string
  /** Each of them asks the system. */
  container(): boolean
  /** Empty where there is none: a container may run under a number that has no name. */
  userName(): string
  configFolder(): string
  /** The keychain with another patience than commands have, in milliseconds. */
  openKeychain(patience: number): Promise<Store>
  /** What `--timeout` says, in milliseconds. */
  timeout: number | null
}

/** What a command answers: one value, for three kinds of reader. `null` text says nothing on stdout. */
export interface Answer {
  /** `undefined`: stdout is somebody else's. */
  json: Json | undefined
  human: string | null
  quiet: string | null
  /** What no log should show: where the system that runs this job can strike it out, it is told before. */
  secret?: string
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
