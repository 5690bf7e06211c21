/** A program for a test: reads one secret through the keychain child that it is told of, and has nothing else to do. argv: that child. */
import { setTimeout as sleep } from 'node:timers/promises'
import { makeKeychainStore } from '../../src/secrets/keychain-store.ts'

const [childPath = ''] = process.argv.slice(2)
const { execPath, platform } = process
const wait = (milliseconds: number, signal: AbortSignal) => sleep(milliseconds, undefined, { signal })
const store = makeKeychainStore({ execPath, childPath, env: {}, platform, wait, deadline: 2000, onSlow: () => {} })
void store.read('me', new AbortController().signal).then((secret) => process.stdout.write(`${secret}\n`))
