import type { Http } from '../http/http.ts'
import type { WireAnswer } from '../http/transport.ts'
import type { MakeReferenceService } from '../server/reference-service.ts'
import type { Account } from '../vocabulary/account.ts'
import type { SessionCredential } from '../vocabulary/credential.ts'
import type { Key, NewKey } from '../vocabulary/key.ts'
import type { Secret } from '../vocabulary/secret.ts'

/** Every verb there is, in the order in which a table shows them. */
export const OPERATIONS = [
  'sign-up',
  'browser-sign-in',
  'password-sign-in',
  'google-sign-in',
  'verify-email',
  'resend-verification',
  'forgot-password',
  'reset-password',
  'refresh',
  'sign-out',
  'account',
  'unlink-google',
  'create-key',
  'list-keys',
  'revoke-key',
] as const
export type Operation = (typeof OPERATIONS)[number]

/** How a service does a verb. */
export interface Means {
  /** Method and path as documented; several where it takes several calls. */
  calls: readonly string[]
  /** `session`: its documentation wants a JWT for it, and a key is refused before anything is sent. */
  needs?: 'session'
  /** Of a sign-up: it answers with a session as well. */
  signsIn?: true
}

/** Who a service is, known without loading either of its halves. */
export interface Service {
  /** The word on the command line. */
  name: string
  title: string
  /** Where it listens unless `--url` says otherwise. */
  url: string
  /** Where its B2B calls go, for a service that has such a host; an address given with `--url` alone serves both. */
  adminUrl: string | null
  /** True for a path of that host. */
  isAdminPath: (path: string) => boolean
  documentation: string
  /** What its raw keys start with. */
  keyPrefix: string
  /** What a person is known by when signing in with a password. */
  signInName: 'email' | 'username or email'
  /** What an account is made with, beside email and password; checked here for what the page says, before it is sent. */
  signUpFields: { username: SignUpField | null; name: SignUpField; password: SignUpField }
  /** A verb that a service does not have is `null`, written down, never left out. */
  operations: Record<Operation, Means | null>
  client: () => Promise<ServiceClient>
  server: () => Promise<MakeReferenceService>
}

export interface SignUpField {
  required: boolean
  pattern: RegExp
  /** What `pattern` wants, in words: "3 to 50 letters and digits". */
  rule: string
}

/**
 * A service's half that speaks. It sends, it judges, and it knows nothing of who asks: an operation is there exactly
 * when `Service.operations` says so.
 */
export interface ServiceClient {
  signUp: ((http: Http, account: NewAccount) => Promise<SignedUp>) | null
  browserSignIn: BrowserSignIn | null
  passwordSignIn: ((http: Http, who: { name: string; password: Secret }) => Promise<SignedIn>) | null
  /** `idToken`: what Google gave; it is sent on and kept nowhere. */
  googleSignIn: ((http: Http, idToken: Secret) => Promise<SignedIn>) | null
  verifyEmail: ((http: Http, request: { email: string; code: Secret }) => Promise<void>) | null
  resendVerification: ((http: Http, email: string) => Promise<void>) | null
  forgotPassword: ((http: Http, email: string) => Promise<void>) | null
  resetPassword: ((http: Http, request: { token: Secret; password: Secret }) => Promise<void>) | null
  /** The new pair; `refresh` is the old one where the service keeps it. */
  refresh: ((http: Http, refresh: Secret) => Promise<SessionCredential>) | null
  /** Ends both tokens of a session at the service. */
  signOut: ((http: Http, refresh: Secret) => Promise<void>) | null
  account: (http: Http) => Promise<Account>
  unlinkGoogle: ((http: Http) => Promise<Account>) | null
  createKey: ((http: Http, request: KeyRequest) => Promise<NewKey>) | null
  listKeys: ((http: Http) => Promise<Key[]>) | null
  revokeKey: ((http: Http, id: string) => Promise<void>) | null
}

export interface NewAccount {
  email: string
  password: Secret
  username: string | null
  name: string | null
}

/** `session`: set by a service whose sign-up signs in as well. */
export interface SignedUp {
  account: Account
  session: SessionCredential | null
}

/** `account`: set by a service whose sign-in says who it is. */
export interface SignedIn {
  session: SessionCredential
  account: Account | null
}

export interface KeyRequest {
  name: string
  /** `null`: what the service gives by itself. */
  scopes: string[] | null
  expiresInDays: number | null
}

/** The hand-off of a key through a page in the browser: start, ask until it is done; or complete it here. */
export interface BrowserSignIn {
  initiate(http: Http, request: { deviceName: string; pollChallenge: string }): Promise<StartedSignIn>
  /** One question; the answer as it came, to be judged by `judgeStatus`. */
  askStatus(http: Http, code: Secret, verifier: Secret): Promise<WireAnswer>
  judgeStatus(answer: WireAnswer): SignInStatus
  /** Sends what the page would have sent. `pending` when the answer had no key in it: the status then has it. */
  complete(http: Http, request: { code: Secret; email: string; password: Secret }): Promise<SignInStatus>
}

export interface StartedSignIn {
  code: Secret
  authUrl: string
  /** As the service wrote it; it may be missing or no date at all. */
  expiresAt: string | null
  /** What the service's own clock said when it answered, in milliseconds since 1970. */
  serviceNow: number | null
}

export type SignInStatus =
  | { status: 'pending' }
  | { status: 'completed'; key: Secret; account: Account | null }
  | { status: 'expired'; denied: boolean }
