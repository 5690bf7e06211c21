/**
 * A real Secret Service in a home of its own: `dbus-run-session` with a gnome-keyring-daemon whose login collection is open, and
 * the states that a keychain can get into. Whatever runs with `env` talks to it. Everything ends when this process does.
 *
 *   const session = await startSession()      or startSession({ collection: false }): a service with nothing to keep secrets in
 *   await session.lock()                      locked; with no display there is nobody to ask
 *   const asked = await session.prompter('silent')    … and now somebody is asked, and never answers ('dismiss': cancels;
 *                                             2000: types the password after so many milliseconds); `asked()`: how often
 *   session.stop(); session.cont()            the daemon hangs, and goes on
 *   await session.kill()                      it is gone; D-Bus starts another, which knows no password
 *   await session.put('zectre', text)         an entry, put there by libsecret's own tool (and with more attributes)
 *   await session.found()                     what `secret-tool search service keyturn` shows: [account, secret], …
 *   await session.close()
 */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { runLedger } from '../harness/canary.ts'
import { learnFromStore } from '../harness/learn.ts'
import { traceFiles } from '../harness/traces.ts'

const run = promisify(execFile)

export interface KeychainHarness {
  /** HOME, XDG_RUNTIME_DIR, DBUS_SESSION_BUS_ADDRESS, PATH, LANG: all that a program needs to find this keychain. */
  env: Record<string, string>
  put(account: string, secret: string | Buffer, ...more: string[]): Promise<void>
  lock(): Promise<void>
  /** Gives how often somebody was asked so far. */
  prompter(mode: 'silent' | 'dismiss' | number): Promise<() => number>
  stop(): void
  cont(): void
  kill(): Promise<void>
  /** `keyturn`'s entries, as libsecret's own tool sees them; only while unlocked. */
  found(): Promise<[account: string, secret: string][]>
  close(): Promise<void>
}

const PASSWORD = 'the password of a test'
const COMMANDS = ['dbus-run-session', 'gnome-keyring-daemon', 'secret-tool', 'gdbus']
/** Debian's python: another one that comes first in PATH does not have Debian's modules. */
const PYTHON = '/usr/bin/python3'

const runs = (command: string, args: string[]): boolean => spawnSync(command, args, { stdio: 'ignore' }).status === 0

/** What a real keychain can't be had for on this machine; `null` when it can. With CI=true that is a failure of the run. */
export const missingForKeychain = (): string | null => {
  const missing = COMMANDS.filter((command) => !runs('sh', ['-c', `command -v ${command}`]))
  if (!runs(PYTHON, ['-c', 'import dbus, gi'])) missing.push('python3-dbus', 'python3-gi')
  if (missing.length === 0) return null
  const reason = `no real keychain here: ${missing.join(', ')} missing (apt install gnome-keyring dbus libsecret-tools libglib2.0-bin python3-dbus python3-gi)`
  if (process.env.CI === 'true') throw new Error(reason)
  return reason
}

export const startSession = async ({ collection = true } = {}): Promise<KeychainHarness> => {
  const home = mkdtempSync(join(tmpdir(), 'keyturn-keychain-'))
  const runtime = join(home, 'run')
  mkdirSync(runtime)
  chmodSync(runtime, 0o700)
  mkdirSync(join(home, '.local', 'share', 'keyrings'), { recursive: true })
  const base = { HOME: home, XDG_RUNTIME_DIR: runtime, PATH: process.env.PATH ?? '', LANG: 'C.UTF-8' }

  // The bus lives as long as `cat`, and that as long as this process holds its input.
  const bus = spawn('dbus-run-session', ['--', 'sh', '-c', 'echo "$DBUS_SESSION_BUS_ADDRESS"; exec cat'], {
    env: base,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const env = { ...base, DBUS_SESSION_BUS_ADDRESS: await firstLine(bus) }
  const started: ChildProcess[] = []

  const password = collection ? ['--unlock'] : []
  const daemon = spawn('gnome-keyring-daemon', ['--foreground', '--components=secrets', ...password], {
    env,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  daemon.stdin.end(PASSWORD)
  started.push(daemon)
  const gdbus = (...args: string[]) => run('gdbus', args, { env, timeout: 12_000 })
  await gdbus('wait', '--session', '--timeout', '10', 'org.freedesktop.secrets')

  return {
    env,
    put: async (account, secret, ...more) => {
      const args = ['store', '--label=keyturn', 'service', 'keyturn', 'username', account, ...more]
      const tool = spawn('secret-tool', args, { env, stdio: ['pipe', 'ignore', 'inherit'] })
      tool.stdin.end(secret)
      const [code] = await once(tool, 'exit')
      if (code !== 0) throw new Error(`secret-tool store ended with ${code}`)
    },
    lock: async () => {
      await gdbus(
        ...['call', '--session', '--dest', 'org.freedesktop.secrets', '--object-path', '/org/freedesktop/secrets'],
        ...['--method', 'org.freedesktop.Secret.Service.Lock', "['/org/freedesktop/secrets/collection/login']"],
      )
    },
    prompter: async (mode) => {
      const script = join(import.meta.dirname, 'prompter.py')
      const args = typeof mode === 'number' ? ['unlock', String(mode), PASSWORD] : [mode]
      const prompter = spawn(PYTHON, [script, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] })
      started.push(prompter)
      let said = ''
      prompter.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text
      })
      await firstLine(prompter)
      return () => said.split('BeginPrompting').length - 1
    },
    stop: () => void daemon.kill('SIGSTOP'),
    cont: () => void daemon.kill('SIGCONT'),
    kill: () => end(daemon),
    found: () => search(env),
    close: async () => {
      for (const child of started) await end(child)
      bus.stdin.end()
      await end(bus, null)
      traceFiles(home)
      rmSync(home, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

const end = async (child: ChildProcess, signal: NodeJS.Signals | null = 'SIGKILL'): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  if (signal) child.kill(signal)
  await exit
}

const firstLine = async (child: ChildProcess): Promise<string> => {
  if (!child.stdout) throw new Error('nothing to read')
  const lines = createInterface(child.stdout)
  const [line] = await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => [null])])
  lines.close()
  child.stdout.resume()
  if (typeof line !== 'string') throw new Error(`${child.spawnfile} ended with ${child.exitCode} before it said a word`)
  return line
}

/** secret-tool(1) prints what is no secret to stderr, and both in blocks of "name = value". */
const search = async (env: Record<string, string>): Promise<[string, string][]> => {
  const { stdout, stderr } = await run('secret-tool', ['search', '--all', 'service', 'keyturn'], {
    env,
    timeout: 10_000,
  })
  const all = (text: string, name: string): string[] =>
    [...text.matchAll(new RegExp(`^${name} = (.*)$`, 'gm'))].map(([, value]) => value ?? '')
  const accounts = all(stdout + stderr, 'attribute\\.username')
  const secrets = all(stdout, 'secret')
  for (const secret of secrets) learnFromStore(secret, runLedger())
  return accounts.map((account, i) => [account, secrets[i] ?? ''])
}
