/** As much of the provider as the test uses; it brings no types of its own. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  interface Account {
    accountId: string
    claims(): Promise<Record<string, unknown> & { sub: string }>
  }
  export default class Provider {
    constructor(
      issuer: string,
      configuration: Record<string, unknown> & { findAccount(context: unknown, id: string): Account },
    )
    callback(): (request: IncomingMessage, response: ServerResponse) => void
  }
}
