import { isIP } from 'node:net'
import { Refusal } from './refusal.ts'

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]'])
const EVERYWHERE = new Set(['0.0.0.0', '::'])

/** A host as it stands in an address; what listens everywhere is reached as localhost. */
export const hostInAddress = (host: string): string => {
  if (EVERYWHERE.has(host)) return 'localhost'
  return isIP(host) === 6 ? `[${host}]` : host
}

/** The name without its port, in lower case. */
const nameOf = (host: string): string => host.toLowerCase().replace(/:\d{1,5}$/, '')
const isAddress = (name: string): boolean => isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0

/** A web page's own name can be made to resolve to any address, but an address is nobody's name: those are safe to take. */
const isOwn = (name: string, host: string | undefined): boolean =>
  LOOPBACK_NAMES.has(name) ||
  (host !== undefined && (EVERYWHERE.has(host) ? isAddress(name) : name === hostInAddress(host).toLowerCase()))

/**
 * Refuses what was asked under another name than the server's own. A page on the web can have its own name resolve to
 * 127.0.0.1 (DNS rebinding, CVE-2022-41924), but it can't choose the Host header that the browser sends. Both the header
 * and the request's own target are judged: a proxy-style `GET http://elsewhere/` has two.
 */
export const requireOwnHost = (request: Request, host?: string): void => {
  const target = new URL(request.url).host
  const header = request.headers.get('host') ?? target
  if (isOwn(nameOf(header), host) && isOwn(nameOf(target), host)) return
  const names = host === undefined ? 'localhost, 127.0.0.1 or [::1]' : 'localhost, or as what it was told to listen at'
  throw new Refusal(421, 'MISDIRECTED_REQUEST', `this server answers only as ${names}`)
}
