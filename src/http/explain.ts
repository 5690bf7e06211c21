import { Failure } from '../vocabulary/failure.ts'

const UNTRUSTED =
  /^(CERT_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|ERR_TLS_CERT|HOSTNAME_MISMATCH|ERR_SSL_(?!WRONG_VERSION|PACKET))/

/** zlib's, and brotli's as Node names them. */
const UNPACKABLE = /^(Z_|ERR__ERROR_|ERR_BROTLI_)/

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there (connection refused)',
  ENOTFOUND: 'its name is not known (DNS)',
  EAI_AGAIN: 'its name could not be looked up (DNS)',
  EPROTO: 'it does not speak TLS there; is it an http:// address?',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS there; is it an http:// address?',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS there; is it an http:// address?',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ETIMEDOUT: 'no answer in time',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no network',
}

/** What an error of Node's means to a person; `who`: a service by its origin, or a proxy. */
export const explain = (error: unknown, who: string, hint = 'check the address and the network: keyturn doctor') => {
  const code = codeOf(error)
  if (code.startsWith('HPE_')) {
    return new Failure('bad_answer', `${who} answered with something that is not HTTP`, { cause: error })
  }
  if (UNPACKABLE.test(code)) {
    return new Failure('bad_answer', `${who} sent an answer that can't be unpacked`, { cause: error })
  }
  if (UNTRUSTED.test(code)) {
    return new Failure('unreachable', `${who} could not be trusted: its certificate was refused (${code})`, {
      hint: 'if it is signed by a private authority, name it: NODE_EXTRA_CA_CERTS=/path/to/ca.pem',
      cause: error,
    })
  }
  return new Failure('unreachable', `${who} could not be reached: ${REASONS[code] ?? code}`, { hint, cause: error })
}

/** A certificate was refused, and the same one will come again; other trouble with TLS may pass. */
export const isForGood = (error: unknown): boolean => {
  const code = codeOf(error)
  return UNTRUSTED.test(code) && !code.startsWith('ERR_SSL_')
}

/** Several addresses tried at once fail as an AggregateError, which has its codes inside. */
const codeOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0])
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return error instanceof Error ? error.message : 'unknown reason'
}
