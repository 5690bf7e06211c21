import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const PATH = '/callback'

interface LoopbackListener {
  redirectUri: string
  /** The address that the browser came back with, once it carries the state that was sent out with it. */
  answer(state: string): Promise<URL>
  close(): void
}

/**
 * Waits on this machine's own address for a browser to come back (RFC 8252 §7.3 and §8.3): one path, a port that the
 * system chose, and nothing that does not know the state ends the wait.
 */
export const listenOnce = async (): Promise<LoopbackListener> => {
  let expected: string | null = null
  let host = ''
  let arrive: (url: URL) => void = () => {}
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 5_000, maxHeaderSize: 8192 },
    (asked, response) => {
      // Judged as text first: what anybody may send need not be a URL. A page elsewhere that had its own name resolve to
      // this machine gives that name away as the host (DNS rebinding).
      const [path] = (asked.url ?? '').split('?')
      if (asked.method !== 'GET' || path !== PATH || asked.headers.host !== host) {
        return page(response, 404, 'there is nothing here')
      }
      const url = new URL(asked.url ?? PATH, `http://${host}`)
      if (expected === null || url.searchParams.get('state') !== expected) {
        return page(response, 400, 'this answer does not belong to a sign-in that is under way')
      }
      page(response, 200, 'your terminal has the answer; you can close this page')
      return arrive(url)
    },
  )
  server.maxConnections = 20
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    redirectUri: `http://${host}${PATH}`,
    answer: (state) => {
      expected = state
      return new Promise((resolve) => {
        arrive = resolve
      })
    },
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

const page = (response: ServerResponse, status: number, words: string): void => {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  })
  response.end(`keyturn: ${words}\n`)
}
