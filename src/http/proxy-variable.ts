import { isLoopback } from '../vocabulary/address.ts'
import type { Environment } from '../vocabulary/environment.ts'

/** Which variable names a proxy for an address, by curl's and Node's habits; `null` when none does. */
export const proxyVariable = (url: URL, env: Environment): string | null => {
  if (isLoopback(url) || isExcepted(url, env.no_proxy || env.NO_PROXY || '')) return null
  const names = url.protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', 'HTTP_PROXY']
  return [...names, 'all_proxy', 'ALL_PROXY'].find((name) => env[name]) ?? null
}

/** `*`, a host, a domain with or without its first dot, each with or without a port. */
const isExcepted = (url: URL, list: string): boolean =>
  list
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*') return true
      const [, name = '', port] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? []
      const ownPort = url.port || (url.protocol === 'https:' ? '443' : '80')
      if (port !== undefined && port !== ownPort) return false
      return name !== '' && (url.hostname === name || url.hostname.endsWith(`.${name}`))
    })
