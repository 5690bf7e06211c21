/** A program for the tests: reads one entry of the keychain, then nothing more. argv: child path, deadline, account. */
import { setTimeout as sleep } from 'node:timers/promises'
import { makeKeychainStore } from '../../src/secrets/keychain-store.ts'

const [childPath = '', deadline = '0', account = ''] = process.argv.slice(2)
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
store.read(account, new AbortController().signal).then(
  (secret) => done(`read ${secret}`),
  (failure) => done(`failed ${failure.code}`),
)
