import { describe, expect, test } from 'vitest'
import { canary, meant, printed } from '../harness/canary.ts'
import { NODE, PROGRAM } from '../harness/environment.ts'
import { freshHome } from '../harness/home.ts'
import { startCommand } from '../harness/program.ts'
import { KEY, ROUTES, zectrePage } from './zectre-page.ts'

/** The built program as a shell starts it, with something behind it. */
const inShell = async (args: string, behind: string, script = {}) => {
  const service = await zectrePage(script)
  const env = { KEYTURN_API_KEY: KEY, KEYTURN_SERVICE: 'zectre', KEYTURN_URL: service.url }
  const command = `"${NODE}" "${PROGRAM}" ${args} ${behind}`
  const ended = await startCommand('sh', ['-c', command], { home: freshHome(), env }).ended
  return { ...ended, service }
}

describe('64: a key that is made and can not be printed', () => {
  test('because the disk is full is shown on stderr, and the exit code is not 0', async () => {
    const made = canary('key')
    const script = { 'POST /api/v1/api-keys': { status: 201, json: { id: 'k9', name: 'CI', key: made } } }
    for (const more of ['', '--json', '--quiet']) {
      const { code, stderr } = await inShell(`keys create CI ${more}`, '> /dev/full', script)
      expect(code).not.toBe(0)
      expect(stderr).toContain(meant(made, 'stderr'))
      expect(stderr).not.toContain('a mistake in keyturn')
    }
  })

  test('because nobody reads it is shown on stderr', async () => {
    const made = canary('key')
    // The reader has gone before the answer comes.
    const script = { 'POST /api/v1/api-keys': { status: 201, json: { id: 'k9', name: 'CI', key: made }, after: 300 } }
    const { stderr } = await inShell('keys create CI', '| true', script)
    expect(stderr).toContain(meant(made, 'stderr'))
  })

  test.each(['account show', 'keys list', 'status', 'services'])(
    'and %s to a full disk is a failure, said once',
    async (args) => {
      const { code, stderr } = await inShell(args, '> /dev/full', { [ROUTES.KEYS]: { json: { data: [{ id: 'k1' }] } } })
      expect(code).toBe(1)
      expect(stderr).toContain('could not be written to standard output (ENOSPC)')
    },
  )
})

test('65: a megabyte reaches a reader that is slow', async () => {
  const name = 'x'.repeat(1000)
  const data = Array.from({ length: 950 }, (_, i) => ({ id: `k${i}`, name, prefix: 'zec_' }))
  const slowly = `| { sleep 0.5; dd bs=4096 2>/dev/null; }`
  const { code, stdout } = await inShell('keys list --json', slowly, { [ROUTES.KEYS]: { json: { data } } })
  expect(code).toBe(0)
  expect(stdout.length).toBeGreaterThan(1_000_000)
  expect(JSON.parse(stdout)).toHaveLength(950)
})

test('65: a reader that has had enough ends the program without a word, as a shell has it', async () => {
  const { stdout, stderr } = await inShell('token', '| head -c 4')
  expect(stdout).toBe(printed(KEY).slice(0, 4))
  expect(stderr).toBe('')
})
