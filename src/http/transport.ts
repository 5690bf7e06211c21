export interface WireRequest {
  method: string
  url: URL
  headers: Record<string, string>
  body: string | null
  /** In place of `body`, for what may be no text. */
  bytes?: Uint8Array
  take?: Take
  /** How many MiB of an answer are read that is not taken in parts; 1 where nothing is said. */
  most?: number
}

export interface WireAnswer {
  status: number
  /** Names in lower case; a header sent twice is joined by a comma. */
  headers: Record<string, string>
  /** Empty where it was taken in parts. */
  body: string
}

export interface AnswerHead {
  status: number
  /** As it came: "HTTP/1.1 200 OK". */
  statusLine: string
  headers: Record<string, string>
}

export type TakePart = (part: Uint8Array) => Promise<void>

/** Asked of every answer when its head is there: what takes the body part by part, or `null` to have it whole. */
export type Take = (head: AnswerHead) => TakePart | null

/**
 * One request, one whole answer. Follows no redirect, keeps no state. Throws the signal's reason when aborted, a
 * `Failure` (`unreachable`, `bad_answer`) for everything that kept an answer from arriving, and what a taker threw.
 */
export interface Transport {
  (request: WireRequest, signal: AbortSignal): Promise<WireAnswer>
  /** The proxy, as HOST:PORT, that a request to that address goes through; `null` when it goes directly. */
  via?(url: URL): string | null
  /** Loads what a request to there will take; sends nothing. */
  prepare?(url: URL): Promise<void>
}
