import type { Data, DataFile } from './reference-data.ts'
import { requireTargets, withFaults } from './server/faults.ts'
import { instant } from './server/instant.ts'
import { type Listening, listen } from './server/listen.ts'
import { parseFaults } from './server/parse-faults.ts'
import { makePasswords } from './server/passwords.ts'
import type {
  Letter,
  ReferenceServer,
  ReferenceServerOptions,
  RequestLogEntry,
  SeededAccount,
  StartReferenceServer,
} from './server/public.ts'
import type { Outbox, ReferenceService, ServerContext, VerifyIdToken } from './server/reference-service.ts'
import { logged, requestLine } from './server/request-log.ts'
import type { ServiceState } from './server/state.ts'
import { services as allServices, findService } from './services/registry.ts'
import type { Clock } from './vocabulary/clock.ts'
import { Failure } from './vocabulary/failure.ts'

/** What is not for those who embed it: the program's own ways to start it, and the tests'. */
export interface StartOptions extends Omit<ReferenceServerOptions, 'google'> {
  /** Where to listen; loopback unless given. */
  host?: string
  google?: ReferenceServerOptions['google'] | VerifyIdToken
  /** Keeps accounts and keys from one run to the next; without it everything ends with the server. */
  data?: DataFile
}

/** Requests, and letters. */
const MOST_KEPT = 1_000

const machineClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() }

/** Loads the reference halves of the services named, and has each listener listen. */
export const startReferenceServer = (async (options: StartOptions = {}): Promise<ReferenceServer> => {
  const { clockOffset, faults } = parseFaults(options.faults ?? [])
  const given = options.clock ?? machineClock
  let ahead = 0
  const clock: Clock = { now: () => given.now() + clockOffset + ahead, monotonic: () => given.monotonic() + ahead }
  const log = options.log ?? (() => {})
  const addresses: Record<string, string> = {}
  const requests: RequestLogEntry[] = []
  const letters: Letter[] = []
  const outbox: Outbox = {
    letters,
    send: (letter) => {
      letters.push({ ...letter, sent_at: instant(clock.now()) })
      if (letters.length > MOST_KEPT) letters.shift()
      log(`mail to ${letter.to}: ${letter.subject}: ${letter.code}`)
    },
  }
  const addressOf = (listener: string): string => addresses[listener] ?? ''
  const context: ServerContext = {
    clock,
    outbox,
    google: await verifierOf(options.google, clock, addressOf),
    wishes: { rotate: false, zectreJwks: null, ...options.wishes },
    passwords: makePasswords(options.scryptCost),
    report: (error: unknown) =>
      log(`the server made a mistake: ${error instanceof Error ? error.stack : String(error)}`),
    addressOf,
  }
  const tell = (entry: RequestLogEntry): void => {
    requests.push(entry)
    if (requests.length > MOST_KEPT) requests.shift()
    log(requestLine(entry))
  }

  const named = options.services?.map(findService) ?? allServices
  const halves: ReferenceService[] = []
  const states = new Map<string, ServiceState>()
  for (const service of named) {
    const half = (await service.server())(context)
    halves.push(half)
    if (half.state) states.set(service.name, half.state)
  }
  const approving = halves.findIndex((half) => half.approval !== null)
  const approval = () => halves[approving]?.approval ?? throwNoApproval()

  let data: Data | null = null
  if (options.data) {
    const { openData } = await import('./reference-data.ts')
    data = await openData(options.data, states)
  }
  const listening: Listening[] = []
  const close = async (): Promise<void> => {
    await Promise.all(listening.map((each) => each.close()))
    await data?.close()
  }
  const seeded: SeededAccount[] = []
  try {
    const listeners = halves.flatMap((half) => half.listeners)
    if (options.google === 'bundled') listeners.push((await import('./server/issuer.ts')).makeIssuer(context))
    requireTargets(faults, new Map(listeners.map(({ name, fetch }) => [name, 'calls' in fetch ? fetch.calls : []])))
    for (const [index, listener] of listeners.entries()) {
      const faulty = withFaults(data?.kept(listener) ?? listener, faults, clock, log)
      const port = portFor(options.ports, listener.port, index)
      const opened = await listen(logged(faulty, clock, tell), port, options.host)
      listening.push(opened)
      addresses[listener.name] = opened.address
    }
    if (options.seed) seeded.push(...(await Promise.all(halves.map((half) => half.seed()))))
    await data?.save()
  } catch (error) {
    await close()
    throw error
  }

  const { google } = options
  return {
    addresses,
    seeded,
    google: google === undefined || typeof google === 'function' ? null : await signerOf(google, addressOf),
    outbox: letters,
    requests,
    advance(milliseconds) {
      ahead += milliseconds
    },
    async approve(code, account = seeded.find(({ service }) => service === named[approving]?.name)) {
      const { approve } = approval()
      if (!account) throw new Failure('failed', 'nobody is known to approve: name an account, or start with "seed"')
      await approve(code, account)
      await data?.save()
    },
    deny: (code) => approval().deny(code),
    disable(email) {
      if (!halves.map((half) => half.disable(email)).includes(true)) {
        throw new Failure('failed', `no service has an account ${email}`)
      }
      data?.saveSoon()
    },
    close,
  }
}) satisfies StartReferenceServer

/** jose and the issuer are loaded only where somebody asked for them. */
const verifierOf = async (
  google: StartOptions['google'],
  clock: Clock,
  addressOf: (listener: string) => string,
): Promise<VerifyIdToken | null> => {
  if (google === undefined) return null
  if (typeof google === 'function') return google
  const { makeIdTokenVerifier } = await import('./server/id-tokens.ts')
  if (google !== 'bundled') return makeIdTokenVerifier({ ...google, clock, fetch })
  let verify: VerifyIdToken | null = null
  return async (idToken) => {
    verify ??= makeIdTokenVerifier({ ...(await signerOf(google, addressOf)), clock, fetch })
    return verify(idToken)
  }
}

type Signer = NonNullable<ReferenceServer['google']>

/** The bundled issuer's address is known once it listens, which is before anybody has a token of it. */
const signerOf = async (google: 'bundled' | Signer, addressOf: (listener: string) => string): Promise<Signer> => {
  if (google !== 'bundled') return google
  const { ISSUER_CLIENT, ISSUER_LISTENER } = await import('./server/issuer.ts')
  return { issuer: addressOf(ISSUER_LISTENER), clientId: ISSUER_CLIENT }
}

const throwNoApproval = (): never => {
  throw new Failure('failed', 'none of the services has a sign-in that waits for an approval')
}

const portFor = (ports: ReferenceServerOptions['ports'] = 'documented', documented: number, index: number): number => {
  if (ports === 'documented') return documented
  return ports === 'free' || ports.first === 0 ? 0 : ports.first + index
}
