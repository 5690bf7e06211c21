/**
 * The process that talks to the OS keychain, so that it can be killed. Seen with @napi-rs/keyring 2.1.2: a call that
 * waits for a keychain to be unlocked ignores its AbortSignal, and `process.exit` hangs until it ends; it may never end.
 * An entry of its own: secrets come and go over pipes, and it lives no longer than the pipe it reads from.
 */
import { KEYCHAIN_SERVICE, type KeychainReply, type KeychainRequest, lineReader } from './keychain-protocol.ts'

type Keyring = typeof import('@napi-rs/keyring')

/** Unpinned it would fall back in silence to the kernel's keyring, which is empty after the next boot. */
const OPTIONS = { linux: { store: 'secret-service' as const } }
/** No profile can have these names: they have a blank in them. */
const CHECK_ACCOUNT = 'keyturn check'
const NOBODY = 'keyturn nobody'

let loaded: Keyring | null = null
const keyring = (): Keyring => {
  // `require`, not `import`: 3 ms, not 27. And here, not at the top, so that its failure can be told.
  loaded ??= require('@napi-rs/keyring') as Keyring
  return loaded
}

/** Seen: what gnome-keyring says of an entry that another process removed after it was found here. */
const GONE = /No such interface .*org\.freedesktop\.Secret\.Item|Object does not exist at path/

/** Asked again, it is looked for again, and is not there or another one. */
const unlessGone = async <T>(call: () => Promise<T>): Promise<T> => {
  try {
    return await call()
  } catch (error) {
    if (error instanceof Error && GONE.test(error.message)) return unlessGone(call)
    throw error
  }
}

const entry = (account: string) => {
  const native = new (keyring().AsyncEntry)(KEYCHAIN_SERVICE, account, OPTIONS)
  return {
    getPassword: () => unlessGone(() => native.getPassword()),
    setPassword: (secret: string) => unlessGone(() => native.setPassword(secret)),
    deleteCredential: () => unlessGone(() => native.deleteCredential()),
  }
}

let provenOpen = process.platform !== 'linux'

/**
 * "No such entry" is believed once a write has gone through. Seen: gnome-keyring gives `null` for a missing entry while
 * it is locked, and while it has no collection at all; a service that shows nothing of a locked collection would give
 * it for an entry that is there.
 */
const proveOpen = async (): Promise<void> => {
  if (provenOpen) return
  await entry(CHECK_ACCOUNT).setPassword('open')
  await entry(CHECK_ACCOUNT).deleteCredential()
  provenOpen = true
}

const read = async (account: string): Promise<string | null> => {
  const found = (await entry(account).getPassword()) ?? null
  if (found !== null || provenOpen) return found
  await proveOpen()
  return (await entry(account).getPassword()) ?? null
}

const remove = async (account: string): Promise<boolean> => {
  const removed = await entry(account).deleteCredential()
  if (removed || provenOpen) return removed
  await proveOpen()
  return entry(account).deleteCredential()
}

const answer = async ({ id, operation, account, secret }: KeychainRequest): Promise<KeychainReply> => {
  try {
    keyring()
  } catch (error) {
    return { id, ok: false, kind: 'module', message: error instanceof Error ? error.message : String(error) }
  }
  try {
    if (operation === 'read') return { id, ok: true, value: await read(account) }
    if (operation === 'remove') return { id, ok: true, value: await remove(account) }
    if (operation === 'ask') {
      await entry(NOBODY).getPassword()
      return { id, ok: true, value: true }
    }
    await entry(account).setPassword(secret ?? '')
    provenOpen = true
    // Stores have been seen to cut what is too long for them, and to say that all went well.
    if ((await entry(account).getPassword()) === secret) return { id, ok: true, value: true }
    return { id, ok: false, kind: 'changed', message: 'what was read back is not what was written' }
  } catch (error) {
    return { id, ok: false, kind: 'native', message: error instanceof Error ? error.message : String(error) }
  }
}

// Else Node opens its debugger on it, to anybody on this machine.
process.on('SIGUSR1', () => {})
process.stdin.setEncoding('utf8')
process.stdin.on(
  'data',
  lineReader((line) => {
    void answer(JSON.parse(line)).then((reply) => process.stdout.write(`${JSON.stringify(reply)}\n`))
  }),
)
// Nobody asks any more. Not `process.exit`: it would wait for a native call that may never end.
process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL'))
process.stdout.on('error', () => process.kill(process.pid, 'SIGKILL'))
