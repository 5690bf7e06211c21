// Loaded before the program: it trusts the certificate that BENCH_CERTIFICATE names, beside those that Node trusts.
// `NODE_EXTRA_CA_CERTS` would do the same and double the start of Node 20; a list of its own in place of Node's would hide
// what it costs to read Node's.
const { readFileSync } = require('node:fs')
const tls = require('node:tls')

const { createSecureContext } = tls
tls.createSecureContext = (options) => {
  const made = createSecureContext(options)
  made.context.addCACert(readFileSync(process.env.BENCH_CERTIFICATE))
  return made
}
