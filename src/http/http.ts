import type { Secret } from '../vocabulary/secret.ts'
import type { Take, WireAnswer } from './transport.ts'

export type BodyValue =
  | string
  | number
  | boolean
  | null
  | Secret
  | BodyValue[]
  | { [name: string]: BodyValue | undefined }

export interface Call {
  /** As its documentation writes it, "DELETE /api/v1/api-keys/{id}": errors and traces name it so, never filled in. */
  operation: string
  /** What stands in the braces; encoded here. */
  params?: Record<string, string | Secret>
  /** Sent as JSON; a `Secret` in it is sent in clear and struck out wherever the answer repeats it. */
  body?: BodyValue
  /** Sent as it is, in place of `body`. */
  raw?: Uint8Array
  /** For an answer that may be larger than memory or than patience: see `Take`. */
  take?: Take
  /** The answer is as long as somebody has things of that kind. */
  lists?: boolean
  headers?: Record<string, string | Secret>
  /** `false`: made without the credential. */
  signed?: boolean
  /** Goes to the host for B2B calls, where the service has one. */
  admin?: boolean
  /** `false`: one try, whatever comes of it. */
  retry?: boolean
}

/** A service's address with a credential, as a client is handed it. */
export interface Http {
  /** The organisation that B2B calls are for; `null` when none was named. */
  readonly org: string | null
  /** How far the service's clock is ahead of this machine's, by the last answer that told; in milliseconds. */
  clockOffset(): number | null
  /** The answer as it came, whatever its status. */
  send(call: Call): Promise<WireAnswer>
}
