import { connect } from '../../src/http/connect.ts'
import type { Transport, WireAnswer, WireRequest } from '../../src/http/transport.ts'
import { decodeRecord, encodeRecord, type SecretRecord } from '../../src/secrets/record.ts'
import { findService } from '../../src/services/registry.ts'
import type { SessionContext, Wishes } from '../../src/session/context.ts'
import type { Settings } from '../../src/settings/settings.ts'
import type { Unfinished } from '../../src/settings/unfinished.ts'
import { Failure } from '../../src/vocabulary/failure.ts'
import { makeMemoryStore } from '../memory-store.ts'
import { makeServerContext, type TestContext } from '../server/context.ts'
import { makeHandClock } from '../server/hand-clock.ts'

const NO_WISHES: Wishes = {
  profile: null,
  service: null,
  url: null,
  adminUrl: null,
  org: null,
  store: 'file',
  apiKey: null,
  token: null,
}

type Fault = (request: WireRequest) => WireAnswer | Failure | null | Promise<WireAnswer | Failure | null>

/**
 * A session room at work: the reference half of a service behind the transport, secrets in memory, and time in the
 * test's hand. `fault` may answer in the service's place.
 */
export const makeBench = async (name: string, changes: Partial<TestContext> = {}) => {
  const clock = makeHandClock(new Date(Date.parse('2026-03-27T10:00:00Z')).toISOString())
  const server = makeServerContext({ ...changes, clock })
  const service = findService(name)
  const half = (await service.server())(server)
  const requests: WireRequest[] = []
  let fault: Fault = () => null

  const transport: Transport = async (request, signal) => {
    signal.throwIfAborted()
    requests.push(request)
    const instead = await fault(request)
    if (instead instanceof Failure) throw instead
    if (instead !== null) return instead
    const { method, headers, body, url } = request
    const asked = new Request(url, { method, headers: { ...headers, host: url.host }, body })
    const answer = await half.listeners[0]!.fetch(asked, { address: '127.0.0.1' })
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() }
  }

  const entries = new Map<string, string>()
  const store = makeMemoryStore(entries)
  let settings: Settings = { version: 1, current: null, consents: { file_store: false }, profiles: {} }
  /** As if whatever wrote them were over. */
  const notes = new Map<string, Unfinished>()
  const told: string[] = []
  const locks = new Map<string, Promise<unknown>>()
  const stop = new AbortController()
  /** The local clock of the program, which may be wrong by so much. */
  let wrongBy = 0

  const contextWith = (wishes: Partial<Wishes> = {}, signal = stop.signal): SessionContext => ({
    wishes: { ...NO_WISHES, ...wishes },
    settings: {
      read: async () => settings,
      change: async (change) => {
        settings = change(settings)
        return settings
      },
    },
    unfinished: {
      left: async () => [...notes.values()],
      put: async (note) => void notes.set(note.id, note),
      drop: async (id) => void notes.delete(id),
      rename: async (from, to) => {
        for (const [id, note] of notes) if (note.profile === from) notes.set(id, { ...note, profile: to, keeper: to })
      },
    },
    tell: (message) => void told.push(message),
    transport,
    openStore: async () => store,
    finish: (work) => work(contextWith(wishes, new AbortController().signal)),
    connect: ({ base, adminBase, org }, credential, changes = {}) =>
      connect({
        base,
        adminBase,
        org,
        credential,
        transport,
        clock: { now: () => clock.now() + wrongBy, monotonic: clock.monotonic },
        wait: async (milliseconds) => clock.advance(milliseconds),
        signal: changes.signal ?? signal,
        timeoutMilliseconds: 30_000,
        userAgent: 'keyturn/test',
      }),
    exclusively: async (profile, work) => {
      const before = locks.get(profile) ?? Promise.resolve()
      const done = before.then(work, work)
      locks.set(profile, done)
      return done
    },
    clock: { now: () => clock.now() + wrongBy, monotonic: clock.monotonic },
    wait: async (milliseconds, until) => {
      until.throwIfAborted()
      clock.advance(milliseconds)
    },
    signal,
  })

  return {
    service,
    half,
    clock,
    server,
    store,
    entries,
    requests,
    contextWith,
    settings: () => settings,
    notes,
    told,
    record: (profile: string): SecretRecord | null => {
      const text = entries.get(profile)
      return text === undefined ? null : decodeRecord(text, profile, 'memory')
    },
    /** What Ctrl-C does. */
    stop: () => stop.abort(new Failure('interrupted', 'stopped by Ctrl-C')),
    put: (profile: string, record: SecretRecord) => void entries.set(profile, encodeRecord(record)),
    /** How often a path was asked for. */
    count: (path: string) => requests.filter(({ url }) => url.pathname === path).length,
    answerWith: (next: Fault) => {
      fault = next
    },
    setLocalClockWrongBy: (milliseconds: number) => {
      wrongBy = milliseconds
    },
  }
}

export type Bench = Awaited<ReturnType<typeof makeBench>>
