/** Under a system that runs jobs, a secret is masked before it is printed: exact lines, on the built program. */
import { beforeEach, expect, test } from 'vitest'
import { meant, printed } from '../harness/canary.ts'
import { NODE, PROGRAM } from '../harness/environment.ts'
import { freshHome } from '../harness/home.ts'
import { keyturn, startCommand } from '../harness/program.ts'
import { KEY, ROUTES, USER, zectrePage } from './zectre-page.ts'

const NEW = 'zec_EXAMPLE_new_9f8e7d6c5b4a3928'

/** What is masked is printed, and the line that masks it has it too. */
beforeEach(() => {
  for (const secret of [KEY, NEW]) meant(printed(secret), 'stderr')
})

const ready = async () => {
  const service = await zectrePage({
    [ROUTES.KEYS]: { json: { data: [{ id: 'k1', name: 'ci' }] } },
    'POST /api/v1/api-keys': { status: 201, json: { id: 'k9', name: 'ci', key: NEW } },
    [ROUTES.REVOKE]: { status: 204 },
  })
  return {
    home: freshHome(),
    env: { KEYTURN_API_KEY: KEY, KEYTURN_SERVICE: 'zectre', KEYTURN_URL: service.url },
  }
}

const GITHUB = { GITHUB_ACTIONS: 'true', CI: 'true' }
test.each<[Record<string, string>, string[], string, string]>([
  [GITHUB, ['token'], `${KEY}\n`, `::add-mask::${KEY}\n`],
  [GITHUB, ['token', '--header'], `X-API-Key: ${KEY}\n`, `::add-mask::${KEY}\n`],
  [GITHUB, ['token', '--quiet'], `${KEY}\n`, `::add-mask::${KEY}\n`],
  [GITHUB, ['token', '--json=type'], '{"type":"api_key"}\n', ''],
  [GITHUB, ['token', '--jq', '.token'], `${KEY}\n`, `::add-mask::${KEY}\n`],
  [GITHUB, ['keys', 'create', 'ci', '--quiet'], `${NEW}\n`, `::add-mask::${NEW}\n`],
  [{ TF_BUILD: 'True' }, ['token'], `${KEY}\n`, `##vso[task.setsecret]${KEY}\n`],
  [{ TF_BUILD: 'True' }, ['keys', 'create', 'ci', '--quiet'], `${NEW}\n`, `##vso[task.setsecret]${NEW}\n`],
  [{ GITLAB_CI: 'true', CI: 'true' }, ['token'], `${KEY}\n`, ''],
  [{}, ['token'], `${KEY}\n`, ''],
  [GITHUB, ['account', 'show', '--quiet'], `${USER.email}\n`, ''],
])('%j: %j', async (system, args, stdout, stderr) => {
  const { home, env } = await ready()
  expect(await keyturn(args, { home, env: { ...env, ...system } })).toMatchObject({ code: 0, stdout, stderr })
})

test('keys rotate masks the new one', async () => {
  const { home, env } = await ready()
  const { stdout, stderr } = await keyturn(['keys', 'rotate', 'k1', '--quiet'], { home, env: { ...env, ...GITHUB } })
  expect(stdout).toBe(`${NEW}\n`)
  expect(stderr.startsWith(`::add-mask::${NEW}\n`), stderr).toBe(true)
})

test.each([
  ['nowhere to print it', 'keys create ci > /dev/full'],
  ['a field that is not it', 'keys create ci --json=id'],
  ['a filter that fails', 'keys create ci --jq .id.x'],
])('so is a key that ends on stderr for %s', async (_why, words) => {
  const { home, env } = await ready()
  const command = `"${NODE}" "${PROGRAM}" ${words}`
  const { stderr } = await startCommand('sh', ['-c', command], { home, env: { ...env, ...GITHUB } }).ended
  expect(stderr.startsWith(`::add-mask::${NEW}\n`), stderr).toBe(true)
  expect(stderr.split(NEW)).toHaveLength(3)
})
