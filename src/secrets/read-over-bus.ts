/**
 * The usual case on Linux, without a second process: the Secret Service is asked over the bus's socket, which can be let
 * go of at any moment, as a native call can't. Only a secret that was found is believed. Whatever else comes (locked,
 * missing, more than one, silence), the child is asked the same, and what it says counts.
 * Secret Service API 0.2, "Transfer of Secrets", "Lookup"; D-Bus Specification, "Authentication Protocol".
 */
import { isUtf8 } from 'node:buffer'
import { connect, type Socket } from 'node:net'
import type { Wait } from '../vocabulary/clock.ts'
import type { Environment } from '../vocabulary/environment.ts'
import { ANSWER, type Call, decodeFirst, ERROR, encodeCall, type Message, type Reader } from './bus-message.ts'
import { KEYCHAIN_SERVICE } from './keychain-protocol.ts'

/** In milliseconds; a service that has the secret at hand takes about three. */
const PATIENCE = 250

/** Who this is, the bus knows from the socket, so nothing need be waited for before the first calls. */
const INTRODUCTION = '\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n'
const WELCOME = /^DATA\r\nOK [0-9a-f]+\r\n/

const BUS = 'org.freedesktop.DBus'
const SECRETS = { destination: 'org.freedesktop.secrets', path: '/org/freedesktop/secrets' }

const HELLO: Call = {
  serial: 1,
  destination: BUS,
  path: '/org/freedesktop/DBus',
  interface: BUS,
  member: 'Hello',
  signature: '',
  body: () => {},
}

const OPEN_SESSION: Call = {
  ...SECRETS,
  serial: 2,
  interface: 'org.freedesktop.Secret.Service',
  member: 'OpenSession',
  signature: 'sv',
  body: ({ text, signature }) => {
    text('plain')
    signature('s')
    text('')
  },
}

const SEARCH = 3
/** As the native part names its entries. */
const searchItems = (account: string): Call => ({
  ...SECRETS,
  serial: SEARCH,
  interface: 'org.freedesktop.Secret.Service',
  member: 'SearchItems',
  signature: 'a{ss}',
  body: ({ array }) =>
    array(({ align, text }) => {
      for (const [name, value] of Object.entries({ service: KEYCHAIN_SERVICE, username: account })) {
        align(8)
        text(name)
        text(value)
      }
    }),
})

const GET = 4
const getSecret = (item: string, session: string): Call => ({
  destination: SECRETS.destination,
  path: item,
  serial: GET,
  interface: 'org.freedesktop.Secret.Item',
  member: 'GetSecret',
  signature: 'o',
  body: ({ text }) => text(session),
})

/** Of the first address, where it is a socket in the file system with a plain name; `null` for every other kind. */
export const busPath = (address: string | undefined): string | null => {
  const path = /^unix:(?:[^;]*,)?path=([^,;]+)/.exec(address ?? '')?.[1]
  return path === undefined || path.includes('%') ? null : path
}

const sessionIn = (body: Reader): string => {
  if (body.signature() === 's') body.text()
  return body.text()
}

/** `null` unless there is exactly one, and that one open. */
const onlyItemIn = (body: Reader): string | null => {
  const [open, locked] = [body.texts(), body.texts()]
  return open.length === 1 && locked.length === 0 ? (open[0] ?? null) : null
}

/** `null` for what is no text. */
const secretIn = (body: Reader): string | null => {
  const [_session, _parameters, secret] = [body.text(), body.bytes(), body.bytes()]
  return isUtf8(secret) ? secret.toString() : null
}

async function* messagesFrom(socket: Socket): AsyncGenerator<Message> {
  let bytes: Buffer = Buffer.alloc(0)
  let isWelcome = false
  for await (const piece of socket) {
    bytes = Buffer.concat([bytes, piece])
    if (!isWelcome) {
      const welcome = WELCOME.exec(bytes.toString('latin1'))
      if (welcome === null) continue
      isWelcome = true
      bytes = bytes.subarray(welcome[0].length)
    }
    for (let first = decodeFirst(bytes); first !== null; first = decodeFirst(bytes)) {
      bytes = first.rest
      yield first.message
    }
  }
}

const talk = async (socket: Socket, account: string): Promise<string | null> => {
  const first = [HELLO, OPEN_SESSION, searchItems(account)]
  socket.write(Buffer.concat([Buffer.from(INTRODUCTION), ...first.map(encodeCall)]))
  let session = ''
  for await (const { type, replySerial, body } of messagesFrom(socket)) {
    if (type === ERROR) return null
    if (type !== ANSWER) continue
    if (replySerial === OPEN_SESSION.serial) session = sessionIn(body)
    if (replySerial === GET) return secretIn(body)
    if (replySerial !== SEARCH) continue
    const item = onlyItemIn(body)
    if (item === null) return null
    socket.write(encodeCall(getSecret(item, session)))
  }
  return null
}

/** `null`: nothing can be told by this alone. */
export const readOverBus = async (
  account: string,
  { env, wait }: { env: Environment; wait: Wait },
  signal: AbortSignal,
): Promise<string | null> => {
  const path = busPath(env.DBUS_SESSION_BUS_ADDRESS)
  if (path === null) return null
  const socket = connect(path)
  const over = new AbortController()
  const late = wait(PATIENCE, AbortSignal.any([signal, over.signal])).then(() => null)
  try {
    return await Promise.race([talk(socket, account).catch(() => null), late])
  } finally {
    over.abort()
    socket.destroy()
  }
}
