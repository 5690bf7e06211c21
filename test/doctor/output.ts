import { Writable } from 'node:stream'

/** A stream that nobody reads and that is no terminal. */
export const makeOutput = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() })
