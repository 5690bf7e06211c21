import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { canary } from '../harness/canary.ts'
import { freshHome } from '../harness/home.ts'
import { keyturn } from '../harness/program.ts'
import { serveScript } from '../harness/service.ts'

export const CURATOR = {
  LOGIN: 'POST /api/v1/auth/login',
  REFRESH: 'POST /api/v1/auth/refresh',
  WHO: 'GET /api/v1/user/profile',
}

/** Somebody with a session that can be renewed, at a service that does what Curate-Me's page says. */
export const signedInToCurateMe = async () => {
  const home = freshHome()
  const service = await serveScript({
    [CURATOR.LOGIN]: {
      json: {
        access_token: canary('token'),
        refresh_token: canary('token'),
        token_type: 'bearer',
        expires_in: 1800,
      },
    },
    [CURATOR.WHO]: {
      json: { id: 'usr_1', email: 'jane@example.com', name: 'Jane', created_at: '2026-01-15T10:30:00Z' },
    },
  })
  const args = ['login', 'curate-me', '--url', service.url, '--email', 'jane@example.com', '--password-stdin']
  const login = await keyturn(args, { home, env: { KEYTURN_STORE: 'file' }, input: canary('password') })
  expect(login, login.stderr).toMatchObject({ code: 0 })
  return { home, service, stored: () => readFileSync(join(home.config, 'credentials.json'), 'utf8') }
}
