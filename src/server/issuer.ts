/**
 * A small OpenID provider, for tests and demonstrations of signing in with Google where Google can't be reached. It
 * believes whoever says who they are, so it runs only where it was asked for, and only on this machine.
 */
import { createHash, randomBytes } from 'node:crypto'
import { type App, makeApp, type Routes } from './app.ts'
import { readForm } from './body.ts'
import { makeGuesses } from './guesses.ts'
import { approvalPage, devicePage, plainPage } from './issuer-page.ts'
import type { Listener, ServerContext } from './reference-service.ts'
import { Refusal } from './refusal.ts'
import { requireSameOrigin } from './same-origin.ts'

export const ISSUER_LISTENER = 'google_issuer'
export const ISSUER_CLIENT = 'keyturn-reference'

const CODE_LIFE = 60_000
const DEVICE_LIFE = 10 * 60_000
const TOKEN_LIFE = 3600
const SECOND = 1000
const INTERVAL = 1 * SECOND
const SLOWER = 5 * SECOND
/** Who waits exactly as told may seem early by what the network took. */
const JITTER = 300
/** The oldest goes then: a flood ends sign-ins, not the server. */
const MOST = 1_000
/** RFC 8628 §6.1: consonants that are not taken for one another. */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ'

interface Granted {
  email: string
  nonce: string | null
}
interface Authorization extends Granted {
  redirectUri: string
  challenge: string
  endsAt: number
}
interface Device {
  userCode: string
  granted: Granted | null
  denied: boolean
  endsAt: number
  /** RFC 8628 §3.5: who asks sooner than told is told to ask more slowly, and has to from then on. */
  interval: number
  askedAt: number
}

type Form = (field: string) => string

const keep = <T>(all: Map<string, T>, key: string, value: T): void => {
  const [oldest] = all.keys()
  if (all.size >= MOST && oldest !== undefined) all.delete(oldest)
  all.set(key, value)
}

const random = (): string => randomBytes(32).toString('base64url')

const userCode = (): string => {
  // 240 is the largest multiple of 20 that fits a byte, so no letter is likelier than another.
  const letters = [...randomBytes(64)].filter((byte) => byte < 240).map((byte) => LETTERS.charAt(byte % LETTERS.length))
  return `${letters.slice(0, 4).join('')}-${letters.slice(4, 8).join('')}`
}

