import { canary } from '../harness/canary.ts'
import type { Home } from '../harness/home.ts'
import { start } from '../harness/program.ts'
import { type Answer, type Script, serveScript } from '../harness/service.ts'

export const KEY = canary('key')
export const CODE = 'a1b2c3d4-EXAMPLE-code-0001'
export const USER = {
  id: '6f1c2f0e-0000-4000-8000-000000000001',
  email: 'alice@example.com',
  name: 'Alice',
  is_admin: false,
  created_at: '2026-03-27T10:00:00Z',
}

const INITIATE = 'POST /api/v1/auth/cli/initiate'
const STATUS = 'GET /api/v1/auth/cli/status/{code}'
const COMPLETE = 'POST /api/v1/auth/cli/complete'
const WHO = 'GET /api/v1/user'
const KEYS = 'GET /api/v1/api-keys'
const REVOKE = 'DELETE /api/v1/api-keys/{id}'
export const ROUTES = { INITIATE, STATUS, COMPLETE, WHO, KEYS, REVOKE }

export const pending: Answer = { json: { status: 'pending', api_key: null, user: null } }
export const completed: Answer = { json: { status: 'completed', api_key: KEY, user: USER } }
export const expired: Answer = { json: { status: 'expired', api_key: null, user: null } }

/** A service that does what zectre's page says and nothing beside it: it knows nothing of bound polling. */
export const zectrePage = async (changes: Script = {}) => {
  const inTenMinutes = () => new Date(Date.now() + 600_000).toISOString()
  const service = await serveScript({
    [INITIATE]: (request) => ({
      json: {
        code: CODE,
        auth_url: `http://${request.headers.host}/auth/cli?code=${CODE}`,
        expires_at: inTenMinutes(),
      },
    }),
    [STATUS]: [pending, completed],
    [WHO]: (request) => (request.headers['x-api-key'] ? { json: USER } : { status: 401, json: {} }),
    ...changes,
  })
  return service
}

/** A first sign-in, cut off by the hardest of all ends while it waits. */
export const killedWhileWaiting = async (home: Home, url: string): Promise<void> => {
  const args = ['login', 'zectre', '--url', url, '--no-browser']
  const running = start(args, { home, env: { KEYTURN_STORE: 'file' } })
  await running.waitForStderr(/waiting for your approval/)
  running.kill('SIGKILL')
  await running.ended
}
