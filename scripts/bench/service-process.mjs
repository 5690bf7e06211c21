// A service in a process of its own, with answers that were made before anybody asks: what is measured is who asks. Over
// http and https, and `/keys-1000` in front of a path is the same service with so many keys. Started by `service.mjs`.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'

const USER = {
  id: 'u-1',
  email: 'alice@example.com',
  name: 'Alice',
  is_admin: false,
  created_at: '2026-03-27T10:00:00Z',
}

/** As long as real ones are: a UUID, a prefix, three times. */
const keyOf = (_, index) => ({
  id: `6f1c2f0e-0000-4000-8000-${String(index).padStart(12, '0')}`,
  name: `ci of project ${index}`,
  prefix: `zec_${String(index).padStart(8, '0')}`,
  scopes: ['*'],
  expires_at: '2027-03-27T10:00:00Z',
  last_used_at: '2026-11-01T10:00:00Z',
  created_at: '2026-03-27T10:00:00Z',
})
const lists = new Map()
const listOf = (size) => {
  if (!lists.has(size)) lists.set(size, Buffer.from(JSON.stringify({ data: Array.from({ length: size }, keyOf) })))
  return lists.get(size)
}

const answers = {
  '/api/v1/user': () => Buffer.from(JSON.stringify(USER)),
  '/api/v1/api-keys': listOf,
  // What `npm whoami` asks of its registry.
  '/-/whoami': () => Buffer.from(JSON.stringify({ username: 'alice' })),
}

const answer = (request, response) => {
  const [, size = '1', path] = /^(?:\/keys-(\d+))?(\/[^?]*)/.exec(request.url) ?? []
  const body = answers[path]?.(Number(size))
  response.writeHead(body ? 200 : 404, { 'content-type': 'application/json', 'content-length': body?.length ?? 0 })
  response.end(body)
}

const listening = (server) =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)))

const [, , key, certificate] = process.argv
const http = await listening(createServer(answer))
const https = key
  ? await listening(createSecureServer({ key: readFileSync(key), cert: readFileSync(certificate) }, answer))
  : null
process.once('disconnect', () => process.exit())
process.send({ http: `http://127.0.0.1:${http}`, https: https && `https://127.0.0.1:${https}` })
