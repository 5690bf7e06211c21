import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { canary } from '../harness/canary.ts'
import { freshHome } from '../harness/home.ts'
import { keyturn } from '../harness/program.ts'
import { serveProxy } from '../harness/proxy.ts'
import { serveSecurely } from '../harness/secure-server.ts'

const MIB = 1024 * 1024
const GZIP = { 'content-encoding': 'gzip' }

describe.each(['directly', 'through a proxy'])('48: %s', (way) => {
  /** A server that packs what it sends although nobody asked for that; `peak`: the most memory that was taken. */
  const rig = async (text: Buffer) => {
    const home = freshHome()
    const name = way === 'directly' ? 'localhost' : 'service.example'
    const server = await serveSecurely(home, { name, answer: { headers: GZIP, text } })
    const preload = join(home.path, 'peak.cjs')
    writeFileSync(preload, `process.on('exit', () => console.error('peak', process.resourceUsage().maxRSS))`)
    const env = {
      KEYTURN_API_KEY: canary('key'),
      KEYTURN_SERVICE: 'zectre',
      KEYTURN_URL: server.url.replace('localhost', name),
      NODE_EXTRA_CA_CERTS: server.certificate,
      NODE_OPTIONS: `--require=${preload}`,
      ...(way !== 'directly' && { HTTPS_PROXY: (await serveProxy()).url }),
    }
    return async (...args: string[]) => {
      const result = await keyturn(args, { home, env })
      return { ...result, peak: Number(/^peak (\d+)$/m.exec(result.stderr)?.[1]) * 1024 }
    }
  }

  test('a small answer that unpacks to 300 MB is left where it grows too long', async () => {
    const run = await rig(gzipSync(Buffer.alloc(300 * MIB)))
    const usual = await run('account', 'show', '--url', 'http://127.0.0.1:1')
    for (const [most, ...args] of [
      [1, 'account', 'show'],
      [1, 'keys', 'create', 'ci'],
      [32, 'keys', 'list'],
    ] as const) {
      const result = await run(...args)
      expect(result, result.stderr).toMatchObject({ code: 1, stdout: '' })
      expect(result.stderr).toContain(`sent more than ${most} MiB as one answer`)
      expect(result.peak).toBeLessThan(usual.peak + (most + 60) * MIB)
    }
  })

  test('a good answer is read, and handed on as it was meant', async () => {
    const run = await rig(gzipSync('{"id":"1","email":"alice@example.com"}'))
    expect(await run('account', 'show', '--quiet')).toMatchObject({ code: 0, stdout: 'alice@example.com\n' })
    expect(await run('api', '/x', '--jq', '.email')).toMatchObject({ code: 0, stdout: 'alice@example.com\n' })
    expect(await run('api', '/x')).toMatchObject({ code: 0, stdout: '{"id":"1","email":"alice@example.com"}' })
  })
})
