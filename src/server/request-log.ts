import type { Clock } from '../vocabulary/clock.ts'
import type { RequestLogEntry } from './public.ts'
import type { Listener } from './reference-service.ts'

const STRUCK = '***'
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** A word of a documented path: short, lower case. A code or a key is neither, whatever route it strayed to. */
const PATH_WORD = /^[a-z0-9._-]{0,24}$/

/** The path with its words and ids, and everything else struck out: codes in paths and queries are secrets. */
export const withoutSecrets = (url: string): string => {
  const { pathname, searchParams } = new URL(url)
  const path = pathname
    .split('/')
    .slice(0, 12)
    .map((part) => (PATH_WORD.test(part) || UUID.test(part) ? part : STRUCK))
    .join('/')
  const names = [...new Set(searchParams.keys())].slice(0, 8).map((name) => (PATH_WORD.test(name) ? name : STRUCK))
  return names.length === 0 ? path : `${path}?${names.map((name) => `${name}=${STRUCK}`).join('&')}`
}

export const requestLine = (entry: RequestLogEntry): string =>
  `${entry.listener} ${entry.method} ${entry.path} ${entry.status} ${entry.ms} ms`

/** The same listener, telling of each request after it was answered. */
export const logged = (listener: Listener, clock: Clock, tell: (entry: RequestLogEntry) => void): Listener => ({
  ...listener,
  async fetch(request, peer) {
    const began = clock.monotonic()
    const answer = await listener.fetch(request, peer)
    const { method, url } = request
    const ms = Math.round(clock.monotonic() - began)
    tell({ listener: listener.name, method, path: withoutSecrets(url), status: answer.status, ms })
    return answer
  },
})
