import { expect, test } from 'vitest'
import { browserObstacle } from '../../src/terminal/browser.ts'

const DESKTOP = { env: { DISPLAY: ':0' }, platform: 'linux', seen: true, container: false }

test.each([
  ['a Linux desktop', DESKTOP],
  ['a Wayland desktop', { ...DESKTOP, env: { WAYLAND_DISPLAY: 'wayland-0' } }],
  ['WSL, which opens the browser of Windows', { ...DESKTOP, env: { WSL_DISTRO_NAME: 'Debian' } }],
  ['a desktop where CI is switched off', { ...DESKTOP, env: { DISPLAY: ':0', CI: '0' } }],
  ['a Mac', { ...DESKTOP, env: {}, platform: 'darwin' }],
  ['Windows', { ...DESKTOP, env: {}, platform: 'win32' }],
  ['SSH, where the person named a browser', { ...DESKTOP, env: { SSH_TTY: '/dev/pts/1', KEYTURN_BROWSER: 'firefox' } }],
])('a browser may be opened on %s', (_where, surroundings) => expect(browserObstacle(surroundings)).toBeNull())

test.each([
  ['without a terminal', { ...DESKTOP, seen: false }, 'terminal'],
  ['in CI', { ...DESKTOP, env: { DISPLAY: ':0', CI: 'true' } }, 'CI'],
  ['over SSH', { ...DESKTOP, env: { DISPLAY: ':0', SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22' } }, 'SSH'],
  ['in a container', { ...DESKTOP, container: true }, 'container'],
  ['without a display', { ...DESKTOP, env: {} }, 'display'],
  ['where BROWSER says none', { ...DESKTOP, env: { DISPLAY: ':0', BROWSER: 'none' } }, 'BROWSER'],
  [
    'where KEYTURN_BROWSER says none',
    { ...DESKTOP, env: { DISPLAY: ':0', KEYTURN_BROWSER: 'none', BROWSER: 'firefox' } },
    'KEYTURN_BROWSER',
  ],
  ['in CI, whatever browser is named', { ...DESKTOP, env: { CI: '1', KEYTURN_BROWSER: 'firefox' } }, 'CI'],
])('none is opened %s, and the reason is told', (_where, surroundings, word) =>
  expect(browserObstacle(surroundings)).toContain(word),
)