export const makeIssuer = (context: Pick<ServerContext, 'clock' | 'report' | 'addressOf'>): Listener => {
  const { clock, report, addressOf } = context
  const issuer = () => addressOf(ISSUER_LISTENER)
  const authorizations = new Map<string, Authorization>()
  const devices = new Map<string, Device>()
  const guesses = makeGuesses(clock)
  const makeSigner = async () => {
    const { exportJWK, generateKeyPair, SignJWT } = await import('jose')
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const jwk = { ...(await exportJWK(publicKey)), kid: 'reference', alg: 'ES256', use: 'sig' }
    const sign = ({ email, nonce }: Granted): Promise<string> => {
      const now = Math.floor(clock.now() / 1000)
      const sub = createHash('sha256').update(email).digest('hex').slice(0, 21)
      const asked = nonce === null ? {} : { nonce }
      const claims = { email, email_verified: true, name: email.replace(/@.*/, ''), ...asked }
      return new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', kid: jwk.kid })
        .setIssuer(issuer())
        .setAudience(ISSUER_CLIENT)
        .setSubject(sub)
        .setIssuedAt(now)
        .setExpirationTime(now + TOKEN_LIFE)
        .sign(privateKey)
    }
    return { jwk, sign }
  }
  const signer = makeSigner()

  const tokens = async (granted: Granted): Promise<Response> =>
    Response.json({
      access_token: random(),
      token_type: 'Bearer',
      expires_in: TOKEN_LIFE,
      id_token: await (await signer).sign(granted),
    })
  const oauthError = (error: string, status = 400): Response => Response.json({ error }, { status })

  /** What the authorize page was asked for, checked the same way when it is shown and when it is submitted. */
  const asked = (params: URLSearchParams) => {
    const redirectUri = params.get('redirect_uri') ?? ''
    const challenge = params.get('code_challenge') ?? ''
    // RFC 8252 §7.3: any port of the loopback address, and nothing else.
    if (!/^http:\/\/127\.0\.0\.1:\d{1,5}\/[\w/-]*$/.test(redirectUri) || params.get('client_id') !== ISSUER_CLIENT) {
      throw new Refusal(400, 'INVALID_REQUEST', 'this client or its redirect_uri is not known here')
    }
    if (
      params.get('response_type') !== 'code' ||
      params.get('code_challenge_method') !== 'S256' ||
      challenge.length !== 43
    ) {
      throw new Refusal(400, 'INVALID_REQUEST', 'only the code flow with PKCE (S256) is done here')
    }
    return { redirectUri, challenge, state: params.get('state') ?? '', nonce: params.get('nonce') }
  }

  const byCode = async (form: Form): Promise<Response> => {
    const found = authorizations.get(form('code'))
    authorizations.delete(form('code'))
    const proof = createHash('sha256').update(form('code_verifier')).digest('base64url')
    const good =
      found && found.endsAt > clock.now() && found.redirectUri === form('redirect_uri') && found.challenge === proof
    return good ? tokens(found) : oauthError('invalid_grant')
  }

  const byDevice = async (form: Form): Promise<Response> => {
    const found = devices.get(form('device_code'))
    if (!found) return oauthError('invalid_grant')
    if (found.endsAt <= clock.now()) return oauthError('expired_token')
    if (found.denied) return oauthError('access_denied')
    if (found.granted === null) {
      const early = clock.monotonic() - found.askedAt < found.interval - JITTER
      found.askedAt = clock.monotonic()
      if (early) found.interval += SLOWER
      return oauthError(early ? 'slow_down' : 'authorization_pending')
    }
    devices.delete(form('device_code'))
    return tokens(found.granted)
  }

  const routes: Routes = {
    '/.well-known/openid-configuration': {
      GET: () =>
        Response.json({
          issuer: issuer(),
          authorization_endpoint: `${issuer()}/authorize`,
          token_endpoint: `${issuer()}/token`,
          device_authorization_endpoint: `${issuer()}/device/code`,
          jwks_uri: `${issuer()}/jwks`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['ES256'],
          code_challenge_methods_supported: ['S256'],
        }),
    },
    '/jwks': { GET: async () => Response.json({ keys: [(await signer).jwk] }) },
    '/authorize': {
      GET: (request) => {
        asked(new URL(request.req.url).searchParams)
        return approvalPage(new URL(request.req.url).search)
      },
      POST: async (request) => {
        requireSameOrigin(request.req.raw)
        const { redirectUri, challenge, state, nonce } = asked(new URL(request.req.url).searchParams)
        const form = await readForm(request.req.raw)
        const back = new URL(redirectUri)
        back.searchParams.set('state', state)
        if (form('answer') === 'deny') back.searchParams.set('error', 'access_denied')
        else {
          const code = random()
          const endsAt = clock.now() + CODE_LIFE
          keep(authorizations, code, { email: emailFrom(form), nonce, redirectUri, challenge, endsAt })
          back.searchParams.set('code', code)
        }
        return Response.redirect(back, 303)
      },
    },
    '/token': {
      POST: async (request) => {
        const form = await readForm(request.req.raw)
        if (form('client_id') !== ISSUER_CLIENT) return oauthError('invalid_client', 401)
        if (form('grant_type') === 'authorization_code') return byCode(form)
        if (form('grant_type') === 'urn:ietf:params:oauth:grant-type:device_code') return byDevice(form)
        return oauthError('unsupported_grant_type')
      },
    },
    '/device/code': {
      POST: async (request) => {
        const form = await readForm(request.req.raw)
        if (form('client_id') !== ISSUER_CLIENT) return oauthError('invalid_client', 401)
        const deviceCode = random()
        const device: Device = {
          userCode: userCode(),
          granted: null,
          denied: false,
          endsAt: clock.now() + DEVICE_LIFE,
          interval: INTERVAL,
          askedAt: Number.NEGATIVE_INFINITY,
        }
        keep(devices, deviceCode, device)
        return Response.json({
          device_code: deviceCode,
          user_code: device.userCode,
          verification_uri: `${issuer()}/device`,
          expires_in: DEVICE_LIFE / 1000,
          interval: INTERVAL / SECOND,
        })
      },
    },
    '/device': {
      GET: () => devicePage(),
      POST: async (request) => {
        requireSameOrigin(request.req.raw)
        const form = await readForm(request.req.raw)
        const typed = form('code')
          .replace(/[^a-z]/gi, '')
          .toUpperCase()
        // Decided once: what somebody approved is not handed to the next who types the code.
        const fits = ({ userCode, granted, denied, endsAt }: Device): boolean =>
          userCode.replace('-', '') === typed && granted === null && !denied && endsAt > clock.now()
        // RFC 8628 §5.1: a code is short enough to be found by trying, so who tries has to wait.
        const from = request.env.peer.address
        const found = await guesses.guess({ name: from, from }, async () => [...devices.values()].find(fits) ?? null)
        if (!found) return plainPage('there is no such code', 404)
        if (form('answer') === 'deny') found.denied = true
        else found.granted = { email: emailFrom(form), nonce: null }
        return plainPage(found.denied ? 'it is turned down' : 'it is approved; your terminal goes on')
      },
    },
  }
  const app: App = makeApp({
    clock,
    report,
    refuse: (_asked, refusal) => Response.json({ error: refusal.message }, { status: refusal.status }),
    routes,
  })
  return { name: ISSUER_LISTENER, port: 47_095, fetch: app }
}

const emailFrom = (form: Form): string => {
  const email = form('email').trim()
  if (/^[^@\s]+@[^@\s]+$/.test(email)) return email
  throw new Refusal(400, 'INVALID_REQUEST', 'an email address is needed')
}
