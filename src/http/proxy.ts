import { isLoopback } from '../vocabulary/address.ts'
import type { Environment } from '../vocabulary/environment.ts'
import { Failure } from '../vocabulary/failure.ts'

export interface NamedProxy {
  /** With the user name and password that it was given, so never shown. */
  url: URL
  /** HOST:PORT. */
  name: string
  /** Where it was named. */
  variable: string
}

/** The proxy that the environment names for an address; `null` when it is reached directly. */
export const proxyFor = (url: URL, env: Environment): NamedProxy | null => {
  const variable = proxyVariable(url, env)
  if (variable === null) return null
  const proxy = readProxy(env[variable] ?? '')
  if (proxy === null) {
    throw new Failure('usage', `${variable} holds no address of a proxy`, {
      hint: `set it to one like http://proxy.example:3128, or take it away: unset ${variable}`,
    })
  }
  if (proxy.protocol !== 'http:' && proxy.protocol !== 'https:') {
    throw new Failure(
      'usage',
      `${variable} names a ${proxy.protocol}// proxy, and keyturn speaks with http ones only`,
      {
        hint: `set it to one like http://proxy.example:3128, or go without it: export NO_PROXY=${url.hostname}`,
      },
    )
  }
  return { url: proxy, name: `${proxy.hostname}:${portOf(proxy)}`, variable }
}

/** A proxy's address; `null` when it is none. */
export const readProxy = (text: string): URL | null => {
  const withScheme = text.includes('://') ? text : `http://${text}`
  if (!URL.canParse(withScheme)) return null
  const url = new URL(withScheme)
  return url.host === '' ? null : url
}

export const portOf = (url: URL): string => url.port || (url.protocol === 'https:' ? '443' : '80')

/** Without the brackets that an IPv6 address has in a URL. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '')

/** Which variable names a proxy for an address, by curl's and Node's habits; `null` when none does. */
export const proxyVariable = (url: URL, env: Environment): string | null => {
  if (isLoopback(url) || isExcepted(url, env.no_proxy || env.NO_PROXY || '')) return null
  const names = url.protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', 'HTTP_PROXY']
  return [...names, 'all_proxy', 'ALL_PROXY'].find((name) => env[name]) ?? null
}

/** `*`, a host, a domain with or without its first dot, each with or without a port; an IPv6 address has brackets then. */
const isExcepted = (url: URL, list: string): boolean =>
  list
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*') return true
      const [, given = '', port] = /^\*?\.?(\[.*\]|[^:]*)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [entry, entry]
      if (port !== undefined && port !== portOf(url)) return false
      const name = given.replace(/^\[|\]$/g, '')
      return name !== '' && (hostOf(url) === name || url.hostname.endsWith(`.${name}`))
    })
