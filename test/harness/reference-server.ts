import { afterAll, beforeAll } from 'vitest'
import { watchFor } from './canary.ts'
import { freshHome } from './home.ts'
import { type Running, start } from './program.ts'

export interface ReferenceServer {
  /** Of a listener: `zectre`, `zectre_dashboard`, `google_issuer`. */
  address(listener: string): string
  /** A call that no program of ours makes. A `form` goes where OAuth is spoken, a `body` as JSON; gives JSON. */
  call(listener: string, path: string, sent?: Sent): Promise<Record<string, unknown>>
  /** What the last letter to that address has in it. */
  letterTo(email: string): Promise<string>
  /** An ID token of the issuer beside it, for whoever has this address. */
  idToken(email: string): Promise<string>
}

export interface Sent {
  body?: Record<string, unknown>
  form?: Record<string, string>
  bearer?: string
}

/** The built server, one for all tests of a file. */
export const referenceServer = (): ReferenceServer => {
  const home = freshHome(afterAll)
  let running: Running
  let addresses: Record<string, string> = {}
  beforeAll(async () => {
    const serve = ['serve', '--google', '--port', '0', '--json']
    running = start(serve, { home, timeout: 300_000 })
    addresses = JSON.parse((await running.waitForStdout(/^\{.*\}$/m))[0])
  })
  afterAll(async () => {
    running.kill('SIGTERM')
    await running.ended
  })

  const address = (listener: string): string => addresses[listener] ?? ''
  const send = async (listener: string, path: string, { body, form, bearer }: Sent): Promise<Response> => {
    const response = await fetch(`${address(listener)}${path}`, {
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      },
    })
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
    return response
  }
  const call: ReferenceServer['call'] = async (listener, path, sent = {}) =>
    (await (await send(listener, path, sent)).json()) as Record<string, unknown>

  return {
    address,
    call,
    async letterTo(email) {
      const letters = (await (await send('restume', '/_outbox', {})).json()) as { to: string; code: string }[]
      return letters.filter(({ to }) => to === email).at(-1)?.code ?? ''
    },
    async idToken(email) {
      const client_id = 'keyturn-reference'
      const device = await call('google_issuer', '/device/code', { form: { client_id } })
      await send('google_issuer', '/device', { form: { code: String(device.user_code), email, answer: 'approve' } })
      const grant_type = 'urn:ietf:params:oauth:grant-type:device_code'
      const form = { client_id, grant_type, device_code: String(device.device_code) }
      return watchFor(String((await call('google_issuer', '/token', { form })).id_token), 'token')
    },
  }
}
