import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { watchFor } from './canary.ts'

export interface Received {
  method: string
  /** With the query, as it came. */
  path: string
  headers: Record<string, string>
  body: string
  /** What stood at the `{name}`s of the route. */
  at: Record<string, string>
}

export interface Answer {
  status?: number
  headers?: Record<string, string | string[]>
  /** Sent as it is; or `json`, sent as JSON. */
  text?: string | Buffer
  json?: unknown
  /** Milliseconds before the first byte. */
  after?: number
  /**
   * `drop`: the connection ends with no answer; `reset`: it breaks; `silence`: it stays open and nothing comes;
   * `cut`: the headers and the body as far as it goes, and then the connection ends without the end of the body.
   */
  fault?: 'drop' | 'reset' | 'silence' | 'cut'
}

type Scripted = Answer | ((request: Received) => Answer)
/** `GET /api/v1/things/{id}` → what is answered the first time, the second, …; the last one repeats. */
export type Script = Record<string, Scripted | Scripted[]>

export interface ScriptedService {
  url: string
  /** Every request, in the order of arrival. */
  requests: Received[]
  /** Those that a route of the script took. */
  to(route: string): Received[]
  /** Fails when a request came that the script does not know, or an answer in it was never given. */
  verify(): void
  /** Changes what comes next; answers that were not given are forgotten. */
  rewrite(script: Script): void
}

/** A server that nobody here wrote: it says what the script says, in order, and keeps what it was sent. */
export const serveScript = async (
  script: Script,
  whenDone: (cleanUp: () => Promise<void>) => void = onTestFinished,
): Promise<ScriptedService> => {
  let routes = compile(script)
  const requests: Received[] = []
  const taken: { route: string; request: Received }[] = []
  const unexpected: string[] = []
  const sockets = new Set<Socket>()

  const server = createServer(async (incoming, outgoing) => {
    // The other side may be gone before it is answered.
    outgoing.on('error', () => {})
    const request = await receive(incoming).catch(() => null)
    if (!request) return
    requests.push(request)
    const pathname = request.path.replace(/\?.*$/s, '')
    const route = routes.find(({ method, pattern }) => method === request.method && pattern.test(pathname))
    if (!route) {
      unexpected.push(`${request.method} ${request.path}`)
      send(outgoing, { status: 500, text: `nothing scripted for ${request.method} ${request.path}` })
      return
    }
    request.at = { ...route.pattern.exec(pathname)?.groups }
    taken.push({ route: route.name, request })
    const scripted = route.answers[Math.min(route.given++, route.answers.length - 1)] ?? {}
    const answer = typeof scripted === 'function' ? scripted(request) : scripted
    if (answer.after === undefined) send(outgoing, answer)
    else setTimeout(() => send(outgoing, answer), answer.after)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  whenDone(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  )

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    to: (name) => taken.filter(({ route }) => route === name).map(({ request }) => request),
    verify() {
      const unused = routes.filter(({ given, answers }) => given < answers.length)
      const complaints = [
        ...unexpected.map((request) => `it was asked ${request}, which the script does not know`),
        ...unused.map(({ name, given, answers }) => `${name}: ${given} of ${answers.length} answers were asked for`),
      ]
      if (complaints.length > 0) throw new Error(`the scripted service: ${complaints.join('; ')}`)
    },
    rewrite(next) {
      routes = compile(next)
    },
  }
}

const compile = (script: Script) =>
  Object.entries(script).map(([name, answers]) => {
    const [method = '', path = ''] = name.split(' ')
    const source = path
      .split(/(\{\w+\})/)
      .map((part, i) => (i % 2 ? `(?<${part.slice(1, -1)}>[^/]+)` : part.replace(/[.*+?^$()[\]|\\]/g, '\\$&')))
      .join('')
    return { name, method, pattern: new RegExp(`^${source}$`), answers: [answers].flat(), given: 0 }
  })

const receive = async (incoming: IncomingMessage): Promise<Received> => {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(incoming.headers)) headers[name] = String(value)
  const { method = '', url = '' } = incoming
  if (headers['x-cli-verifier']) watchFor(headers['x-cli-verifier'], 'verifier')
  return { method, path: url, headers, body: await readText(incoming), at: {} }
}

const send = (outgoing: ServerResponse, { status = 200, headers = {}, text, json, fault }: Answer): void => {
  if (fault === 'silence') return
  if (fault === 'reset') {
    outgoing.socket?.resetAndDestroy()
    return
  }
  if (fault === 'drop') {
    outgoing.socket?.destroy()
    return
  }
  const body = json === undefined ? (text ?? '') : JSON.stringify(json)
  const type = json === undefined ? 'text/plain; charset=utf-8' : 'application/json'
  outgoing.writeHead(status, { 'content-type': type, ...headers })
  if (fault !== 'cut') {
    outgoing.end(body)
    return
  }
  outgoing.write(body, () => outgoing.socket?.destroy())
}
