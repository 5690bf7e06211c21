import type { Context } from 'hono'
import { Hono } from 'hono/tiny'
import type { Clock } from '../vocabulary/clock.ts'
import type { ApiDescription } from './openapi.ts'
import { requireOwnHost } from './own-host.ts'
import { Refusal } from './refusal.ts'

/** Who asked, as the socket says; a request that came through no socket has the empty address. */
export interface Peer {
  address: string
  /** Where the listener was told to listen, when that is not loopback. */
  host?: string
  /** Ends the connection in the middle of whatever it is in, for a fault that somebody wanted. */
  hangUp?(): void
  /** Ends when the other side has given up. */
  gone?(): Promise<void>
}

export type Asked = Context<{ Bindings: { peer: Peer } }>
export type Handler = (asked: Asked) => Response | Promise<Response>
export type Method = 'GET' | 'POST' | 'DELETE'
/** Path, then method: read beside the service's documentation. */
export type Routes = Record<string, Partial<Record<Method, Handler>>>

export interface AppParts {
  clock: Clock
  /** A fault of our own making, for whoever runs the server; the caller is told nothing about it. */
  report(error: unknown): void
  /** Puts a refusal in the service's own words. */
  refuse(asked: Asked, refusal: Refusal): Response | Promise<Response>
  routes: Routes
  /** What `GET /openapi.json` is made from, there and then; without it there is no such path. */
  describe?(): Promise<ApiDescription>
}

/** A listener's answers, and what it answers: `GET /api/v1/api-keys/{id}`, as documentation writes it. */
export interface App {
  (request: Request, peer: Peer): Promise<Response>
  calls: readonly string[]
}

const OPENAPI = '/openapi.json'
const openApi =
  (describe: () => Promise<ApiDescription>): Handler =>
  async (asked) => {
    const { openApiOf } = await import('./openapi.ts')
    return asked.json(openApiOf(await describe()))
  }

/** On every answer that does not say otherwise (OWASP ASVS 5.0, 3.4 and 14.3.2). There are no CORS headers anywhere. */
const STANDING_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

/** A listener's whole behaviour as a function from Request to Response: guards first, then the routes, then the refusals. */
export const makeApp = (parts: AppParts): App => {
  const routes = parts.describe ? { ...parts.routes, [OPENAPI]: { GET: openApi(parts.describe) } } : parts.routes
  const app = new Hono<{ Bindings: { peer: Peer } }>()

  app.use(async (asked, next) => {
    await next()
    for (const [name, value] of Object.entries(STANDING_HEADERS)) {
      if (!asked.res.headers.has(name)) asked.header(name, value)
    }
    // Set here, or Node would write its own: a client measures how long a code lives against this clock.
    asked.header('date', new Date(parts.clock.now()).toUTCString())
  })
  app.use(async (asked, next) => {
    requireOwnHost(asked.req.raw, asked.env.peer.host)
    await next()
  })

  for (const [path, handlers] of Object.entries(routes)) {
    for (const [method, handler] of Object.entries(handlers)) app.on(method, path, handler)
    // RFC 9110, 15.5.6: a 405 says which methods there are. Hono answers HEAD by the GET handler.
    const allow = Object.keys(handlers)
      .flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
      .join(', ')
    app.all(path, (asked) => {
      throw new Refusal(405, 'METHOD_NOT_ALLOWED', `${asked.req.method} is not a method of this path`, { allow })
    })
  }
  app.notFound(() => {
    throw new Refusal(404, 'NOT_FOUND', 'there is nothing at this path')
  })
  app.onError(async (error, asked) => {
    if (!(error instanceof Refusal)) parts.report(error)
    const refusal = error instanceof Refusal ? error : new Refusal(500, 'INTERNAL_ERROR', 'the server made a mistake')
    const answer = await parts.refuse(asked, refusal)
    for (const [name, value] of Object.entries(refusal.headers)) answer.headers.set(name, value)
    return answer
  })

  const calls = Object.entries(routes).flatMap(([path, handlers]) =>
    Object.keys(handlers).map((method) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`),
  )
  return Object.assign(async (request: Request, peer: Peer) => app.fetch(request, { peer }), { calls })
}
