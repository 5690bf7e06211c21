export interface WireRequest {
  method: string
  url: URL
  headers: Record<string, string>
  body: string | null
}

export interface WireAnswer {
  status: number
  /** Names in lower case; a header sent twice is joined by a comma. */
  headers: Record<string, string>
  body: string
}

/**
 * One request, one whole answer. Follows no redirect, keeps no state. Throws the signal's reason when aborted and a
 * `Failure` (`unreachable`, `bad_answer`) for everything that kept an answer from arriving.
 */
export type Transport = (request: WireRequest, signal: AbortSignal) => Promise<WireAnswer>
