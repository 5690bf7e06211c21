/** What is read over the bus's socket, and what is left to the child: a bus that says what it is told to say. */
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { busPath, readOverBus } from '../../src/secrets/read-over-bus.ts'
import type { Wait } from '../../src/vocabulary/clock.ts'
import { freshFolder, NEVER, realWait } from '../files/tools.ts'
import { FOUND, HANDED_OVER, SECRET } from './bus-recording.ts'

type Bus = (socket: Socket) => unknown

/** A piece for each thing that is asked; then it hangs up. */
const says =
  (...pieces: Buffer[]): Bus =>
  (socket) => {
    const left = [...pieces]
    socket.on('data', () => {
      const piece = left.shift()
      if (piece) socket.write(piece)
      else socket.end()
    })
  }

const listening = async (bus: Bus): Promise<string> => {
  const path = join(freshFolder(), 'bus')
  const server = createServer((socket) => {
    socket.on('error', () => {})
    bus(socket)
  })
  onTestFinished(() => void server.close())
  await once(server.listen(path), 'listening')
  return `unix:path=${path},guid=00`
}

const read = (address: string, signal = NEVER, wait = realWait) =>
  readOverBus('zectre', { env: { DBUS_SESSION_BUS_ADDRESS: address }, wait }, signal)

/** Has all the time there is: on a busy machine what is said comes late, and is to be read all the same. */
const unhurried: Wait = (_, signal) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

test('the one open entry of that name is read', async () => {
  expect(await read(await listening(says(FOUND, HANDED_OVER)), NEVER, unhurried)).toBe(SECRET)
})

test('it is read in whatever pieces it comes', async () => {
  const slowly: Bus = (socket) => {
    let isAsked = false
    socket.setNoDelay(true)
    socket.on('data', async () => {
      for (const byte of isAsked ? HANDED_OVER : FOUND) {
        isAsked = true
        socket.write(Buffer.of(byte))
        await new Promise(setImmediate)
      }
    })
  }
  expect(await read(await listening(slowly), NEVER, unhurried)).toBe(SECRET)
})

/** The list of locked entries comes after that of the open ones. */
const LOCKED = Buffer.concat([FOUND.subarray(0, -56), FOUND.subarray(-4), FOUND.subarray(-56, -4)])

/** The same length, so that nothing else need be changed. */
const changed = (bytes: Buffer, from: string, to: string): Buffer => {
  const text = bytes.toString('latin1')
  expect(text).toContain(from)
  return Buffer.from(text.replace(from, to), 'latin1')
}

test.each<[string, Bus]>([
  ['turns keyturn away', says(Buffer.from('REJECTED EXTERNAL\r\n'))],
  ['says nothing', () => {}],
  ['closes at once', (socket) => socket.destroy()],
  ['closes when it has found the entry', says(FOUND)],
  ['refuses a call', says(changed(FOUND, 'l\x02\x01\x014\0\0\0', 'l\x03\x01\x014\0\0\0'))],
  ['finds the entry locked', says(LOCKED, HANDED_OVER)],
  ['hands over what is no text', says(FOUND, changed(HANDED_OVER, 'zec', '\xff\xfe\xfd'))],
  ['talks the other way round', says(changed(FOUND, 'l\x02', 'B\x02'))],
  ['announces more than anybody keeps', says(changed(FOUND, 'l\x02\x01\x01\t\0\0\0', 'l\x02\x01\x01\t\0\0\x7f'))],
  ['lies about the length of a text', says(FOUND, changed(HANDED_OVER, '\x15\0\0\0zec', '\x15\0\0\x7fzec'))],
])('nothing is told by a bus that %s, and in a moment', async (_, bus) => {
  const began = performance.now()
  expect(await read(await listening(bus))).toBeNull()
  expect(performance.now() - began).toBeLessThan(2000)
})

test('whatever byte of what it says is wrong, it is a text or nothing', async () => {
  const said = [FOUND, HANDED_OVER].map((bytes) => Buffer.from(bytes))
  const address = await listening((socket) => says(...said)(socket))
  for (const bytes of said) {
    for (let at = 0; at < bytes.length; at += 3) {
      const before = bytes.readUInt8(at)
      bytes.writeUInt8(before ^ 0xff, at)
      // A message that was made longer by it never comes to its end.
      const found = await read(address, NEVER, (_, signal) => realWait(20, signal))
      expect(found === null || typeof found === 'string').toBe(true)
      bytes.writeUInt8(before, at)
    }
  }
})

test('a stop is a stop', async () => {
  const stopping = new AbortController()
  const reading = read(await listening(() => stopping.abort(new Error('stopped'))), stopping.signal)
  await expect(reading).rejects.toThrow('stopped')
})

test.each([
  ['unix:path=/run/user/1000/bus', '/run/user/1000/bus'],
  ['unix:path=/tmp/dbus-x,guid=12ab', '/tmp/dbus-x'],
  ['unix:guid=12ab,path=/tmp/dbus-x;tcp:host=elsewhere,port=1', '/tmp/dbus-x'],
  ['unix:abstract=/tmp/dbus-x', null],
  ['unix:path=/tmp/a%20blank', null],
  ['tcp:host=elsewhere,port=1,path=/tmp/dbus-x', null],
  ['tcp:host=elsewhere,port=1;unix:path=/tmp/dbus-x', null],
  ['unixexec:path=ssh,argv1=elsewhere', null],
  ['', null],
  [undefined, null],
])('the bus at %s is reached at %s', (address, path) => {
  expect(busPath(address)).toBe(path)
})

test('a socket that is not there tells nothing', async () => {
  expect(await read('unix:path=/nonexistent')).toBeNull()
})
