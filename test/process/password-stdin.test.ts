import { expect, test } from 'vitest'
import { NODE, PROGRAM } from '../harness/environment.ts'
import { freshHome } from '../harness/home.ts'
import { keyturn, startCommand } from '../harness/program.ts'
import { serveScript } from '../harness/service.ts'
import { CURATOR } from './curate-me-page.ts'

const refusing = () => serveScript({ [CURATOR.LOGIN]: { status: 401, json: { error: 'no' } } })
const login = (url: string) => [
  ...['login', 'curate-me', '--url', url, '--store', 'file', '--email', 'jane@example.com', '--password-stdin'],
]

test.each([
  ['pass word\n', 'pass word'],
  ['pass word\r\n', 'pass word'],
  ['pass word', 'pass word'],
  ['pass word\n\n', 'pass word\n'],
  ['pass word\r', 'pass word\r'],
  ['pass\rword\n', 'pass\rword'],
  ['\ufeffpass word\n', 'pass word'],
  ['  pass word  \n', '  pass word  '],
  ['pässwörd 🔑\n', 'pässwörd 🔑'],
  ['pass\u0000word\n', 'pass\u0000word'],
])('68: %j on standard input is the password %j', async (input, password) => {
  const service = await refusing()
  expect(await keyturn(login(service.url), { home: freshHome(), input })).toMatchObject({ code: 4 })
  expect(JSON.parse(service.requests[0]?.body ?? '{}').password).toBe(password)
})

test.each([
  ['nothing', ''],
  ['a line end alone', '\n'],
  ['ten megabytes', Buffer.alloc(10 * 1024 * 1024, 'a')],
])('68: %s is no password, and nothing is sent', async (_what, input) => {
  const service = await refusing()
  expect(await keyturn(login(service.url), { home: freshHome(), input })).toMatchObject({ code: 2, stdout: '' })
  expect(service.requests).toEqual([])
})

test('68: an input that never ends is left when it has become too large', async () => {
  const service = await refusing()
  const command = `yes password | "${NODE}" "${PROGRAM}" ${login(service.url).join(' ')}`
  const { code, stderr } = await startCommand('sh', ['-c', command], { home: freshHome() }).ended
  expect(code).toBe(2)
  expect(stderr).toContain('larger than')
  expect(service.requests).toEqual([])
})
