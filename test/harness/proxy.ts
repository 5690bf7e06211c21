import { createServer as createPlain, type IncomingMessage } from 'node:http'
import { createServer as createSecure } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface ProxyPlan {
  /** `USER:PASSWORD` that it asks for. */
  account?: string
  /** Written in place of the connection that was asked for, as it is; and no more comes. */
  says?: string
  /** It takes what it is asked and says nothing. */
  isSilent?: boolean
  /** Its own certificate: it is spoken to over TLS. */
  secure?: { key: string; cert: string }
}

export interface ServedProxy {
  /** With the account in it. */
  url: string
  /** HOST:PORT. */
  name: string
  /** What it was asked for, in clear: `CONNECT host:port`, and its headers. */
  asked: { line: string; headers: IncomingMessage['headers'] }[]
  /** All that was sent through it, as it saw it. */
  passed(): string
}

/** A proxy that takes CONNECT to any name, leads to this machine at the port that was named, and keeps what it sees. */
export const serveProxy = async ({ account, says, isSilent, secure }: ProxyPlan = {}): Promise<ServedProxy> => {
  const asked: ServedProxy['asked'] = []
  const seen: Buffer[] = []
  const sockets = new Set<Socket>()
  const keep = (socket: Socket) => {
    sockets.add(socket)
    return socket.on('error', () => {}).once('close', () => sockets.delete(socket))
  }
  const note = ({ method, url, headers }: IncomingMessage) => void asked.push({ line: `${method} ${url}`, headers })
  const server = secure ? createSecure(secure) : createPlain()
  server.on('request', (request, response) => {
    note(request)
    response.writeHead(405).end()
  })
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    note(request)
    keep(client)
    if (isSilent) return
    if (says !== undefined) return void client.end(says)
    const known = `Basic ${Buffer.from(account ?? '').toString('base64')}`
    if (account !== undefined && request.headers['proxy-authorization'] !== known)
      return void client.end('HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic realm="here"\r\n\r\n<html>407</html>')
    const there = keep(connect(Number(/:(\d+)$/.exec(request.url ?? '')?.[1]), '127.0.0.1'))
    const refuse = () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n<html>502</html>')
    there.once('error', refuse).once('connect', () => {
      there.off('error', refuse)
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      client.on('data', (piece) => seen.push(piece)).pipe(there)
      there.pipe(client)
      client.once('close', () => there.destroy())
      there.once('close', () => client.destroy())
    })
  })
  server.on('tlsClientError', () => {})
  server.on('connection', keep)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  const name = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const [, user = '', password = ''] = (/^([^:]*):(.*)$/.exec(account ?? '') ?? []).map(encodeURIComponent)
  const known = account === undefined ? '' : `${user}:${password}@`
  return {
    url: `${secure ? 'https' : 'http'}://${known}${name}`,
    name,
    asked,
    passed: () => Buffer.concat(seen).toString('latin1'),
  }
}
