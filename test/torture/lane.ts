import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from '../../src/http/connect.ts'
import type { Http } from '../../src/http/http.ts'
import { wayOut } from '../../src/http/way-out.ts'
import { type StartOptions, startReferenceServer } from '../../src/reference-server.ts'
import type { ReferenceServer } from '../../src/server/public.ts'
import { findService, services } from '../../src/services/registry.ts'
import type { Clock } from '../../src/vocabulary/clock.ts'
import type { Credential, SessionCredential } from '../../src/vocabulary/credential.ts'
import type { Key } from '../../src/vocabulary/key.ts'
import { Secret } from '../../src/vocabulary/secret.ts'
import { type Gate, openGate } from './gate.ts'

/** An account of its own for each try, so that what is alive at the service is this try's alone. */
export interface Person {
  email: string
  username: string
  password: string
  name: string
  session: SessionCredential
}

/** A service's reference half with a gate before it, where one try after the other is made. */
export interface Lane {
  /** The command that starts the program. */
  program: readonly string[]
  server: ReferenceServer
  gate(service: string): Gate
  /** A connection around the gate: what it asks is not part of the exercise. */
  http(service: string, credential: Credential | null): Http
  newPerson(service: string): Promise<Person>
  newKey(service: string, person: Person, name: string): Promise<string>
  keys(service: string, person: Person): Promise<Key[]>
  works(service: string, credential: Credential): Promise<boolean>
  /** What the server has logged since it was last asked. */
  takeLog(): string
  close(): Promise<void>
}

/** Tests and tortures try nobody's patience with a slow hash. */
const QUICK_HASH = 1024
const clock: Clock = { now: () => Date.now(), monotonic: () => performance.now() }
const never = new AbortController().signal

export const openLane = async (program: readonly string[], options: StartOptions = {}): Promise<Lane> => {
  let log: string[] = []
  const server = await startReferenceServer({
    ports: 'free',
    scryptCost: QUICK_HASH,
    wishes: { rotate: true },
    log: (line) => void log.push(line),
    ...options,
  })
  const gates = new Map<string, Gate>()
  for (const { name } of services) gates.set(name, await openGate(server.addresses[name] ?? ''))
  const gate = (service: string): Gate => gates.get(service)!
  const http = (service: string, credential: Credential | null): Http =>
    connect({
      base: new URL(server.addresses[service] ?? ''),
      adminBase: null,
      org: null,
      credential,
      transport: wayOut({}),
      clock,
      wait: (milliseconds) => sleep(milliseconds),
      signal: never,
      timeoutMilliseconds: 20_000,
      userAgent: 'keyturn-torture',
    })

  const clientOf = (service: string) => findService(service).client()

  return {
    program,
    server,
    gate,
    http,
    async newPerson(service) {
      const word = randomBytes(6).toString('hex')
      const who = { email: `${word}@example.com`, username: `user${word}`, name: `Person ${word}` }
      const password = `example password ${randomBytes(12).toString('hex')}`
      const { signUp, passwordSignIn } = await clientOf(service)
      await signUp?.(http(service, null), { ...who, password: new Secret(password) })
      const signedIn = await passwordSignIn?.(http(service, null), { name: who.email, password: new Secret(password) })
      if (!signedIn) throw new Error(`${service} has no password sign-in`)
      return { ...who, password, session: signedIn.session }
    },
    async newKey(service, { session }, name) {
      const { createKey } = await clientOf(service)
      const made = await createKey?.(http(service, session), { name, scopes: null, expiresInDays: null })
      if (!made) throw new Error(`${service} makes no keys`)
      return made.key.reveal()
    },
    async keys(service, { session }) {
      const { listKeys } = await clientOf(service)
      return (await listKeys?.(http(service, session))) ?? []
    },
    async works(service, credential) {
      const { account } = await clientOf(service)
      return account(http(service, credential)).then(
        () => true,
        () => false,
      )
    },
    takeLog() {
      const text = log.join('\n')
      log = []
      return text
    },
    async close() {
      await Promise.all([...gates.values()].map((each) => each.close()))
      await server.close()
    },
  }
}
