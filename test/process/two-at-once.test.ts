import { expect, onTestFinished, test } from 'vitest'
import { startReferenceServer } from '../../src/reference-server.ts'
import { freshHome } from '../harness/home.ts'
import { keyturn, start } from '../harness/program.ts'

const FILE = { KEYTURN_STORE: 'file' }
const ANN = { email: 'ann@example.com', password: 'a long password' }
const BOB = { email: 'bob@example.com', password: 'another long password' }

test('two terminals sign in at once, are approved in reverse order, and each gets its own (row 22)', async () => {
  const server = await startReferenceServer({ services: ['zectre'], ports: 'free', scryptCost: 2 })
  onTestFinished(() => server.close())
  const url = server.addresses.zectre ?? ''
  const home = freshHome()
  const begin = async (profile: string, account: typeof ANN) => {
    const headers = { 'content-type': 'application/json' }
    await fetch(`${url}/api/v1/auth/signup`, { method: 'POST', headers, body: JSON.stringify(account) })
    const args = ['login', 'zectre', '--url', url, '--no-browser', '--profile', profile]
    const login = start(args, { home, env: FILE })
    const [, code = ''] = await login.waitForStderr(/\/auth\/cli\?code=([\w-]+)/)
    const approve = async () => {
      await server.approve(code, account)
      return login.ended
    }
    const whoIs = async () => {
      const { stdout } = await keyturn(['status', '--profile', profile, '--json'], { home, env: FILE })
      return (JSON.parse(stdout) as { user: { email: string } }).user.email
    }
    return { approve, whoIs }
  }
  const [ann, bob] = [await begin('one', ANN), await begin('two', BOB)]
  expect(await bob.approve()).toMatchObject({ code: 0 })
  expect(await ann.approve()).toMatchObject({ code: 0 })
  expect([await ann.whoIs(), await bob.whoIs()]).toEqual([ANN.email, BOB.email])
})
