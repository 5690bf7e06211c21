/**
 * What a refusal of the native module means. It has one error code for everything, so its words must do. Those for
 * Linux were seen with @napi-rs/keyring 2.1.2, gnome-keyring 42.1 and dbus 1.14 in the states named beside them; those for macOS and
 * Windows are the systems' own texts for the status codes named, and were not seen.
 */
import { Failure, type FailureCode } from '../vocabulary/failure.ts'
import { type KeychainRefusal, NOT_PLACED } from './keychain-protocol.ts'

export interface KeychainPlace {
  platform: NodeJS.Platform
  /** Linux: whether a question to unlock could be shown at all. */
  hasDisplay: boolean
}

interface Reading {
  code: FailureCode
  problem: string
  hint: string
}

const OTHER_STORE = 'keep secrets in a file: keyturn login --store file'
const orElse = (hint: string): string => `${hint}, or ${OTHER_STORE}`
const UNLOCK: Record<string, string> = {
  linux: 'log in on its desktop, or run `gnome-keyring-daemon --unlock` and type its password',
  darwin: 'run `security unlock-keychain`',
}
const INSTALL: Record<string, string> = {
  linux: 'install one (`apt install gnome-keyring`) and log in to a desktop, or start `dbus-run-session`',
  darwin: 'make one in Keychain Access (its menu, "First Aid" or "New Keychain")',
}

const locked =
  (why: string) =>
  (place: KeychainPlace): Reading => ({
    code: 'store_locked',
    problem: `is locked, ${why}`,
    hint: orElse(`unlock it (${UNLOCK[place.platform] ?? 'log in to this machine'})`),
  })
const absent =
  (what: string) =>
  (place: KeychainPlace): Reading => ({
    code: 'store_absent',
    problem: `is absent: ${what}`,
    hint: orElse(INSTALL[place.platform] ?? 'log in to this machine with a desktop'),
  })
const refused = (why: string) => (): Reading => ({
  code: 'store_refused',
  problem: `refused: ${why}`,
  hint: orElse('allow keyturn to use it when it asks'),
})
const silent = (): Reading => ({
  code: 'store_not_answering',
  problem: 'is not answering',
  hint: orElse('log out and in again to restart it (or end its process)'),
})
const unusable = (problem: string, hint: string) => (): Reading => ({
  code: 'store_unusable',
  problem,
  hint: orElse(hint),
})

const dismissed = (place: KeychainPlace): Reading =>
  place.hasDisplay
    ? refused('it is locked, and the question to unlock it was turned down')()
    : locked('and there is no display to ask for its password on')(place)

type Judge = (place: KeychainPlace) => Reading

/** The first that fits. */
const READINGS: readonly (readonly [RegExp, Judge])[] = [
  // Locked without a display, at once; locked and the prompt dismissed; killed and started again by D-Bus (it comes
  // back locked): "Couldn't access platform storage: Secret Service: unlock prompt was dismissed".
  [/prompt was dismissed|prompt dismissed/i, dismissed],
  // In the module's texts, not seen.
  [/object locked|IsLocked/i, locked('and was not unlocked')],
  // A service with no collection (a fresh home), on a write: "Couldn't access platform storage: Secret Service: no result found".
  [/no result found/i, absent('the Secret Service has no collection to keep secrets in')],
  // No bus: "Platform failure: DBus error: Using X11 for dbus-daemon autolaunch was disabled at compile time, set your
  // DBUS_SESSION_BUS_ADDRESS instead"; a bus that has gone: "… Failed to connect to socket /nonexistent: No such file …".
  [/autolaunch|Failed to connect to socket|No DBus session|Connection refused/i, absent('there is no D-Bus session')],
  // A bus and no service: "Platform failure: DBus error: The name org.freedesktop.secrets was not provided by any .service files".
  [/not provided by any|ServiceUnknown|provider found/i, absent('no Secret Service runs on the D-Bus session')],
  // Stopped (SIGSTOP), after 2.0 s: "Platform failure: DBus error: Did not receive a reply. Possible causes include: …".
  [/Did not receive a reply|disconnected|Connection (was )?closed/i, silent],
  // A bus policy: "Platform failure: DBus error: Rejected send message, 2 matched rules; …".
  [/Rejected send message|AccessDenied/i, refused('the D-Bus session does not let keyturn talk to it')],
  // Another program's items under our names: "Entry is matched by 2 credentials: [Entry { … }, …]".
  [
    /is matched by \d+/i,
    unusable(
      'holds more than one entry of that name, so none of them can be trusted',
      "find them (`secret-tool search --all service keyturn`), and remove those that are not keyturn's",
    ),
  ],
  // A secret that is no text: "Password data is not valid UTF-8".
  [
    /not valid UTF-8/i,
    unusable(
      'holds an unreadable entry of that name',
      'look at it, and remove it if it is not needed (its service is keyturn)',
    ),
  ],
  [/longer than (the )?platform limit/i, unusable('has no room for a secret of this size', 'use another account')],
  // macOS: errSecInteractionNotAllowed (-25308), as over SSH.
  [/interaction is not allowed/i, locked('and nobody can be asked here')],
  // macOS: errSecUserCanceled (-128), errSecAuthFailed (-25293), errSecMissingEntitlement (-34018).
  [/cancell?ed|passphrase you entered is not correct|entitlement/i, refused('its question was turned down')],
  // macOS: errSecNoDefaultKeychain (-25307), errSecNoSuchKeychain (-25294), errSecNotAvailable (-25291).
  [/keychain could not be found|No keychain is available/i, absent('there is no keychain')],
  // Windows: ERROR_NO_SUCH_LOGON_SESSION (1312), as over SSH.
  [/logon session/i, refused('a session over the network has no Credential Manager')],
]

const readingOf = ({ kind, message }: KeychainRefusal, place: KeychainPlace): Reading => {
  if (kind === 'module' && message.startsWith(NOT_PLACED)) {
    return unusable(`can't be used: ${message}`, 'give it a folder of your own: export XDG_CACHE_HOME=/path/to/one')()
  }
  if (kind === 'module') {
    const hint = `install keyturn again, with its optional packages: npm install -g keyturn --include=optional`
    return unusable(`can't be used: its native part (@napi-rs/keyring) does not load on this machine`, hint)()
  }
  if (kind === 'changed') return unusable('did not keep what was written to it', 'try again')()
  const found = READINGS.find(([words]) => words.test(message))
  return found ? found[1](place) : unusable(`can't be used: ${message.slice(0, 200)}`, 'try again')()
}

const failureOf = ({ code, problem, hint }: Reading, where: string, cause: string): Failure =>
  new Failure(code, `${where} ${problem}`, { hint, cause: new Error(cause) })

export const judgeRefusal = (refusal: KeychainRefusal, place: KeychainPlace, where: string): Failure =>
  failureOf(readingOf(refusal, place), where, refusal.message)

/** No answer within the time. A keychain that still answers other questions is waiting for somebody to unlock it. */
export const judgeSilence = (isAlive: boolean, seconds: number, place: KeychainPlace, where: string): Failure => {
  const within = `within ${Math.round(seconds * 10) / 10} s`
  const reading = isAlive ? locked(`and the question to unlock it was not answered ${within}`)(place) : silent()
  const problem = isAlive ? reading.problem : `did not answer ${within}`
  return failureOf({ ...reading, problem }, where, problem)
}
