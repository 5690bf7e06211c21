import { writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { freshFolder } from '../files/tools.ts'
import type { Home } from './home.ts'
import { startCommand } from './program.ts'

export interface Tinyproxy {
  url: string
  name: string
  /** Ends it, with all that it had to say. */
  log(): Promise<string>
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

const isTaken = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

/** Debian's proxy, as a company would run it: it asks the next one, which knows the names. */
export const startTinyproxy = async (home: Home, upstream: string, account?: string): Promise<Tinyproxy> => {
  const port = await freePort()
  const lines = [`Port ${port}`, 'Listen 127.0.0.1', 'Timeout 30', 'LogLevel Info', 'MaxClients 20']
  if (account !== undefined) lines.push(`BasicAuth ${account.replace(':', ' ')}`)
  const file = join(freshFolder(), 'tinyproxy.conf')
  writeFileSync(file, [...lines, `Upstream http ${upstream}`, ''].join('\n'))
  const running = startCommand('tinyproxy', ['-d', '-c', file], { home, timeout: 60_000 })
  await running.waitForStdout(/Reloading config file finished/)
  while (!(await isTaken(port)));
  const log = async () => {
    running.kill('SIGTERM')
    return (await running.ended).stdout
  }
  return { url: `http://127.0.0.1:${port}`, name: `127.0.0.1:${port}`, log }
}
