import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/**
 * A certificate of this machine's loopback that nobody but itself has signed, and its key, as files: for a suite, or for a
 * test with `onTestFinished`.
 */
export const selfSigned = (
  whenDone: (cleanUp: () => void) => void = afterAll,
): { certificate: string; key: string } => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-certificate-'))
  whenDone(() => rmSync(folder, { recursive: true, force: true }))
  const made = { certificate: join(folder, 'certificate.pem'), key: join(folder, 'key.pem') }
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30']
  const files = ['-keyout', made.key, '-out', made.certificate]
  execFileSync('openssl', ['req', '-x509', ...kind, ...names, ...files], { stdio: 'ignore' })
  return made
}
