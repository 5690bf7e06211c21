import type { Environment } from '../vocabulary/environment.ts'
import { direct, exchange, prepareFor } from './direct.ts'
import { proxyFor } from './proxy.ts'
import type { Transport, WireRequest } from './transport.ts'

/** Directly, or through the proxy that the environment names for an address; what that takes is loaded only then. */
export const wayOut = (env: Environment): Transport => {
  const send = async (request: WireRequest, signal: AbortSignal) => {
    const proxy = proxyFor(request.url, env)
    if (proxy === null) return direct(request, signal)
    const { openTunnel } = await import('./tunnel.ts')
    return exchange(request, signal, () => openTunnel(proxy, request.url, signal))
  }
  return Object.assign(send, { via: (url: URL) => proxyFor(url, env)?.name ?? null, prepare: prepareFor })
}
