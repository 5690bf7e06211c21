import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** A request turned down on purpose: thrown anywhere below a handler, and put in words by the service's own error body. */
export class Refusal extends Error {
  readonly status: ContentfulStatusCode
  readonly code: string
  readonly headers: Record<string, string>

  constructor(status: ContentfulStatusCode, code: string, message: string, headers: Record<string, string> = {}) {
    super(message)
    this.name = 'Refusal'
    this.status = status
    this.code = code
    this.headers = headers
  }
}
