/** Every snippet of docs/ci.md, run as the system that it is for would run it, at the reference server. */
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { meant } from '../harness/canary.ts'
import { NODE, PROGRAM } from '../harness/environment.ts'
import { freshHome, type Home } from '../harness/home.ts'
import { expectNoSecret } from '../harness/no-secret.ts'
import { keyturn, start, startCommand } from '../harness/program.ts'

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'ci.md'), 'utf8')
const blocks = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
  language,
  text,
}))
const blockOf = (language: string, holding = ''): string => {
  const [found, ...more] = blocks.filter((block) => block.language === language && block.text.includes(holding))
  if (found === undefined || more.length > 0) throw new Error(`one ${language} block with "${holding}" is meant`)
  return found.text
}

const EMAIL = 'dev@example.com'
const endings: (() => void)[] = []
let url = ''
let key = ''

beforeAll(async () => {
  const home = freshHome((cleanUp) => endings.push(cleanUp))
  const server = start(['serve', 'zectre', '--port', '0', '--seed', '--json'], { home, timeout: 240_000 })
  endings.push(() => server.kill('SIGTERM'))
  url = JSON.parse((await server.waitForStdout(/^\{.*\}$/m))[0]).zectre
  const [, password = ''] = await server.waitForStderr(new RegExp(`${EMAIL}, password: (.*)`))
  const args = ['login', 'zectre', '--url', url, '--in-terminal', '--email', EMAIL, '--password-stdin']
  expect(await keyturn(args, { home, env: { KEYTURN_STORE: 'file' }, input: password })).toMatchObject({ code: 0 })
  key = (await keyturn(['token'], { home })).stdout.trim()
  return () => {
    for (const end of endings) end()
  }
})

/** A machine with `keyturn` on its PATH and nothing else of ours. */
const machine = () => {
  const home = freshHome()
  const bin = join(home.path, 'bin')
  mkdirSync(bin)
  const shim = join(bin, 'keyturn')
  writeFileSync(shim, `#!/bin/sh\nexec "${NODE}" "${PROGRAM}" "$@"\n`)
  chmodSync(shim, 0o755)
  return { home, bin, path: `${bin}:${process.env.PATH}` }
}

type Variables = Record<string, string>

/** The page's own variables, with the reference server in the place of the service, and the secret where it goes. */
const filled = (variables: Variables): Variables => {
  expect(variables).toMatchObject({ KEYTURN_SERVICE: 'zectre', KEYTURN_URL: 'https://zectre.example.com' })
  return { ...variables, KEYTURN_URL: url, KEYTURN_API_KEY: key, KEYTURN_CONFIG_DIR: '' }
}

const run = async (shell: string[], { home, path }: { home: Home; path: string }, env: Variables) => {
  const [command = '', ...args] = shell
  const result = await startCommand(command, args, { home, env: { ...env, PATH: path } }).ended
  expect(result, result.stderr).toMatchObject({ code: 0 })
  return result
}

test('the key of a job is made into a file that only its owner can read', async () => {
  const here = machine()
  const env = { KEYTURN_SERVICE: 'zectre', KEYTURN_URL: url, KEYTURN_API_KEY: key }
  await run(['bash', '-ec', blockOf('sh')], here, env)
  const file = join(here.home.path, 'nightly.key')
  expect(readFileSync(file, 'utf8')).toMatch(/^zec_\S+\n$/)
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('GitHub Actions', async () => {
  meant(key, 'stderr')
  const here = machine()
  const workflow = parse(blockOf('yaml', 'runs-on'))
  const { env, steps } = workflow.jobs.report
  expect(env.KEYTURN_API_KEY).toBe(`\${{ secrets.ZECTRE_KEY }}`)
  const variables = { ...filled(env), CI: 'true', GITHUB_ACTIONS: 'true' }
  const results = []
  for (const step of steps) results.push(await run(['bash', '-e', '-c', step.run], here, variables))
  const [status, report, handed] = results
  expect(status?.stdout).toContain(EMAIL)
  expect(report?.stdout).toMatch(/^\S.*\t(never|\d{4}-.*)$/m)
  expect(JSON.parse(handed?.stdout ?? '')).toMatchObject({ email: EMAIL })
  expect(handed?.stderr).toBe(`::add-mask::${key}\n`)
  for (const { stdout } of results) expectNoSecret(stdout, key)
})

test('GitLab CI', async () => {
  const { report } = parse(blockOf('yaml', 'script:'))
  const variables = { ...filled(report.variables), CI: 'true', GITLAB_CI: 'true' }
  const result = await run(['bash', '-eo', 'pipefail', '-c', report.script.join('\n')], machine(), variables)
  expect(result.stdout).toContain(`signed in as ${EMAIL}\n`)
  expectNoSecret(result, key)
})

test('Jenkins', async () => {
  const text = blockOf('groovy')
  const [, secret = ''] = /withCredentials\(\[string\(credentialsId: '[\w-]+', variable: '(\w+)'\)\]\)/.exec(text) ?? []
  expect(secret).toBe('KEYTURN_API_KEY')
  const block = /environment \{([^}]*)\}/.exec(text)?.[1] ?? ''
  const given = Object.fromEntries([...block.matchAll(/(\w+) = '([^']*)'/g)].map(([, name, value]) => [name, value]))
  const script = /sh '''([\s\S]*?)'''/.exec(text)?.[1] ?? ''
  const result = await run(['sh', '-xe', '-c', script], machine(), filled(given))
  expect(result.stdout).toContain(`${EMAIL}\n`)
  expectNoSecret(result, key)
})

test('cron', async () => {
  meant(key, 'file')
  const here = machine()
  const script = blockOf('bash')
  const place = /^# \$HOME\/(\S+)$/m.exec(script)?.[1] ?? ''
  expect(script).toContain('https://zectre.example.com')
  writeFileSync(join(here.home.path, place), script.replace('https://zectre.example.com', url))
  chmodSync(join(here.home.path, place), 0o755)
  writeFileSync(join(here.home.path, 'nightly.key'), `${key}\n`, { mode: 0o600 })
  const [, command = ''] = /^(?:[\d*]+ ){5}(.*)$/m.exec(blockOf('crontab')) ?? []
  // What cron gives: a shell, a home, and hardly a PATH.
  const path = `${here.bin}:/usr/bin:/bin`
  expect(await run(['/bin/sh', '-c', command], { home: here.home, path }, {})).toMatchObject({ stdout: '', stderr: '' })
  expect(readFileSync(join(here.home.path, 'nightly.log'), 'utf8')).toBe(`${EMAIL}\n`)
})
