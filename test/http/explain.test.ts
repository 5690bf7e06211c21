/** What Node's errors mean to a person; its words and codes are those that were seen. */
import { expect, test } from 'vitest'
import { explain, isForGood } from '../../src/http/explain.ts'

const WHO = 'https://api.example.com'
const REFUSED = 'could not be trusted: its certificate was refused'
const NOT_TLS = 'could not be reached: it does not speak TLS there'
const NO_TLS = 'could not be reached: no TLS was agreed on'

const node = (code: string, message = code) => Object.assign(new Error(message), { code })
const openssl = (code: string, what: string) =>
  node(
    code,
    `write EPROTO 801C4CEF867F0000:error:0A000000:SSL routines:ssl3_read_bytes:${what}:../rec_layer_s3.c:1601:`,
  )

test.each([
  ['CERT_HAS_EXPIRED'],
  ['CERT_NOT_YET_VALID'],
  ['CERT_REVOKED'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ['SELF_SIGNED_CERT_IN_CHAIN'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT'],
  ['HOSTNAME_MISMATCH'],
  ['INVALID_CA'],
  ['INVALID_PURPOSE'],
  ['ERR_TLS_CERT_ALTNAME_INVALID'],
  ['ERR_SSL_EE_KEY_TOO_SMALL'],
  ['ERR_SSL_CA_MD_TOO_WEAK'],
])('%s is a certificate that is refused, for good', (code) => {
  const failure = explain(node(code), WHO)
  expect(failure).toMatchObject({ code: 'unreachable', message: `${WHO} ${REFUSED} (${code})` })
  expect(failure.hint).toContain('NODE_EXTRA_CA_CERTS')
  expect(isForGood(failure.cause)).toBe(true)
})

test.each([
  [openssl('EPROTO', 'tlsv1 alert protocol version'), `${NO_TLS} (tlsv1 alert protocol version)`],
  [openssl('EPROTO', 'sslv3 alert handshake failure'), `${NO_TLS} (sslv3 alert handshake failure)`],
  [openssl('EPROTO', 'tlsv1 unrecognized name'), `${NO_TLS} (tlsv1 unrecognized name)`],
  [
    openssl('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tlsv13 alert certificate required'),
    `${NO_TLS} (tlsv13 alert certificate required)`,
  ],
  [node('ERR_SSL_UNSUPPORTED_PROTOCOL'), `${NO_TLS} (ERR_SSL_UNSUPPORTED_PROTOCOL)`],
  [openssl('EPROTO', 'wrong version number'), NOT_TLS],
  [node('ERR_SSL_WRONG_VERSION_NUMBER'), NOT_TLS],
  [node('ERR_SSL_PACKET_LENGTH_TOO_LONG'), NOT_TLS],
  [new AggregateError([openssl('EPROTO', 'tlsv1 alert internal error')]), `${NO_TLS} (tlsv1 alert internal error)`],
  [node('ECONNREFUSED'), 'could not be reached: nothing listens there'],
  [new AggregateError([node('ENETUNREACH'), node('ECONNREFUSED')]), 'could not be reached: there is no network'],
  [node('ERR_STREAM_PREMATURE_CLOSE'), 'could not be reached: the connection was cut'],
  [node('ESOMETHING'), 'could not be reached: ESOMETHING'],
])('%s is no refused certificate, and may pass', (error, said) => {
  const failure = explain(error, WHO)
  expect(failure).toMatchObject({ code: 'unreachable', message: expect.stringContaining(`${WHO} ${said}`) })
  expect(failure.hint).toContain('keyturn doctor')
  expect(isForGood(failure.cause)).toBe(false)
})
