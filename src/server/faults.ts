/** Bad days on demand, at the edge of a listener: what is behind it knows nothing of them. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../vocabulary/clock.ts'
import { Failure } from '../vocabulary/failure.ts'
import { nearest } from '../vocabulary/nearest.ts'
import { quoted } from '../vocabulary/quoted.ts'
import type { Peer } from './app.ts'
import { makePace } from './pace.ts'
import type { Effect, Fault } from './parse-faults.ts'
import type { Listener } from './reference-service.ts'

type Fetch = Listener['fetch']

/** The listener on its bad day. Each fault stands before the next: what one answers, those behind it never see. */
export const withFaults = (
  listener: Listener,
  faults: readonly Fault[],
  clock: Clock,
  tell: (line: string) => void,
): Listener => ({
  ...listener,
  fetch: faults.reduceRight<Fetch>((inner, fault) => {
    let fitting = 0
    const effectOn = effectOf(fault, clock)
    return (request, peer) => {
      if (!fits(fault, listener.name, request.method, new URL(request.url).pathname)) return inner(request, peer)
      fitting += 1
      if (fitting < fault.from || fitting > fault.to) return inner(request, peer)
      const effect = effectOn(request)
      if (effect === null) return inner(request, peer)
      tell(`fault ${fault.text} hits request ${fitting}`)
      return suffer(effect, inner, request, peer)
    }
  }, listener.fetch),
})

type Suffered = Exclude<Effect, { kind: 'interval' }>

/** What a request suffers that the fault fits; `null`: nothing, for it did not come too soon. */
const effectOf = ({ effect }: Fault, clock: Clock): ((request: Request) => Suffered | null) => {
  if (effect.kind !== 'interval') return () => effect
  const secondsEarly = makePace(effect.seconds, clock)
  return ({ method, url }) => {
    const retryAfter = secondsEarly(`${method} ${new URL(url).pathname}`)
    return retryAfter === 0 ? null : { kind: 'status', status: 429, retryAfter }
  }
}

/** A word fits a path that has it between slashes or dashes, so `keys` fits `/api/v1/api-keys`. */
const wordsOf = (path: string): string[] => path.split('/').flatMap((part) => [part, ...part.split('-')])

const fits = ({ method, target }: Fault, listener: string, asked: string, path: string): boolean => {
  if (method !== null && method !== asked) return false
  if (target === '*' || target === listener) return true
  return target.startsWith('/') ? path === target || path.startsWith(`${target}/`) : wordsOf(path).includes(target)
}

/** A fault that can hit nothing is a slip of the pen. `calls`: as documented, by the name of the listener. */
export const requireTargets = (faults: readonly Fault[], calls: ReadonlyMap<string, readonly string[]>): void => {
  const all = [...calls].flatMap(([name, of]) => of.map((call) => [name, ...call.split(' ')] as const))
  for (const fault of faults) {
    if (all.some(([name, method = '', path = '']) => fits(fault, name, method, path))) continue
    const words = all.flatMap(([name, , path = '']) => [name, ...wordsOf(path)]).filter((word) => /^[a-z]/.test(word))
    const meant = nearest(fault.target, [...new Set(words)])
    throw new Failure(
      'usage',
      `a fault is for ${quoted(fault.target)}, and no call of what is started has that in its path`,
      {
        hint:
          meant === null || meant === fault.target
            ? 'see: keyturn help faults'
            : `did you mean: ${meant}? see: keyturn help faults`,
      },
    )
  }
}

const suffer = async (effect: Suffered, inner: Fetch, request: Request, peer: Peer): Promise<Response> => {
  switch (effect.kind) {
    case 'status':
      return gatewayAnswer(effect.status, effect.retryAfter)
    case 'redirect':
      return new Response(null, { status: 307, headers: { location: effect.to } })
    case 'html':
      return page(200, 'Sign in to this network')
    case 'drop':
      peer.hangUp?.()
      return new Response(null)
    case 'drop-after-commit': {
      const answer = await inner(request, peer)
      peer.hangUp?.()
      return answer
    }
    case 'lost-response': {
      const answer = await inner(request, peer)
      await peer.gone?.()
      return answer
    }
    case 'cut':
      return cut(await inner(request, peer), peer)
    case 'slow':
      return slowed(await inner(request, peer), effect.bytesPerSecond)
    case 'escape-sequences':
      return escaped(await inner(request, peer))
  }
}

const page = (status: number, title: string, headers: Record<string, string> = {}): Response =>
  new Response(`<!doctype html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`, {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
  })

/** As whatever stands before a service answers, in no words of the service's own. */
const gatewayAnswer = (status: number, retryAfter: number | null): Response =>
  page(status, `${status} on demand`, retryAfter === null ? {} : { 'retry-after': String(retryAfter) })

/** The same answer with another body, which says of itself how long it was meant to be. */
const withBody = (answer: Response, body: ReadableStream | string, length: number): Response => {
  const headers = new Headers(answer.headers)
  headers.set('content-length', String(length))
  return new Response(body, { status: answer.status, headers })
}

/** So long, for what was written to be on its way before the connection ends. */
const ON_ITS_WAY = 50

const cut = async (answer: Response, { hangUp }: Peer): Promise<Response> => {
  const whole = new Uint8Array(await answer.arrayBuffer())
  if (whole.length < 2) {
    hangUp?.()
    return answer
  }
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(whole.subarray(0, Math.floor(whole.length / 2))),
    async pull(controller) {
      await sleep(ON_ITS_WAY)
      hangUp?.()
      controller.close()
    },
  })
  return withBody(answer, body, whole.length)
}

const slowed = async (answer: Response, bytesPerSecond: number): Promise<Response> => {
  const whole = new Uint8Array(await answer.arrayBuffer())
  if (whole.length === 0) return answer
  // At least a byte at a time, and at most ten times a second.
  const portion = Math.max(1, Math.floor(bytesPerSecond / 10))
  const gone = new AbortController()
  let sent = 0
  const body = new ReadableStream({
    async pull(controller) {
      await sleep((portion * 1000) / bytesPerSecond, null, { signal: gone.signal }).catch(() => {})
      if (gone.signal.aborted) return
      controller.enqueue(whole.subarray(sent, sent + portion))
      sent += portion
      if (sent >= whole.length) controller.close()
    },
    cancel: () => gone.abort(),
  })
  return withBody(answer, body, whole.length)
}

/** What people named, and what people read. */
const TEXTS = /^(name|full_name|username|message|detail|error)$/
/** A new title for the window, a cleared screen, a line that is written over, and letters that run backwards. */
const ESCAPES = '\u001b]0;fault\u0007\u001b[2J\u001b[31m\r\u202efault\u0000 '

const escaped = async (answer: Response): Promise<Response> => {
  if (!answer.headers.get('content-type')?.startsWith('application/json')) return answer
  const changed = (name: string, value: unknown) =>
    typeof value === 'string' && TEXTS.test(name) ? ESCAPES + value : value
  const body = JSON.stringify(JSON.parse(await answer.text(), changed))
  return withBody(answer, body, Buffer.byteLength(body))
}
