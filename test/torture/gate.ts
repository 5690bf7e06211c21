import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** How far a call has come that goes through the gate; `half`: half of the answer's body is on its way. */
export const STAGES = ['connected', 'asked', 'answered', 'half', 'passed'] as const
export type Stage = (typeof STAGES)[number]

export interface Passage {
  stage: Stage
  /** The how-manieth call since `watch`, from 1. */
  call: number
  /** `POST /v1/auth/login`; empty while only the connection is there. */
  operation: string
}

/** `drop`: this call goes no further. */
type Watcher = (passage: Passage) => Promise<'drop' | undefined> | undefined

export interface Gate {
  url: string
  /** Told of each stage of each call from now on, and waited for. */
  watch(watcher: Watcher): void
  calls(): number
  /** The answers that the service gave since `watch`, whether or not they were passed on. */
  answers: string[]
  /** Resolves when no call is under way: the service has then done all that it was asked for. */
  idle(): Promise<void>
  close(): Promise<void>
}

/** Resolves when it is on its way, or when there is nobody any more to send it to. */
const sent = (outgoing: ServerResponse, send: (done: () => void) => void): Promise<void> =>
  new Promise((resolve) => {
    if (outgoing.destroyed) return resolve()
    outgoing.once('close', resolve)
    send(resolve)
  })

/** Stands between the program and a service, passes on what is said, and lets somebody act at each stage of it. */
export const openGate = async (service: string): Promise<Gate> => {
  const target = new URL(service)
  let watcher: Watcher = () => undefined
  let calls = 0
  let underWay = 0
  let waiting: (() => void)[] = []
  const answers: string[] = []
  const enter = () => {
    underWay += 1
  }
  const leave = () => {
    underWay -= 1
    if (underWay > 0) return
    for (const go of waiting) go()
    waiting = []
  }

  const ask = (incoming: IncomingMessage, body: Buffer): Promise<{ answer: IncomingMessage; body: Buffer }> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = target
      const { method, url, headers } = incoming
      const outgoing = request({
        hostname,
        port,
        method,
        path: url,
        headers: { ...headers, host: target.host },
        agent: false,
      })
      outgoing.once('error', reject)
      outgoing.once('response', (answer) => {
        buffer(answer).then((whole) => resolve({ answer, body: whole }), reject)
      })
      outgoing.end(body)
    })

  const carry = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    calls += 1
    const call = calls
    const operation = `${incoming.method} ${incoming.url}`
    const at = async (stage: Stage) => (await watcher({ stage, call, operation })) === 'drop'
    const asked = await buffer(incoming)
    if (await at('asked')) return void outgoing.socket?.destroy()
    const { answer, body } = await ask(incoming, asked)
    answers.push(body.toString())
    if (await at('answered')) return void outgoing.socket?.destroy()
    const half = Math.floor(body.length / 2)
    outgoing.writeHead(answer.statusCode ?? 500, { ...answer.headers, 'content-length': body.length })
    await sent(outgoing, (done) => outgoing.write(body.subarray(0, half), done))
    if (await at('half')) return void outgoing.socket?.destroy()
    await sent(outgoing, (done) => outgoing.end(body.subarray(half), done))
    await at('passed')
  }

  const server = createServer({ keepAlive: false }, (incoming, outgoing) => {
    enter()
    // The program may be dead by now, and the service may refuse: both are what is tried here.
    outgoing.on('error', () => {})
    carry(incoming, outgoing)
      .catch(() => outgoing.socket?.destroy())
      .finally(leave)
  })
  server.on('connection', (socket) => {
    socket.on('error', () => {})
    void watcher({ stage: 'connected', call: calls + 1, operation: '' })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 1024, resolve))

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    watch(next) {
      watcher = next
      calls = 0
      answers.length = 0
    },
    calls: () => calls,
    answers,
    async idle() {
      // What a killed program had still sent is in the system's hands, and comes with the next look at them.
      for (let look = 0; look < 3; look += 1) await new Promise(setImmediate)
      if (underWay > 0) await new Promise<void>((resolve) => waiting.push(resolve))
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
