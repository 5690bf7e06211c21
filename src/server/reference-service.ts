import type { Clock } from '../vocabulary/clock.ts'
import type { App, Peer } from './app.ts'
import type { Passwords } from './passwords.ts'
import type { Letter, SeededAccount, SignInWith } from './public.ts'
import type { ServiceState } from './state.ts'

/** What the kit hands to a service's reference half. */
export interface ServerContext {
  clock: Clock
  /** Shared by all services, so that together they check only so many passwords at once. */
  passwords: Passwords
  /** What a real service would send by mail; read in the log and at `GET /_outbox`. */
  outbox: Outbox
  /** Checks a Google ID token; `null` where no issuer was named. */
  google: VerifyIdToken | null
  wishes: ServerWishes
  /** A fault of the server's own making. */
  report(error: unknown): void
  /** The address that each listener ended up on, by its name; asked for when answering, not before all listen. */
  addressOf(listener: string): string
}

export interface Outbox {
  send(letter: Omit<Letter, 'sent_at'>): void
  /** Oldest first. */
  letters: readonly Letter[]
}

/** Who an ID token is about, or a `Refusal`. */
export type VerifyIdToken = (idToken: string) => Promise<GoogleIdentity>

export interface GoogleIdentity {
  subject: string
  email: string
  emailVerified: boolean
  name: string | null
}

/** How the person who starts the server wants the services to behave where their documentation leaves a choice. */
export interface ServerWishes {
  /** Curate-Me: a refresh gives a new refresh token too, and the old one used again ends the family. */
  rotate: boolean
  /** zectre: RS256 tokens of zectre-catalog are taken, with the keys found there. */
  zectreJwks: URL | null
}

export interface Listener {
  /** As it stands in `keyturn serve --json`: `zectre`, `zectre_dashboard`. */
  name: string
  /** The documented port. */
  port: number
  fetch: App | ((request: Request, peer: Peer) => Response | Promise<Response>)
}

export interface ReferenceService {
  listeners: Listener[]
  /** Makes one known account, unless there is one already, and says how to sign in with it. */
  seed(): Promise<SeededAccount>
  /** What a person does on the approval page, for tests and demonstrations; `null` where there is no such page. */
  approval: {
    approve(code: string, account: SignInWith): Promise<void>
    deny(code: string): void
  } | null
  /** Shuts an account out everywhere from now on; `false` when there is none with this address. */
  disable(email: string): boolean
  /** What `--data` keeps from one run to the next; `null` where everything ends with the server. */
  state: ServiceState | null
}

export type MakeReferenceService = (context: ServerContext) => ReferenceService
