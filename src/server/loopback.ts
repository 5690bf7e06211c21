import { Refusal } from './refusal.ts'

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]'])

const namesLoopback = (host: string): boolean => LOOPBACK_NAMES.has(host.toLowerCase().replace(/:\d{1,5}$/, ''))

/**
 * Refuses what was asked under another name than this machine's own. A page on the web can have its own name resolve to
 * 127.0.0.1 (DNS rebinding, CVE-2022-41924), but it can't choose the Host header that the browser sends. Both the header
 * and the request's own target are judged: a proxy-style `GET http://elsewhere/` has two.
 */
export const requireLoopbackHost = (request: Request): void => {
  const target = new URL(request.url).host
  const header = request.headers.get('host') ?? target
  if (namesLoopback(header) && namesLoopback(target)) return
  throw new Refusal(421, 'MISDIRECTED_REQUEST', 'this server answers only as localhost, 127.0.0.1 or [::1]')
}
