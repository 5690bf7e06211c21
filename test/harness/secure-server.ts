import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Home } from './home.ts'
import type { Answer } from './service.ts'

export interface SecureServer {
  url: string
  /** What `NODE_EXTRA_CA_CERTS` is set to by who trusts it. */
  certificate: string
  /** The headers of each request that got through. */
  requests: Record<string, unknown>[]
}

export interface SecurePlan {
  name?: string
  days?: number
  /** Its certificate is signed by an authority, which is then what is trusted. */
  isIssued?: boolean
  answer?: Pick<Answer, 'headers' | 'text'>
}

const ALICE: Answer = { text: '{"id":"1","email":"alice@example.com"}' }

/** A server on this machine behind a certificate that is made for it now: for a name, and for so many days from now. */
export const serveSecurely = async (
  home: Home,
  { name = 'localhost', days = 2, isIssued = false, answer = ALICE }: SecurePlan = {},
): Promise<SecureServer> => {
  const at = (file: string) => join(home.path, file)
  const [key, made, certificate] = [at('key.pem'), at('made.pem'), at('certificate.pem')] as const
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' })
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  const named = [...kind, '-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`, '-keyout', key]
  if (isIssued) {
    const [authority, own] = [at('authority.pem'), at('authority-key.pem')]
    openssl('req', '-x509', ...kind, '-subj', '/CN=An authority', '-keyout', own, '-out', authority)
    openssl('req', '-x509', ...named, '-CA', authority, '-CAkey', own, '-out', certificate)
    return { ...(await serve(key, certificate, answer)), certificate: authority }
  }
  openssl('req', '-x509', ...named, '-out', made)
  // Only this command can make one that has ended.
  openssl('x509', '-in', made, '-signkey', key, '-days', String(days), '-out', certificate)
  return { ...(await serve(key, certificate, answer)), certificate }
}

const serve = async (key: string, certificate: string, answer: Answer) => {
  const requests: SecureServer['requests'] = []
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, response) => {
    requests.push(request.headers)
    response.writeHead(200, { 'content-type': 'application/json', ...answer.headers }).end(answer.text)
  })
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close().closeAllConnections())
  return { url: `https://localhost:${(server.address() as AddressInfo).port}`, requests }
}
