/** One request without a credential, watched on its way: how far it came, and how long each step took. */
import type { Readable } from 'node:stream'
import type { SecureContext, TLSSocket } from 'node:tls'
import type { Clock } from '../vocabulary/clock.ts'
import type { Environment } from '../vocabulary/environment.ts'
import { Failure } from '../vocabulary/failure.ts'
import { explain } from './explain.ts'
import { plainBody } from './plain-body.ts'
import { proxyFor } from './proxy.ts'
import { authoritiesAfter, checkedBy } from './trust.ts'
import type { Connected } from './tunnel.ts'

export interface Reach {
  /** HOST:PORT of the proxy that it went through. */
  proxy: string | null
  /** Where the name leads; empty for an address that is no name. */
  addresses: string[]
  /** Milliseconds since the beginning; `null` for what was not come to. */
  looked: number | null
  connected: number | null
  /** `until`: the end of the server's certificate, in milliseconds since 1970. */
  tls: { protocol: string; until: number } | null
  answer: { milliseconds: number; status: number; headers: Record<string, string>; body: string } | null
  /** What kept the answer from arriving. */
  failure: Failure | null
}

export interface ReachPlan {
  url: URL
  /** Names the proxy, where there is one. */
  env: Environment
  userAgent: string
  clock: Clock
  /** In milliseconds. */
  patience: number
  signal: AbortSignal
}

/** As much of an answer as is needed to see who gives it. */
const ENOUGH = 4096

export const reach = async (plan: ReachPlan): Promise<Reach> => {
  const found = await attempt(plan)
  const authorities = await authoritiesAfter(found.failure, plan.env)
  return authorities === null ? found : attempt(plan, authorities)
}

const attempt = async (
  { url, env, userAgent, clock, patience, signal }: ReachPlan,
  authorities?: SecureContext,
): Promise<Reach> => {
  const { request } = url.protocol === 'https:' ? await import('node:https') : await import('node:http')
  const found: Reach = {
    proxy: null,
    addresses: [],
    looked: null,
    connected: null,
    tls: null,
    answer: null,
    failure: null,
  }
  const started = clock.monotonic()
  const since = () => Math.round(clock.monotonic() - started)
  const deadline = AbortSignal.timeout(patience)
  const whole = AbortSignal.any([signal, deadline])
  const headers = { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': userAgent }
  const openConnection = async (): Promise<Connected | null> => {
    const proxy = proxyFor(url, env)
    if (proxy === null) return null
    found.proxy = proxy.name
    const { openTunnel } = await import('./tunnel.ts')
    return openTunnel(proxy, url, whole, authorities)
  }
  try {
    const connected = await openConnection()
    if (connected !== null) found.connected = since()
    await new Promise<void>((resolve, reject) => {
      const connection = connected === null ? { agent: false as const } : { createConnection: connected }
      const outgoing = request(url, { headers, signal: whole, ...connection, ...checkedBy(authorities) })
      outgoing.on('error', reject)
      outgoing.on('socket', (socket) => {
        socket.on('lookup', (error: Error | null, address: string) => {
          if (error !== null || address === undefined) return
          found.looked ??= since()
          if (address !== url.hostname && !found.addresses.includes(address)) found.addresses.push(address)
        })
        socket.on('connect', () => {
          found.connected = since()
        })
        socket.on('secureConnect', () => {
          found.tls = tlsOf(socket as TLSSocket)
        })
      })
      outgoing.on('response', (incoming) => {
        const all = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])
        const answer = {
          milliseconds: since(),
          status: incoming.statusCode ?? 0,
          headers: Object.fromEntries(all),
          body: '',
        }
        found.answer = answer
        const read = (body: Readable) => {
          body.setEncoding('utf8').on('data', (piece: string) => {
            answer.body += piece
            if (answer.body.length < ENOUGH) return
            resolve()
            outgoing.destroy()
          })
          body.on('end', resolve).on('error', reject)
        }
        plainBody(incoming, url.origin).then(read).catch(reject)
      })
      outgoing.end()
    })
  } catch (error) {
    signal.throwIfAborted()
    if (deadline.aborted) found.failure = late(url, patience)
    else found.failure = error instanceof Failure ? error : explain(error, url.origin)
  }
  return found
}

const late = (url: URL, patience: number): Failure =>
  new Failure('timed_out', `${url.origin} gave no whole answer within ${patience / 1000} s`, {
    hint: 'try again, or wait longer with --timeout SECONDS',
  })

const tlsOf = (socket: TLSSocket): Reach['tls'] => ({
  protocol: socket.getProtocol() ?? 'TLS',
  until: Date.parse(socket.getPeerCertificate().valid_to),
})
