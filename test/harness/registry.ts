import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface Registry {
  url: string
  /** Where each package's tarball lies. */
  tarballs: Map<string, string>
  close(): void
}

const run = promisify(execFile)

/** A registry on loopback that has these packages as they lie here, and no others: an install that needs no network. */
export const startRegistry = async (folders: string[], destination: string): Promise<Registry> => {
  // Not the scripts: what lies there is what is tried.
  const flags = ['--json', '--ignore-scripts', '--pack-destination', destination]
  const { stdout } = await run('npm', ['pack', ...folders, ...flags], { shell: process.platform === 'win32' })
  const packed: { name: string; filename: string }[] = JSON.parse(stdout)
  const tarballs = new Map(packed.map(({ name, filename }) => [name, join(destination, filename)]))
  const server = createServer(({ url = '' }, answer) => {
    const [, asked = '', tarball] = /^\/([^/]+(?:\/[^/]+)?)(\/-\/.*)?$/.exec(decodeURIComponent(url)) ?? []
    const file = tarballs.get(asked)
    if (file === undefined) return void answer.writeHead(404).end('{}')
    const bytes = readFileSync(file)
    if (tarball !== undefined) return void answer.end(bytes)
    const folder = folders[packed.findIndex(({ name }) => name === asked)] ?? ''
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`
    const version = { ...manifest, dist: { tarball: `${address()}/${asked}/-/it.tgz`, integrity } }
    const { version: latest } = manifest
    answer.end(JSON.stringify({ name: asked, 'dist-tags': { latest }, versions: { [latest]: version } }))
  })
  const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: address(),
    tarballs,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
