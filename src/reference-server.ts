import type { Data, DataFile } from './reference-data.ts'
import { instant } from './server/instant.ts'
import { type Listening, listen } from './server/listen.ts'
import { makePasswords } from './server/passwords.ts'
import type {
  Letter,
  Outbox,
  ReferenceService,
  SeededAccount,
  ServerContext,
  ServerWishes,
  SignInWith,
  VerifyIdToken,
} from './server/reference-service.ts'
import { logged, type RequestLogEntry, requestLine } from './server/request-log.ts'
import type { ServiceState } from './server/state.ts'
import { services as allServices, findService } from './services/registry.ts'
import type { Clock } from './vocabulary/clock.ts'
import { Failure } from './vocabulary/failure.ts'

export interface ReferenceServerOptions {
  /** By name, in the order in which they take ports; all of them unless given. */
  services?: readonly string[]
  /** `first`: the first listener gets that port, the others those after it; 0 is the same as `free`. */
  ports?: 'documented' | 'free' | { first: number }
  /** Makes one known account in each. */
  seed?: boolean
  clock?: Clock
  /** `rotate`: Curate-Me's refresh tokens; `zectreJwks`: where RS256 tokens of zectre-catalog are checked. */
  wishes?: Partial<ServerWishes>
  /** Who signs the ID tokens that the services take: the small issuer that comes with this server, or another. */
  google?: 'bundled' | { issuer: string; clientId: string } | VerifyIdToken
  /** Keeps accounts and keys from one run to the next; without it everything ends with the server. */
  data?: DataFile
  /** One line a request, and never a secret in it. */
  log?: (line: string) => void
  /** scrypt's N, a power of two: lower is quicker, for tests. */
  scryptCost?: number
}

export interface ReferenceServer {
  /** By the name of the listener: `zectre`, `zectre_dashboard`. */
  addresses: Record<string, string>
  seeded: SeededAccount[]
  /** What would have been sent by mail. */
  outbox: readonly Letter[]
  /** The last thousand, oldest first. */
  requests: readonly RequestLogEntry[]
  /** Does what a person does on the approval page. */
  approve(code: string, account: SignInWith): Promise<void>
  deny(code: string): void
  /** Shuts the account out everywhere; a failure when no service has it. */
  disable(email: string): void
  /** Within two seconds, whatever connections are open. */
  close(): Promise<void>
}

const MOST_REQUESTS_KEPT = 1_000

const machineClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() }

/** Loads the reference halves of the services named, and has each listener listen. */
export const startReferenceServer = async (options: ReferenceServerOptions = {}): Promise<ReferenceServer> => {
  const clock = options.clock ?? machineClock
  const log = options.log ?? (() => {})
  const addresses: Record<string, string> = {}
  const requests: RequestLogEntry[] = []
  const letters: Letter[] = []
  const outbox: Outbox = {
    letters,
    send: (letter) => {
      letters.push({ ...letter, sent_at: instant(clock.now()) })
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
    if (requests.length > MOST_REQUESTS_KEPT) requests.shift()
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
  const approval = halves.find((half) => half.approval !== null)?.approval

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
    for (const [index, listener] of listeners.entries()) {
      const kept = data?.kept(listener) ?? listener
      const opened = await listen(logged(kept, clock, tell), portFor(options.ports, listener.port, index))
      listening.push(opened)
      addresses[listener.name] = opened.address
    }
    if (options.seed) for (const half of halves) seeded.push(await half.seed())
    await data?.save()
  } catch (error) {
    await close()
    throw error
  }

  return {
    addresses,
    seeded,
    outbox: letters,
    requests,
    async approve(code, account) {
      if (!approval) throw noApproval()
      await approval.approve(code, account)
      await data?.save()
    },
    deny(code) {
      if (!approval) throw noApproval()
      approval.deny(code)
    },
    disable(email) {
      if (!halves.map((half) => half.disable(email)).includes(true)) {
        throw new Failure('failed', `no service has an account ${email}`)
      }
      data?.saveSoon()
    },
    close,
  }
}

/** jose and the issuer are loaded only where somebody asked for them. */
const verifierOf = async (
  google: ReferenceServerOptions['google'],
  clock: Clock,
  addressOf: (listener: string) => string,
): Promise<VerifyIdToken | null> => {
  if (google === undefined) return null
  if (typeof google === 'function') return google
  const { makeIdTokenVerifier } = await import('./server/id-tokens.ts')
  if (google !== 'bundled') return makeIdTokenVerifier({ ...google, clock, fetch })
  const { ISSUER_CLIENT, ISSUER_LISTENER } = await import('./server/issuer.ts')
  let verify: VerifyIdToken | null = null
  // The issuer's address is known once it listens, which is before anybody has a token of it.
  return (idToken) => {
    verify ??= makeIdTokenVerifier({ issuer: addressOf(ISSUER_LISTENER), clientId: ISSUER_CLIENT, clock, fetch })
    return verify(idToken)
  }
}

const noApproval = (): Failure => new Failure('failed', 'none of the services has a sign-in that waits for an approval')

const portFor = (ports: ReferenceServerOptions['ports'] = 'documented', documented: number, index: number): number => {
  if (ports === 'documented') return documented
  return ports === 'free' || ports.first === 0 ? 0 : ports.first + index
}
