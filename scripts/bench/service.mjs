// Starts the service that the commands are measured against, with a certificate that is made for it now.
import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** Its key and certificate as files; `null` without openssl. */
const certify = (folder) => {
  const made = { key: join(folder, 'key.pem'), certificate: join(folder, 'certificate.pem') }
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
  try {
    execFileSync('openssl', ['req', '-x509', ...kind, ...names, '-keyout', made.key, '-out', made.certificate], {
      stdio: 'ignore',
    })
    return made
  } catch {
    return null
  }
}

/** @param {string} folder where its certificate is put */
export const startService = async (folder) => {
  const made = certify(folder)
  const child = fork(join(import.meta.dirname, 'service-process.mjs'), made ? [made.key, made.certificate] : [])
  const [{ http, https }] = await once(child, 'message')
  return { http, https, certificate: made?.certificate ?? null, close: () => child.disconnect() }
}
