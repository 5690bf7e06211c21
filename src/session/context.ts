import type { Http } from '../http/http.ts'
import type { Transport } from '../http/transport.ts'
import type { Store, StoreName } from '../secrets/store.ts'
import type { Settings } from '../settings/settings.ts'
import type { UnfinishedFile } from '../settings/unfinished.ts'
import type { Clock, Wait } from '../vocabulary/clock.ts'
import type { Credential } from '../vocabulary/credential.ts'

/** What the environment and the command line ask for; read once, where the program is put together. */
export interface Wishes {
  profile: string | null
  service: string | null
  url: string | null
  store: StoreName | null
  adminUrl: string | null
  org: string | null
  apiKey: string | null
  token: string | null
}

/** Where a service is reached, and for which organisation. */
export interface Endpoint {
  base: URL
  /** Where B2B calls go; `null`: to `base` as well. */
  adminBase: URL | null
  org: string | null
}

export interface SettingsFile {
  read(): Promise<Settings>
  change(change: (settings: Settings) => Settings): Promise<Settings>
}

/** What a stop would end, in a form that goes on. */
export type Unstopped = Pick<SessionContext, 'signal' | 'settings' | 'exclusively' | 'connect'>

/** What a session works with. All of it is handed in, so that a test can hand in something else. */
export interface SessionContext {
  wishes: Wishes
  settings: SettingsFile
  unfinished: UnfinishedFile
  /** For what has manners of its own; the services are spoken to through `connect`. */
  transport: Transport
  openStore(name: StoreName): Promise<Store>
  connect(
    endpoint: Endpoint,
    credential: Credential | null,
    changes?: { timeoutMilliseconds?: number; signal?: AbortSignal },
  ): Http
  /** For work that must not be cut in two: a stop waits for its end. It is handed what no stop reaches. */
  finish<T>(work: (unstopped: Unstopped) => Promise<T>): Promise<T>
  /** Runs the work while no other process does work of that name. */
  exclusively<T>(name: string, work: () => Promise<T>): Promise<T>
  /** For a person, even under `--quiet`: what was made up for on the way. */
  tell(message: string): void
  clock: Clock
  wait: Wait
  /** Aborts, with the `Failure` that says why, when the person or the system stops the program. */
  signal: AbortSignal
}
