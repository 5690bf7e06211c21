import { generateKeyPairSync } from 'node:crypto'
import { exportJWK, SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { freshHome } from '../harness/home.ts'
import { keyturn, start } from '../harness/program.ts'
import { serveScript } from '../harness/service.ts'

test('an RS256 token of zectre-catalog works as KEYTURN_TOKEN, and one of somebody else does not', async () => {
  const [catalog, stranger] = [
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ]
  const published = await serveScript({
    'GET /jwks': { json: { keys: [{ ...(await exportJWK(catalog.publicKey)), kid: 'c1', alg: 'RS256' }] } },
  })
  const home = freshHome()
  const server = start(['serve', 'zectre', '--port', '0', '--json', '--zectre-jwks', `${published.url}/jwks`], { home })
  const { zectre } = JSON.parse((await server.waitForStdout(/^\{.*\}$/m))[0])
  const whoAmI = async (key: typeof catalog.privateKey) => {
    const token = await new SignJWT({ email: 'carol@example.com' })
      .setProtectedHeader({ alg: 'RS256', kid: 'c1' })
      .setExpirationTime('1h')
      .sign(key)
    const env = { KEYTURN_TOKEN: token, KEYTURN_SERVICE: 'zectre', KEYTURN_URL: zectre }
    return keyturn(['account', 'show', '--quiet'], { home, env })
  }
  expect(await whoAmI(catalog.privateKey)).toMatchObject({ code: 0, stdout: 'carol@example.com\n' })
  expect(await whoAmI(stranger.privateKey)).toMatchObject({ code: 4, stdout: '' })
})
