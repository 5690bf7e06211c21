import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'

/** A body as it was meant: some servers pack it although `identity` was asked. What that takes is loaded only then. */
export const plainBody = async (incoming: IncomingMessage, origin: string): Promise<Readable> => {
  const encoding = incoming.headers['content-encoding']
  return encoding === undefined ? incoming : (await import('./unpack.ts')).unpack(incoming, encoding, origin)
}
