/** Keeps what the reference server knows in one file, from one run to the next. */
import { changeJson, isRecord, type JsonFile, readJson } from './files/json-file.ts'
import { withLock } from './files/lock.ts'
import { ensurePrivateFolder, sweepTemporaries } from './files/private-file.ts'
import type { FileTools } from './files/tools.ts'
import type { Listener } from './server/reference-service.ts'
import type { ServiceState } from './server/state.ts'
import { Failure } from './vocabulary/failure.ts'
import type { Json } from './vocabulary/json.ts'

export interface DataFile {
  path: string
  tools: FileTools
}

export interface Data {
  /** Ends when all that was changed before it is on the disk. */
  save(): Promise<void>
  /** The same within a second, for what may be lost. */
  saveSoon(): void
  /** The same listener, which answers a change when it is on the disk: what was acknowledged outlives a killed server. */
  kept(listener: Listener): Listener
  close(): Promise<void>
}

interface Saved {
  version: number
  /** Those of services that do not run at the moment too. */
  services: Record<string, unknown>
  [unknown: string]: unknown
}

const SOON = 1_000
const PATIENCE = 500
const LARGEST = 64 * 1024 * 1024

const fileOf = (path: string, states: Map<string, ServiceState>): JsonFile<Saved> => ({
  path,
  title: 'the data of the reference server',
  code: 'failed',
  named: true,
  largest: LARGEST,
  version: 1,
  empty: { version: 1, services: {} },
  check(value) {
    const { services } = value
    if (!isRecord(services)) return null
    const isGood = ([name, saved]: [string, unknown]) => states.get(name)?.prepare(saved) !== null
    return Object.entries(services).every(isGood) ? { ...value, version: 1, services } : null
  },
})

/** Well within the ten minutes after which who holds it elsewhere counts as gone. */
const RENEWED_EVERY = 60_000

/** Ends by the rejection of the wait. */
const renewUntil = async (over: AbortSignal, renew: () => void, { wait }: FileTools): Promise<never> => {
  for (;;) {
    await wait(RENEWED_EVERY, over)
    renew()
  }
}

/** Two servers on one file would each undo what the other did. Gives what lets go of it. */
const holdAlone = (path: string, tools: FileTools): Promise<() => Promise<void>> =>
  new Promise((resolve, reject) => {
    const patience = new AbortController()
    const waiting = new AbortController()
    const inUse = new Failure('failed', `${path} is in use by another reference server`, {
      hint: 'end that one first, or name another file: --data FILE',
    })
    tools.wait(PATIENCE, waiting.signal).then(
      () => patience.abort(inUse),
      () => {},
    )
    const held = withLock(`${path}.in-use`, tools, patience.signal, (renew) => {
      waiting.abort()
      const over = new AbortController()
      renewUntil(over.signal, renew, tools).catch(() => {})
      return new Promise<void>((letGo) => {
        resolve(async () => {
          over.abort()
          letGo()
          await held
        })
      })
    })
    held.catch(reject)
  })

/** Puts what the file has in force, and keeps the file. Nobody else may have it open. */
export const openData = async ({ path, tools }: DataFile, states: Map<string, ServiceState>): Promise<Data> => {
  const file = fileOf(path, states)
  const never = new AbortController().signal
  const closing = new AbortController()
  ensurePrivateFolder(file)
  const letGo = await holdAlone(path, tools)

  const current = (): Record<string, Json> =>
    Object.fromEntries([...states].map(([name, state]) => [name, state.save()]))
  let written = ''
  const write = async (): Promise<void> => {
    const services = current()
    const text = JSON.stringify(services)
    if (text === written) return
    await changeJson(file, tools, never, (old) => ({ ...old, services: { ...old.services, ...services } }))
    written = text
  }
  /** One at a time; whoever comes while one is at work shares the next, which has it all. */
  let working: Promise<void> = Promise.resolve()
  let next: Promise<void> | null = null
  const save = (): Promise<void> => {
    next ??= working
      .catch(() => {})
      .then(() => {
        next = null
        working = write()
        return working
      })
    return next
  }

  let soon = false
  const saveSoon = (): void => {
    if (soon) return
    soon = true
    const later = async () => {
      await tools.wait(SOON, closing.signal)
      soon = false
      await save()
    }
    // What fails here is tried again with the next change, and told then.
    later().catch(() => {})
  }

  try {
    // What a server that was killed left half written; nobody else writes this file.
    sweepTemporaries(file)
    const { services } = await readJson(file, tools, never)
    for (const [name, state] of states) if (name in services) state.prepare(services[name])?.()
    written = JSON.stringify(current())
  } catch (error) {
    await letGo()
    throw error
  }

  return {
    save,
    saveSoon,
    kept: (listener) => ({
      ...listener,
      async fetch(request, peer) {
        const answer = await listener.fetch(request, peer)
        // Nothing but marks of use: a status is asked for every few seconds, and must not wait for a disk.
        if (request.method === 'GET' || request.method === 'HEAD') {
          saveSoon()
          return answer
        }
        try {
          await save()
          return answer
        } catch (error) {
          tools.tell(error instanceof Error ? error.message : String(error))
          return new Response('the server could not keep what this changed\n', { status: 500 })
        }
      },
    }),
    async close() {
      closing.abort()
      try {
        await save()
      } finally {
        await letGo()
      }
    },
  }
}
