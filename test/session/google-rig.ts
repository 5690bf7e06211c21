import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import type { Transport, WireAnswer, WireRequest } from '../../src/http/transport.ts'
import type { GoogleClient, GoogleContext } from '../../src/session/google.ts'
import { Secret } from '../../src/vocabulary/secret.ts'
import { handTime } from './hand-time.ts'

export const ISSUER = 'https://accounts.example.com'
export const CLIENT: GoogleClient = { issuer: ISSUER, clientId: 'the-client', clientSecret: null }

export const json = (body: unknown, status = 200, headers: Record<string, string> = {}): WireAnswer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

type Route = (form: URLSearchParams, request: WireRequest) => WireAnswer | Promise<WireAnswer>

export const METADATA = {
  issuer: ISSUER,
  authorization_endpoint: `${ISSUER}/authorize`,
  token_endpoint: `${ISSUER}/token`,
  device_authorization_endpoint: `${ISSUER}/device/code`,
  jwks_uri: `${ISSUER}/jwks`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['ES256', 'RS256', 'HS256', 'none'],
}

const { privateKey, publicKey } = await generateKeyPair('ES256')
const PUBLIC = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }

export const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

export const claimsFor = (changes: JWTPayload = {}): JWTPayload => {
  const now = Math.floor(Date.now() / 1000)
  const about = { sub: '1', email: 'gina@example.com', email_verified: true }
  return { iss: ISSUER, aud: CLIENT.clientId, iat: now, exp: now + 3600, ...about, ...changes }
}
export const signed = (claims: JWTPayload, header = {}): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header }).sign(privateKey)

export const tokenAnswer = (id_token: string, headers: Record<string, string> = {}): WireAnswer =>
  json({ access_token: 'an access token', token_type: 'Bearer', expires_in: 3600, id_token }, 200, headers)

/** An issuer that is a function: its routes by path, and every request that it was sent. */
export const issuerOf = (routes: Record<string, Route> = {}) => {
  const requests: WireRequest[] = []
  const all: Record<string, Route> = {
    '/.well-known/openid-configuration': () => json(METADATA),
    '/jwks': () => json({ keys: [PUBLIC] }),
    ...routes,
  }
  const transport: Transport = async (request, signal) => {
    signal.throwIfAborted()
    requests.push(request)
    const route = all[request.url.pathname]
    if (route === undefined) throw new Error(`nobody expected ${request.method} ${request.url.href}`)
    return route(new URLSearchParams(request.body ?? ''), request)
  }
  return { requests, transport, to: (path: string) => requests.filter(({ url }) => url.pathname === path) }
}

/** Time that passes only by waiting, for the device way; the browser way waits for as long as nobody ends it. */
export const contextOf = (transport: Transport, patience: 'passes' | 'stands' = 'passes') => {
  const time = handTime(Date.now())
  const stop = new AbortController()
  const stands: GoogleContext['wait'] = (_, signal) =>
    new Promise((_resolve, reject) => {
      const stop = () => reject(signal.reason)
      if (signal.aborted) stop()
      else signal.addEventListener('abort', stop, { once: true })
    })
  const wait = patience === 'passes' ? time.wait : stands
  const context: GoogleContext = { transport, clock: time.clock, wait, signal: stop.signal }
  return { context, time, stop }
}

export const withSecret: GoogleClient = { ...CLIENT, clientSecret: new Secret('GOCSPX-a-client-secret') }
