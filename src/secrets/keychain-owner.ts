/** Which program answers for the Secret Service: gnome-keyring-daemon, ksecretd, keepassxc, … */
import { execFile } from 'node:child_process'
import { basename } from 'node:path'
import type { Environment } from '../vocabulary/environment.ts'
import { childEnvironment } from './keychain-session.ts'

const PATIENCE = 1000

const output = (command: string, args: string[], env: Record<string, string>): Promise<string | null> =>
  new Promise((resolve) => {
    execFile(command, args, { env, timeout: PATIENCE }, (error, stdout) => resolve(error === null ? stdout : null))
  })

/** D-Bus's own tool and ps(1) are asked; `null` where they are not there, or nobody owns the name. */
export const keychainOwner = async (env: Environment, platform: NodeJS.Platform): Promise<string | null> => {
  if (platform !== 'linux') return null
  const bus = 'org.freedesktop.DBus'
  const question = [`--dest=${bus}`, '/org/freedesktop/DBus', `${bus}.GetConnectionUnixProcessID`]
  const own = childEnvironment(env, platform)
  const args = ['--session', '--print-reply=literal', ...question, 'string:org.freedesktop.secrets']
  const pid = /uint32 (\d+)/.exec((await output('dbus-send', args, own)) ?? '')?.[1]
  if (pid === undefined) return null
  const line = await output('ps', ['-o', 'args=', '-p', pid], own)
  return basename(line?.trim().split(' ')[0] ?? '') || null
}
