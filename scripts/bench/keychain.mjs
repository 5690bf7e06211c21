// A real Secret Service in a home of its own: `dbus-run-session` with a gnome-keyring-daemon whose login collection is open.
import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const NEEDED = ['dbus-run-session', 'gnome-keyring-daemon', 'gdbus']

const isMissing = (command) => {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' })
    return false
  } catch {
    return true
  }
}

/** @returns {Promise<{ missing: string } | { missing: null, env: Record<string, string>, close(): void }>} */
export const startKeychain = async ({ path, env: given }) => {
  const missing = NEEDED.filter(isMissing)
  if (process.platform !== 'linux' || missing.length > 0) {
    return { missing: process.platform === 'linux' ? missing.join(', ') : 'Linux' }
  }
  const home = mkdtempSync(join(path, 'keychain-'))
  const runtime = join(home, 'run')
  mkdirSync(runtime)
  chmodSync(runtime, 0o700)
  mkdirSync(join(home, '.local', 'share', 'keyrings'), { recursive: true })
  const base = { ...given, HOME: home, XDG_RUNTIME_DIR: runtime, KEYTURN_CONFIG_DIR: join(home, 'config') }
  // The bus lives as long as `cat`, and that as long as this process holds its input.
  const bus = spawn('dbus-run-session', ['--', 'sh', '-c', 'echo "$DBUS_SESSION_BUS_ADDRESS"; exec cat'], {
    env: base,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const [line] = await Promise.race([once(bus.stdout.setEncoding('utf8'), 'data'), once(bus, 'exit')])
  const env = { ...base, DBUS_SESSION_BUS_ADDRESS: String(line).trim() }
  const daemon = spawn('gnome-keyring-daemon', ['--foreground', '--components=secrets', '--unlock'], {
    env,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  daemon.stdin.end('the password of a benchmark')
  const close = () => {
    daemon.kill('SIGKILL')
    bus.stdin.destroy()
  }
  try {
    await promisify(execFile)('gdbus', ['wait', '--session', '--timeout', '10', 'org.freedesktop.secrets'], { env })
    return { missing: null, env, close }
  } catch {
    close()
    return { missing: 'a Secret Service that starts' }
  }
}
