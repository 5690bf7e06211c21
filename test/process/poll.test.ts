/** How soon a sign-in is over: counted in questions, since a clock on a busy machine says nothing. */
import { expect, test } from 'vitest'
import { freshHome } from '../harness/home.ts'
import { keyturn } from '../harness/program.ts'
import { completed, pending, ROUTES, zectrePage } from './zectre-page.ts'

test('the first question is asked at once, and the first after the approval brings the key', async () => {
  let approved = false
  const service = await zectrePage({
    [ROUTES.STATUS]: () => {
      if (approved) return completed
      approved = true
      return pending
    },
  })
  const args = ['login', 'zectre', '--url', service.url, '--no-browser', '--verbose']
  const { code, stderr } = await keyturn(args, { home: freshHome(), env: { KEYTURN_STORE: 'file' } })
  expect({ code, stderr }).toMatchObject({ code: 0 })
  const asked = service.requests.map(({ path }) => path.replace(/\/status\/.*/, '/status'))
  const status = '/api/v1/auth/cli/status'
  expect(asked).toEqual(['/api/v1/auth/cli/initiate', status, status, '/api/v1/user'])
})
