import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { canary, meant } from './canary.ts'
import { PROGRAM, type Variables } from './environment.ts'
import { freshHome, type Home } from './home.ts'
import { findLeaks } from './leaks.ts'
import { openLedger, readLedger } from './ledger.ts'
import { startCommand } from './program.ts'
import { startCommandInTerminal } from './terminal.ts'
import { keepsInFile } from './traces.ts'

/** A run of its own, in which something leaks on purpose. */
const rig = () => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-planted-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const ledger = openLedger(folder)
  let endOfTest = () => {}
  const home = freshHome((cleanUp) => {
    endOfTest = cleanUp
  }, ledger)
  onTestFinished(() => rmSync(home.path, { recursive: true, force: true }))
  const leaks = () => {
    endOfTest()
    return findLeaks(readLedger(folder)).map(({ secret, place, form, where }) => ({ secret, place, form, where }))
  }
  return { ledger, home, leaks, secret: canary('key', 'zec_', ledger) }
}

/** Node with a script that has a secret from its standard input: a thing as innocent as the program under test. */
const node = (script: string, home: Home, secret: string) =>
  startCommand(process.execPath, ['-e', `const given = String(fs.readFileSync(0)); ${script}`], { home, input: secret })
    .ended

test('a run that leaves nothing of a secret behind has no leaks', async () => {
  const { home, leaks, secret } = rig()
  expect(secret).toMatch(/^zec_EXAMPLE_[0-9a-f]{16}$/)
  await node(`console.log('nothing', given.slice(0, 12))`, home, secret)
  expect(leaks()).toEqual([])
})

test.each([
  ['stdout', 'as it is', `console.log('it is ' + given)`],
  ['stderr', 'in hexadecimal', `console.error(Buffer.from(given).toString('hex'))`],
  ['file', 'in Base64', `fs.writeFileSync('notes', 'Basic ' + btoa('person:' + given))`],
  ['file', 'as it is', `fs.mkdirSync('tmp/' + given); fs.writeFileSync('tmp/' + given + '/name', '')`],
  ['arguments', 'in Base64', `child_process.spawn('sleep', ['0.2'], { argv0: btoa('x:' + given) })`],
  ['environment', 'as it is', ''],
] as const)('a secret in what is left behind is found: %s, %s', async (place, form, script) => {
  const { home, leaks, secret } = rig()
  if (place === 'environment') await startsChild(home, { KEYTURN_API_KEY: secret })
  else await node(script, home, secret)
  expect(leaks()).toMatchObject([{ secret, place, form }])
})

/** A shell that is taken for the program, and gives a child all that it was given. */
const startsChild = (home: Home, env: Variables) =>
  startCommand('sh', ['-s', PROGRAM], { home, env, input: 'sleep 0.2; :' }).ended

test('what a test gives to the program itself is no leak', async () => {
  const { home, leaks, secret } = rig()
  const env = { KEYTURN_API_KEY: secret }
  await startCommand('sh', ['-s', PROGRAM], { home, env, input: 'read line < /dev/zero & wait -n; kill $!' }).ended
  expect(leaks()).toEqual([])
})

test('a secret on a terminal is found, whatever colours are in it', async () => {
  const { home, leaks, secret } = rig()
  writeFileSync(join(home.path, 'coloured'), `${secret.slice(0, 9)}\u001b[31m${secret.slice(9)}`)
  await startCommandInTerminal(['sh', '-c', 'cat coloured; rm coloured'], { home }).ended
  expect(leaks()).toMatchObject([{ place: 'terminal', form: 'as it is' }])
})

test('a secret is no leak where its test means it to stand, and is one in any other place', async () => {
  const { home, leaks, secret, ledger } = rig()
  meant(secret, 'stdout', ledger)
  await node(`console.log(given)`, home, secret)
  await node(`console.log(given); console.error(given)`, home, secret)
  expect(leaks()).toMatchObject([{ place: 'stderr' }])
})

test('a file that was chosen to keep secrets in may hold a key, and no password', async () => {
  const { home, leaks, secret, ledger } = rig()
  const password = canary('password', '', ledger)
  keepsInFile(home)
  mkdirSync(home.config, { recursive: true })
  const stored = JSON.stringify({ entries: { zectre: JSON.stringify({ key: secret, note: password }) } })
  writeFileSync(join(home.config, 'credentials.json'), stored, { mode: 0o600 })
  expect(leaks()).toMatchObject([{ secret: password, place: 'store' }])
})

test.each([
  ['nobody chose it', () => {}, 0o600],
  ['others can read it', keepsInFile, 0o644],
])('and none at all when %s', (_when, choose, mode) => {
  const { home, leaks, secret } = rig()
  choose(home)
  writeFileSync(join(home.path, 'credentials.json'), secret, { mode })
  expect(leaks()).toMatchObject([{ secret, place: 'file' }])
})

test('what the service made up is learned from what it was kept in, and looked for like any other', async () => {
  const { home, leaks } = rig()
  const refresh = 'made-by-the-service-0001'
  keepsInFile(home)
  const stored = JSON.stringify({ entries: { restume: JSON.stringify({ credential: { refresh } }) } })
  writeFileSync(join(home.path, 'credentials.json'), stored, { mode: 0o600 })
  await node(`console.error(given)`, home, refresh)
  expect(leaks()).toMatchObject([{ secret: refresh, place: 'stderr' }])
})

test('a thousand secrets in four megabytes are looked for in a moment', () => {
  const secrets = Array.from({ length: 1000 }, () => ({
    secret: canary('key'),
    kind: 'key',
    origin: 'canary' as const,
  }))
  const text = `${'{"name":"zec_EXAM and eyJhbGciOiJIUzI1NiJ9 "}'.repeat(88_000)}${secrets[500]?.secret}`
  const begun = performance.now()
  const traces = [{ place: 'stdout' as const, where: '', test: '', text }]
  expect(findLeaks({ secrets, traces, meant: [] })).toHaveLength(1)
  expect(performance.now() - begun).toBeLessThan(5000)
})
