/** The words of the native module and of the systems behind it, as seen or as documented; see the table itself. */
import { expect, test } from 'vitest'
import { judgeRefusal, judgeSilence, type KeychainPlace } from '../../src/secrets/keychain-failure.ts'
import { type KeychainRefusal, NOT_PLACED } from '../../src/secrets/keychain-protocol.ts'
import { childEnvironment } from '../../src/secrets/keychain-session.ts'

const LINUX: KeychainPlace = { platform: 'linux', hasDisplay: false }
const DESKTOP: KeychainPlace = { platform: 'linux', hasDisplay: true }
const MAC: KeychainPlace = { platform: 'darwin', hasDisplay: false }
const WINDOWS: KeychainPlace = { platform: 'win32', hasDisplay: false }

const DBUS = 'Platform failure: DBus error: '
const SERVICE = "Couldn't access platform storage: Secret Service: "

test.each([
  [LINUX, `${SERVICE}unlock prompt was dismissed`, 'store_locked', /no display/],
  [DESKTOP, `${SERVICE}unlock prompt was dismissed`, 'store_refused', /turned down/],
  [LINUX, `${SERVICE}object locked`, 'store_locked', /locked/],
  [LINUX, `${SERVICE}no result found`, 'store_absent', /no collection/],
  [
    LINUX,
    `${DBUS}Using X11 for dbus-daemon autolaunch was disabled at compile time`,
    'store_absent',
    /no D-Bus session/,
  ],
  [LINUX, `${DBUS}Failed to connect to socket /nonexistent: No such file`, 'store_absent', /no D-Bus session/],
  [
    LINUX,
    `${DBUS}The name org.freedesktop.secrets was not provided by any .service files`,
    'store_absent',
    /no Secret Service/,
  ],
  [LINUX, `${DBUS}Did not receive a reply. Possible causes include: the`, 'store_not_answering', /not answering/],
  [LINUX, `${DBUS}Rejected send message, 2 matched rules; type="method_call"`, 'store_refused', /does not let/],
  [LINUX, 'Entry is matched by 2 credentials: [Entry { inner: Wrapper', 'store_unusable', /more than one entry/],
  [LINUX, 'Password data is not valid UTF-8', 'store_unusable', /unreadable entry/],
  [MAC, 'Platform failure: User interaction is not allowed.', 'store_locked', /locked/],
  [MAC, 'Platform failure: User canceled the operation.', 'store_refused', /turned down/],
  [MAC, 'The user name or passphrase you entered is not correct.', 'store_refused', /turned down/],
  [MAC, 'A default keychain could not be found.', 'store_absent', /no keychain/],
  [WINDOWS, 'A specified logon session does not exist. It may already', 'store_refused', /over the network/],
  [WINDOWS, "Attribute 'password' is longer than the platform limit of 2560 chars", 'store_unusable', /no room/],
  [LINUX, 'something that nobody has seen', 'store_unusable', /something that nobody has seen/],
] as const)('on %o "%s" is %s', (place, message, code, words) => {
  const failure = judgeRefusal({ id: 1, ok: false, kind: 'native', message }, place, 'the OS keychain')
  expect(failure).toMatchObject({ code, exitCode: 8, message: expect.stringMatching(words) })
  expect(failure.hint).toContain('--store file')
})

test.each([
  ['module', '', /native part/],
  ['module', `${NOT_PLACED}: others may write into /x`, /native part could not be put in place: others may write into/],
  ['changed', '', /did not keep/],
] as const)('a refusal of the kind "%s" that says "%s" has its own words', (kind, message, words) => {
  const refusal: KeychainRefusal = { id: 1, ok: false, kind, message }
  expect(judgeRefusal(refusal, LINUX, 'the OS keychain')).toMatchObject({
    code: 'store_unusable',
    message: expect.stringMatching(words),
  })
})

test('silence of one that answers other questions is a lock; silence of one that does not is silence', () => {
  expect(judgeSilence(true, 5, LINUX, 'the OS keychain').code).toBe('store_locked')
  expect(judgeSilence(false, 5, LINUX, 'the OS keychain').code).toBe('store_not_answering')
})

const EVERYTHING = {
  HOME: '/h',
  PATH: '/bin',
  LC_ALL: 'C',
  XDG_RUNTIME_DIR: '/run/user/1',
  DBUS_SESSION_BUS_ADDRESS: 'unix:path=/x',
  WAYLAND_DISPLAY: 'wayland-0',
  SystemRoot: 'C:\\Windows',
  APPDATA: 'C:\\a',
  KEYTURN_TOKEN: 'canary',
  AWS_SECRET_ACCESS_KEY: 'canary',
  NODE_OPTIONS: '--require canary',
  NAPI_RS_NATIVE_LIBRARY_PATH: '/canary.node',
  LD_PRELOAD: '/canary.so',
  OTHER: undefined,
}

test.each([
  ['linux', 'HOME PATH LC_ALL XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS WAYLAND_DISPLAY'],
  ['win32', 'PATH SystemRoot APPDATA'],
] as const)('on %s the child has what a keychain needs in its environment, and nothing else', (platform, names) => {
  expect(Object.keys(childEnvironment(EVERYTHING, platform)).join(' ')).toBe(names)
})

test.each<[NodeJS.Platform, string, string | undefined]>([
  ['linux', '.:/usr/bin::bin:/bin', '/usr/bin:/bin'],
  ['linux', '.:bin', undefined],
  ['win32', '.;C:\\Windows;bin;C:bin', 'C:\\Windows'],
])('on %s what stands relative in PATH (%s) is no place for its tools', (platform, PATH, kept) => {
  expect(childEnvironment({ PATH }, platform).PATH).toBe(kept)
})
