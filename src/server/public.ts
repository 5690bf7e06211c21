/**
 * What `keyturn/server` promises to whoever tests against it. The build makes `dist/server.d.ts` of this file as it
 * stands, so it imports nothing.
 */

export interface ReferenceServerOptions {
  /** `restume`, `zectre`, `curate-me`, in the order in which they take ports; all of them unless given. */
  services?: readonly string[]
  /** `first`: the first listener gets that port, the others those after it; 0 is the same as `free`. */
  ports?: 'documented' | 'free' | { first: number }
  /** Makes one known account in each. */
  seed?: boolean
  /** What goes wrong, in the words of `keyturn help faults`: `status:502@2`. */
  faults?: readonly string[]
  /** The machine's own unless given; milliseconds since 1970, and milliseconds that only ever go up. */
  clock?: { now(): number; monotonic(): number }
  wishes?: {
    /** Curate-Me: a refresh gives a new refresh token too, and the old one used again ends the session. */
    rotate?: boolean
    /** zectre: RS256 tokens are taken whose keys are found there. */
    zectreJwks?: URL | null
  }
  /** Who signs the ID tokens that RESTume takes: the small issuer that comes with this server, or another. */
  google?: 'bundled' | { issuer: string; clientId: string }
  /** One line a request, and never a secret in it; letters with their codes. */
  log?: (line: string) => void
  /** scrypt's N, a power of two; 131072 unless given. Lower is quicker, for tests. */
  scryptCost?: number
}

export interface SignInWith {
  email: string
  password: string
}

export interface SeededAccount extends SignInWith {
  service: string
  username: string | null
  /** What else a person needs to know to try it. */
  note: string | null
}

export interface Letter {
  to: string
  subject: string
  /** The verification code or the recovery token that the letter is about. */
  code: string
  sent_at: string
}

export interface RequestLogEntry {
  listener: string
  method: string
  /** Without anything that may be a secret. */
  path: string
  status: number
  ms: number
}

export interface ReferenceServer {
  /** By the name of the listener: `zectre`, `zectre_dashboard`. */
  addresses: Record<string, string>
  seeded: readonly SeededAccount[]
  /** Who signs the ID tokens that RESTume takes, and for which client; `null` where it takes none. */
  google: { issuer: string; clientId: string } | null
  /** What would have been sent by mail; the last thousand, oldest first. */
  outbox: readonly Letter[]
  /** The last thousand, oldest first. */
  requests: readonly RequestLogEntry[]
  /** Lets time go by for the server, in milliseconds. */
  advance(milliseconds: number): void
  /** Does what a person does on the approval page; as the seeded account unless another is given. */
  approve(code: string, account?: SignInWith): Promise<void>
  deny(code: string): void
  /** Shuts the account out everywhere; a failure when no service has it. */
  disable(email: string): void
  /** Within two seconds, whatever connections are open. */
  close(): Promise<void>
}

/** Ends when every listener listens. */
export type StartReferenceServer = (options?: ReferenceServerOptions) => Promise<ReferenceServer>
