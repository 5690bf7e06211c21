import { createServer, type Server } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { Failure } from '../vocabulary/failure.ts'
import { boundSockets } from './bound-sockets.ts'
import { hostInAddress } from './own-host.ts'
import type { Listener } from './reference-service.ts'

export interface Listening {
  address: string
  close(): Promise<void>
}

/** Header and request times, sizes and sockets bounded, so that one bad client can't starve the others. */
const LIMITS = {
  connectionsCheckingInterval: 1_000,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  maxHeaderSize: 8 * 1024,
}
/** Whoever comes when there are more waits a second before trying again (RFC 6298); the system may allow fewer. */
const MOST_NOT_YET_ACCEPTED = 4_096
const GRACE_TO_FINISH = 1_000
const LOOPBACK = ['127.0.0.1', '::1']

const open = (listener: Listener, host: string, port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const elsewhere = LOOPBACK.includes(host) ? {} : { host }
    const answered = (request: Request, { incoming }: { incoming: unknown }) => {
      const { socket } = incoming as HttpBindings['incoming']
      return listener.fetch(request, {
        ...elsewhere,
        address: socket.remoteAddress ?? '',
        hangUp: () => socket.destroy(),
        gone: () =>
          new Promise((resolve) => {
            if (socket.destroyed) resolve()
            else socket.once('close', () => resolve())
          }),
      })
    }
    // The program that this runs in keeps its own Request and Response.
    const handle = getRequestListener(answered, { overrideGlobalObjects: false })
    const server = createServer(LIMITS)
    boundSockets(server)
    server.on('request', (request, answer) => {
      if (!request.socket.destroyed) void handle(request, answer)
    })
    server.once('error', reject)
    server.listen({ host, port, exclusive: true, backlog: MOST_NOT_YET_ACCEPTED }, () => {
      server.off('error', reject)
      resolve(server)
    })
  })

const portOf = (server: Server): number => {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const shut = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    const impatience = setTimeout(() => server.closeAllConnections(), GRACE_TO_FINISH)
    server.close(() => {
      clearTimeout(impatience)
      resolve()
    })
    server.closeIdleConnections()
  })

const cannotListen = (listener: Listener, port: number, cause: NodeJS.ErrnoException): Failure => {
  const why = cause.code === 'EADDRINUSE' ? 'is in use already' : `can't be opened (${cause.code ?? cause.message})`
  return new Failure('failed', `port ${port} ${why}, so ${listener.name} can't listen there`, {
    hint: 'take free ports instead: --port 0',
    cause,
  })
}

/**
 * Listens on loopback only, unless a host is named. `localhost` may mean 127.0.0.1 or ::1, so a fixed port is taken on both: the documented
 * address then works everywhere, and nobody else can sit on the half that was left. A free port (0) is 127.0.0.1's alone.
 */
export const listen = async (listener: Listener, port: number, host: string | null = null): Promise<Listening> => {
  const [first = '', second] = host === null || host === 'localhost' ? LOOPBACK : [host]
  const servers: Server[] = []
  const close = async () => {
    await Promise.all(servers.map(shut))
  }
  try {
    servers.push(await open(listener, first, port))
    if (port !== 0 && second !== undefined) servers.push(await open(listener, second, port))
  } catch (error) {
    const cause = error as NodeJS.ErrnoException
    const noIpv6 = servers.length === 1 && (cause.code === 'EADDRNOTAVAIL' || cause.code === 'EAFNOSUPPORT')
    if (!noIpv6) {
      await close()
      throw cannotListen(listener, port, cause)
    }
  }
  const [server] = servers
  const taken = server ? portOf(server) : port
  const named = second !== undefined && port !== 0 ? 'localhost' : hostInAddress(first)
  return { address: `http://${named}:${taken}`, close }
}
