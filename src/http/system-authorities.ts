import { readFileSync } from 'node:fs'
import tls, { type SecureContext } from 'node:tls'
import type { Environment } from '../vocabulary/environment.ts'

type Authorities = (kind: 'default' | 'system') => string[]

/** Where Linux keeps all of them in one file: Debian, Fedora, SUSE, Alpine. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

/** Node's own authorities and those of this system; `null` where the system's can't be read. */
export const systemAuthorities = (env: Environment): SecureContext | null => {
  // Since Node 22.15, on every platform.
  const { getCACertificates: known } = tls as { getCACertificates?: Authorities }
  try {
    const ca = known ? [...known('default'), ...known('system')] : fromFiles(env)
    return ca === null ? null : tls.createSecureContext({ ca })
  } catch {
    return null
  }
}

const fromFiles = ({ SSL_CERT_FILE: named, NODE_EXTRA_CA_CERTS: extra }: Environment): string[] | null => {
  const system = (named ? [named] : BUNDLES).map(read).find((text) => text !== null)
  return system === undefined ? null : [...tls.rootCertificates, system, (extra && read(extra)) || ''].filter(Boolean)
}

const read = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
