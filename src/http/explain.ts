import { Failure } from '../vocabulary/failure.ts'

/** Node's names for what it has against a certificate; the last are OpenSSL's for one that is too weak. */
const UNTRUSTED =
  /^(CERT_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)|ERR_SSL_(CA|EE)_(KEY|MD)_TOO_)/

/** All else that goes wrong with TLS: what the other side sent is none, or one of the two wants what the other has not. */
const TLS = /^(EPROTO$|ERR_SSL_)/
const NOT_TLS = /wrong.version.number|packet.length.too.long/i

/** zlib's, and brotli's as Node names them. */
const UNPACKABLE = /^(Z_|ERR__ERROR_|ERR_BROTLI_)/

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there (connection refused)',
  ENOTFOUND: 'its name is not known (DNS)',
  EAI_AGAIN: 'its name could not be looked up (DNS)',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ERR_STREAM_PREMATURE_CLOSE: 'the connection was cut',
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
  const reason = TLS.test(code) ? tlsReason(code, firstOf(error)) : (REASONS[code] ?? code)
  return new Failure('unreachable', `${who} could not be reached: ${reason}`, { hint, cause: error })
}

/** A certificate was refused, and the same one will come again; other trouble with TLS may pass. */
export const isForGood = (error: unknown): boolean => UNTRUSTED.test(codeOf(error))

/** `EPROTO` is one code for all that OpenSSL says, so its words must do: "…:SSL routines:where:what:…". */
const tlsReason = (code: string, error: unknown): string => {
  const message = error instanceof Error ? error.message : ''
  if (NOT_TLS.test(`${code} ${message}`)) return 'it does not speak TLS there; is it an http:// address?'
  const what = /SSL routines:[^:]*:([^:]+)/.exec(message)?.[1] ?? code
  return `no TLS was agreed on (${what})`
}

/** Several addresses tried at once fail as an AggregateError, which has its errors inside. */
const firstOf = (error: unknown): unknown =>
  error instanceof AggregateError && error.errors.length > 0 ? firstOf(error.errors[0]) : error

const codeOf = (given: unknown): string => {
  const error = firstOf(given)
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return error instanceof Error ? error.message : 'unknown reason'
}
