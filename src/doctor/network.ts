import { X509Certificate } from 'node:crypto'
import { textAt } from '../files/look.ts'
import { errorCode } from '../files/private-file.ts'
import { proxyFor, readProxy } from '../http/proxy.ts'
import type { Environment } from '../vocabulary/environment.ts'
import { isFailure } from '../vocabulary/failure.ts'
import { type Finding, failure, good, note, warning } from './finding.ts'

/** An address with the name that a person knows it by. */
export interface Named {
  name: string
  url: URL
}

const PROXY_VARIABLES = /^(https?|all)_proxy$/i

/** A proxy's address without who is known to it; `null` when it is no address. */
const shownProxy = (text: string): string | null => {
  const proxy = readProxy(text)
  if (proxy === null) return null
  const { protocol, host, username, password } = proxy
  return `${protocol}//${username || password ? '…@' : ''}${host}`
}

export const examineProxy = (env: Environment, addresses: readonly Named[]): Finding => {
  const set = Object.keys(env).filter((name) => PROXY_VARIABLES.test(name) && env[name])
  if (set.length === 0) return good('proxy', 'none is named by a variable')
  const broken = set.find((name) => shownProxy(env[name] ?? '') === null)
  if (broken !== undefined) {
    return warning('proxy', `${broken} holds no address`, `set it right, or take it away: unset ${broken}`)
  }
  const shown = set.map((name) => `${name}=${shownProxy(env[name] ?? '')}`).join(', ')
  try {
    const meant = addresses.filter(({ url }) => proxyFor(url, env) !== null).map(({ name }) => name)
    if (meant.length === 0) return note('proxy', `${shown}, for none of the addresses here`)
    return good('proxy', `${shown}, the way to ${meant.join(', ')}`)
  } catch (error) {
    if (!isFailure(error)) throw error
    return failure('proxy', error.message, error.hint ?? `unset ${set[0]}`)
  }
}

/** A file of certificates that a variable names: there, readable, and certificates. */
const readAuthorities = (variable: string, path: string, now: number): Finding => {
  const undo = `name another file, or take it away: unset ${variable}`
  const bad = (problem: string) => failure('ca', `${variable}: ${path} ${problem}`, undo)
  let text: string
  try {
    text = textAt(path)
  } catch (error) {
    return bad(`can't be read (${errorCode(error) || (error as Error).message})`)
  }
  const blocks = text.match(/-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----[\s\S]*?-----END [^-]*-----/g) ?? []
  if (blocks.length === 0) return bad('holds no certificate in PEM form')
  try {
    const ended = blocks.filter((block) => Date.parse(new X509Certificate(block).validTo) < now)
    const detail = `${blocks.length} certificate${blocks.length === 1 ? '' : 's'} of ${variable} (${path})`
    // Some of a system's whole bundle always have.
    if (ended.length < blocks.length) return good('ca', detail)
    return failure('ca', `${detail}, and all of them have ended`, `fetch new ones, or: unset ${variable}`)
  } catch {
    return bad('holds a certificate that is damaged')
  }
}

export const examineAuthorities = (env: Environment, now: number): Finding[] => {
  const { NODE_EXTRA_CA_CERTS: extra, SSL_CERT_FILE: openssl } = env
  const findings = extra ? [readAuthorities('NODE_EXTRA_CA_CERTS', extra, now)] : []
  if (openssl && openssl !== extra) {
    const found = readAuthorities('SSL_CERT_FILE', openssl, now)
    const detail = `${found.detail}; asked where Node's own know nobody`
    findings.push(found.level === 'good' ? good('ca', detail) : warning('ca', detail, 'unset SSL_CERT_FILE'))
  }
  if (findings.length === 0) findings.push(good('ca', "Node's own, and this system's where those know nobody"))
  if (env.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
    const detail =
      'NODE_TLS_REJECT_UNAUTHORIZED=0 is set; keyturn checks certificates all the same, other programs do not'
    findings.push(warning('tls-checks', detail, 'unset NODE_TLS_REJECT_UNAUTHORIZED'))
  }
  return findings
}
