/**
 * As much of D-Bus's own format as it takes to read one secret. D-Bus Specification, "Message Protocol": every value
 * begins at a multiple of its alignment, counted from where the message begins.
 */

const LITTLE_ENDIAN = 'l'.charCodeAt(0)
const PROTOCOL = 1
const CALL = 1
export const ANSWER = 2
export const ERROR = 3
/** A service that does not run is not started by a look at it. */
const NO_AUTO_START = 2

const FIELD = { path: 1, interface: 2, member: 3, replySerial: 5, destination: 6, signature: 8 } as const

/** Up to the fields of the header. */
const FIXED = 16
/** What is longer is no message for us. */
const LONGEST = 1024 * 1024

const aligned = (offset: number, alignment: number): number => Math.ceil(offset / alignment) * alignment

export interface Writer {
  align(alignment: number): void
  number(value: number): void
  text(value: string): void
  /** The types of values that follow elsewhere: of a body, or of a variant. */
  signature(types: string): void
  /** Its elements begin at multiples of eight, as structs and dictionary entries do. */
  array(fill: Fill): void
}

type Fill = (writer: Writer) => void

const encode = (fill: Fill): Buffer => {
  const bytes: number[] = []
  const align = (alignment: number): void => {
    while (bytes.length % alignment > 0) bytes.push(0)
  }
  const number = (value: number): void => {
    align(4)
    bytes.push(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24)
  }
  fill({
    align,
    number,
    text: (value) => {
      const text = Buffer.from(value)
      number(text.length)
      bytes.push(...text, 0)
    },
    signature: (types) => void bytes.push(types.length, ...Buffer.from(types), 0),
    array: (fillArray) => {
      const elements = encode(fillArray)
      number(elements.length)
      align(8)
      bytes.push(...elements)
    },
  })
  return Buffer.from(bytes)
}

export interface Call {
  serial: number
  destination: string
  path: string
  interface: string
  member: string
  /** The types of the values in the body. */
  signature: string
  body: Fill
}

export const encodeCall = (call: Call): Buffer => {
  const body = encode(call.body)
  const header = encode(({ align, number, array }) => {
    number(LITTLE_ENDIAN | (CALL << 8) | (NO_AUTO_START << 16) | (PROTOCOL << 24))
    number(body.length)
    number(call.serial)
    array((writer) => {
      const field = (code: number, type: string, put: Fill): void => {
        writer.align(8)
        writer.number(code | (1 << 8) | (type.charCodeAt(0) << 16))
        put(writer)
      }
      field(FIELD.path, 'o', ({ text }) => text(call.path))
      field(FIELD.interface, 's', ({ text }) => text(call.interface))
      field(FIELD.member, 's', ({ text }) => text(call.member))
      field(FIELD.destination, 's', ({ text }) => text(call.destination))
      field(FIELD.signature, 'g', ({ signature }) => signature(call.signature))
    })
    align(8)
  })
  return Buffer.concat([header, body])
}

export interface Reader {
  text(): string
  signature(): string
  bytes(): Buffer
  texts(): string[]
}

/** Reading past the end throws. */
const reader = (body: Buffer): Reader => {
  let at = 0
  const take = (length: number): Buffer => {
    if (at + length > body.length) throw new RangeError('it ends before what it holds')
    at += length
    return body.subarray(at - length, at)
  }
  const number = (): number => {
    at = aligned(at, 4)
    return take(4).readUInt32LE()
  }
  const text = (): string =>
    take(number() + 1)
      .toString('utf8')
      .slice(0, -1)
  return {
    text,
    signature: () =>
      take(take(1).readUInt8() + 1)
        .toString('latin1')
        .slice(0, -1),
    bytes: () => take(number()),
    texts: () => {
      const found: string[] = []
      for (const end = number() + at; at < end; ) found.push(text())
      return found
    },
  }
}

export interface Message {
  type: number
  /** The serial of the call that it answers; 0 for none. */
  replySerial: number
  body: Reader
}

/** Of the header's fields, which are texts, numbers and a signature, one is wanted. */
const replySerialIn = (header: Buffer): number => {
  for (let at = 0; at < header.length; at = aligned(at, 8)) {
    const [code, type] = [header.readUInt8(at), String.fromCharCode(header.readUInt8(at + 2))]
    at += 4
    if (code === FIELD.replySerial) return header.readUInt32LE(at)
    at += type === 'u' ? 4 : type === 'g' ? header.readUInt8(at) + 2 : header.readUInt32LE(at) + 5
  }
  return 0
}

/** The first message of these bytes, and the rest of them; `null` while it is not whole. Throws for what is no message. */
export const decodeFirst = (bytes: Buffer): { message: Message; rest: Buffer } | null => {
  if (bytes.length < FIXED) return null
  const headerEnd = FIXED + bytes.readUInt32LE(12)
  const bodyAt = aligned(headerEnd, 8)
  const end = bodyAt + bytes.readUInt32LE(4)
  if (bytes.readUInt8(0) !== LITTLE_ENDIAN || end > LONGEST) throw new RangeError('this is no message for us')
  if (bytes.length < end) return null
  const replySerial = replySerialIn(bytes.subarray(FIXED, headerEnd))
  const body = reader(bytes.subarray(bodyAt, end))
  return { message: { type: bytes.readUInt8(1), replySerial, body }, rest: bytes.subarray(end) }
}
