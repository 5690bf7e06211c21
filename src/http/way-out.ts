import type { Environment } from '../vocabulary/environment.ts'
import { exchange, prepareFor } from './direct.ts'
import { proxyFor } from './proxy.ts'
import type { Transport, WireRequest } from './transport.ts'
import { trusting } from './trust.ts'

/** Directly, or through the proxy that the environment names for an address; what that takes is loaded only then. */
export const wayOut = (env: Environment): Transport => {
  const trust = trusting(env)
  const send = (request: WireRequest, signal: AbortSignal) =>
    trust(async (authorities) => {
      const proxy = proxyFor(request.url, env)
      if (proxy === null) return exchange(request, signal, { authorities })
      const { openTunnel } = await import('./tunnel.ts')
      const openConnection = () => openTunnel(proxy, request.url, signal, authorities)
      return exchange(request, signal, { authorities, openConnection })
    })
  return Object.assign(send, { via: (url: URL) => proxyFor(url, env)?.name ?? null, prepare: prepareFor })
}
