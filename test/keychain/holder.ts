/** A program for the tests: one operation on the keychain, then nothing more. argv: child path, deadline, operation. */
import { setTimeout as sleep } from 'node:timers/promises'
import { makeKeychainStore } from '../../src/secrets/keychain-store.ts'

const [childPath = '', deadline = '0'] = process.argv.slice(2)
const store = makeKeychainStore({
  execPath: process.execPath,
  childPath,
  env: process.env,
  platform: process.platform,
  wait: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
  deadline: Number(deadline),
  onSlow: () => process.stdout.write('slow\n'),
})
const done = (text: string) => process.stdout.write(`${text}\n`)
store.read('held', new AbortController().signal).then(
  (secret) => done(`read ${secret}`),
  (failure) => done(`failed ${failure.code}`),
)
