/** A way through a proxy (CONNECT, RFC 9110 §9.3.6): it learns where a request goes, and nothing else of it. */
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { SecureContext } from 'node:tls'
import { Failure } from '../vocabulary/failure.ts'
import { explain } from './explain.ts'
import { hostOf, type NamedProxy, portOf } from './proxy.ts'
import { checkedBy } from './trust.ts'

/** What `node:http(s)` takes as `createConnection`: the connection that is there already. */
export type Connected = () => Duplex

/** Throws the signal's reason when aborted, and a `Failure` that names the proxy for all that went wrong with it. */
export const openTunnel = async (
  proxy: NamedProxy,
  target: URL,
  signal: AbortSignal,
  authorities?: SecureContext,
): Promise<Connected> => {
  const { request } = proxy.url.protocol === 'https:' ? await import('node:https') : await import('node:http')
  const { connect } = await import('node:tls')
  const trust = checkedBy(authorities)
  const authority = `${target.hostname}:${portOf(target)}`
  const socket = await new Promise<Socket>((resolve, reject) => {
    signal.throwIfAborted()
    const asking = request({
      ...addressOf(proxy.url),
      port: portOf(proxy.url),
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...authorization(proxy.url) },
      signal,
      agent: false,
      ...trust,
    })
    asking.on('connect', ({ statusCode = 0 }, connection: Socket, early: Buffer) => {
      const isOpen = statusCode >= 200 && statusCode < 300
      if (isOpen && early.length === 0) return resolve(connection)
      connection.destroy()
      reject(isOpen ? unasked(target) : refusal(proxy, authority, statusCode))
    })
    asking.on('error', (error) => reject(signal.aborted ? signal.reason : failure(error, proxy, target)))
    asking.end()
  })
  if (target.protocol !== 'https:') return () => socket
  return () => connect({ ...addressOf(target), socket, ALPNProtocols: ['http/1.1'], ...trust })
}

/** Whom its certificate must be for: the name that is called, never that of the `Host` header. */
const addressOf = (url: URL): { host: string; servername: string } => {
  const host = hostOf(url)
  // An address is no server name (RFC 6066 §3).
  return { host, servername: /^[\d.]+$|:/.test(host) ? '' : host }
}

const authorization = ({ username, password }: URL): Record<string, string> => {
  if (username === '' && password === '') return {}
  const known = Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')
  return { 'proxy-authorization': `Basic ${known}` }
}

/** A password with a per cent sign that stands for itself is taken as it is. */
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const failure = (error: unknown, proxy: NamedProxy, target: URL): Failure => {
  const hint = `check ${proxy.variable}, or reach this host without it: export NO_PROXY=${target.hostname}`
  const explained = explain(error, `the proxy ${proxy.name}`, hint)
  if (explained.code === 'unreachable') return explained
  // What does not speak HTTP is no proxy, so the service was not reached.
  return new Failure('unreachable', explained.message, { hint, cause: error })
}

/** Nobody at the other end was asked anything yet, so what came already is no answer. */
const unasked = ({ origin }: URL): Failure =>
  new Failure('bad_answer', `${origin} spoke before it was asked: that is not HTTP`)

const refusal = (proxy: NamedProxy, authority: string, status: number): Failure => {
  const { name, url, variable } = proxy
  const refused = (problem: string, hint: string) =>
    new Failure('unreachable', `the proxy ${name} ${problem} (${status})`, { status, hint })
  // tinyproxy says 401 to a wrong password.
  if (status === 407 || status === 401) {
    const isGiven = url.username !== '' || url.password !== ''
    return refused(
      isGiven ? 'refused the user name and password that it was given' : 'asks for a user name and password',
      `write them into its address: export ${variable}=${url.protocol}//USER:PASSWORD@${name}`,
    )
  }
  const way = `or reach it without: export NO_PROXY=${authority}`
  return status >= 500
    ? refused(`could not connect to ${authority}`, `check the address and try again, ${way}`)
    : refused(`refused to connect to ${authority}`, `have it let that host through, ${way}`)
}
