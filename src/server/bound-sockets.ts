import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

const MOST_SOCKETS = 200
/** So many may be asked at once on one socket, without waiting for an answer (pipelining): all are kept in memory. */
const MOST_AT_ONCE = 32

/**
 * Bounds the sockets of a listener and still has room for the next one: whoever has gone longest without an answer that the
 * server is at work on goes. A crowd that only sits there (says nothing, or a byte now and then, or asks and never
 * listens) so crowds out itself, and a good client that comes after it is heard. Only when the server is at work for
 * every single one is the newest turned away.
 */
export const boundSockets = (server: Server): void => {
  /** Each with the answer that it waits for, the longest without one first. */
  const sockets = new Map<Socket, ServerResponse | null>()
  const unanswered = new WeakMap<Socket, number>()

  server.on('connection', (socket: Socket) => {
    sockets.set(socket, null)
    socket.once('close', () => sockets.delete(socket))
    if (sockets.size <= MOST_SOCKETS) return
    for (const [each, answer] of sockets) {
      if (isAtWork(answer)) continue
      sockets.delete(each)
      each.destroy()
      return
    }
  })
  server.on('request', ({ socket }, answer) => {
    const asked = (unanswered.get(socket) ?? 0) + 1
    unanswered.set(socket, asked)
    if (asked > MOST_AT_ONCE) socket.destroy()
    if (socket.destroyed || !sockets.has(socket)) return
    sockets.set(socket, answer)
    answer.once('close', () => {
      unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1)
      // To the end of the line, unless it has asked for the next thing already.
      if (sockets.get(socket) === answer && sockets.delete(socket)) sockets.set(socket, null)
    })
  })
}

/** What was asked is there whole, and not all of the answer has been written. */
const isAtWork = (answer: ServerResponse | null): boolean => answer?.req.complete === true && !answer.writableEnded
